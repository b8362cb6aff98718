import { indexOfUnquotable, isToken } from './challenge-cursor.js';

// Each is linear: none has two parts in a row that repeat and can match the same character.
const SEPARATORS = /[ \t,]*/y;
const WORD = /[^ \t,="]+/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const VALUE = /"[^"\\]*(?:\\[^][^"\\]*)*"|(?!")[^ \t,]*/y;
const NEXT_PARAMETER = /[ \t]*[^ \t,="]+[ \t]*=/y;

/** The schemes that carry step-up challenges, lower-cased. */
export type StepUpScheme = 'bearer' | 'dpop';

/** A challenge that may not follow the grammar in all. */
export interface LenientChallenge {
  readonly scheme: StepUpScheme;
  /** Values without quotes and escapes, by lower-cased name. */
  readonly params: ReadonlyMap<string, string>;
}

/**
 * Reads the Bearer and DPoP challenges of one field line as servers really write them, one by one.
 *
 * Values that should have been quoted end at the next comma or space; what is neither scheme nor
 * parameter is passed over; a challenge that repeats a parameter, or has characters that no header
 * may have, is left out. A quote that is not closed hides where its challenge ends: that challenge
 * and the rest of the line are left out. Challenges of other schemes are passed over, however many
 * there are.
 */
export function* readChallenges(line: string): Generator<LenientChallenge, void> {
  // What comes first is separated, too.
  const text = `,${line}`;
  let draft: { scheme: StepUpScheme; params: Map<string, string> } | undefined;
  let offset = 0;
  /** Whether a part of the line begins here. */
  const sees = (part: RegExp): boolean => {
    part.lastIndex = offset;
    return part.test(text);
  };
  /** The part that begins here, stepped over. */
  const take = (part: RegExp): string | undefined =>
    sees(part) ? text.slice(offset, (offset = part.lastIndex)) : undefined;
  while (offset < text.length) {
    const isSeparated = take(SEPARATORS)?.includes(',');
    const word = take(WORD);
    if (word === undefined) {
      // An equals sign or a string on its own, or the end: all but a quote that is not closed.
      if ((take(EQUALS) ?? take(VALUE)) === undefined) return;
    } else if (take(EQUALS)) {
      const value = take(VALUE);
      if (value === undefined) return;
      if (draft && isToken(word)) {
        const { params } = draft;
        const name = word.toLowerCase();
        if (params.has(name) || indexOfUnquotable(value) >= 0) draft = undefined;
        params.set(name, unquoted(value));
      }
    } else if ((isSeparated && isToken(word)) || sees(NEXT_PARAMETER)) {
      if (draft) yield draft;
      const scheme = word.toLowerCase();
      draft = isStepUpScheme(scheme) ? { scheme, params: new Map() } : undefined;
    }
  }
  if (draft) yield draft;
}

export function isStepUpScheme(scheme: string): scheme is StepUpScheme {
  return scheme === 'bearer' || scheme === 'dpop';
}

function unquoted(value: string): string {
  return value[0] === '"' ? value.slice(1, -1).replace(/\\([^])/g, '$1') : value;
}
