import { indexOfUnquotable, isToken } from './challenge-cursor.js';

// Each is linear: none has two parts in a row that repeat and can match the same character.
const SEPARATORS = /[ \t,]*/y;
const WORD = /[^ \t,="]+/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const VALUE = /"[^"\\]*(?:\\[^][^"\\]*)*"|(?!")[^ \t,]*/y;
const NEXT_PARAMETER = /[ \t]*[^ \t,="]+[ \t]*=/y;

/** A challenge that may not follow the grammar in all. */
export interface LenientChallenge<Scheme extends string> {
  /** Lower-cased. */
  readonly scheme: Scheme;
  /** Values without quotes and escapes, by lower-cased name. */
  readonly params: ReadonlyMap<string, string>;
}

/**
 * Reads the challenges of one field line as servers really write them, one after the other.
 *
 * Values that should have been quoted end at the next comma or space; what is neither scheme nor
 * parameter is passed over; a challenge that repeats a parameter, or has characters that no header
 * may have, is left out. A quote that is not closed hides where its challenge ends: that challenge
 * and the rest of the line are left out.
 *
 * @param isWanted Whether a challenge of a scheme is of interest. Others are passed over, however
 *   many there are.
 */
export function* readChallenges<Scheme extends string>(
  line: string,
  isWanted: (scheme: string) => scheme is Scheme,
): Generator<LenientChallenge<Scheme>, void> {
  let draft: { scheme: Scheme; params: Map<string, string> } | undefined;
  let offset = 0;
  /** What a part of the line that begins here is, stepped over. */
  const take = (part: RegExp): string | undefined => {
    part.lastIndex = offset;
    if (!part.test(line)) return undefined;
    const start = offset;
    offset = part.lastIndex;
    return line.slice(start, offset);
  };
  while (offset < line.length) {
    const isFirst = offset === 0;
    const isSeparated = take(SEPARATORS)?.includes(',') || isFirst;
    const word = take(WORD);
    if (word === undefined) {
      // An equals sign or a string on its own, or the end: all but a quote that is not closed.
      if ((take(EQUALS) ?? take(VALUE)) === undefined) return;
    } else if (take(EQUALS)) {
      const value = take(VALUE);
      if (value === undefined) return;
      if (draft && isToken(word) && !addParameter(draft.params, word, value)) draft = undefined;
    } else {
      NEXT_PARAMETER.lastIndex = offset;
      if ((isSeparated && isToken(word)) || NEXT_PARAMETER.test(line)) {
        if (draft) yield draft;
        const scheme = word.toLowerCase();
        draft = isWanted(scheme) ? { scheme, params: new Map() } : undefined;
      }
    }
  }
  if (draft) yield draft;
}

/**
 * @param written The value, with its quotes and escapes if it has any.
 * @returns Whether the challenge may have it.
 */
function addParameter(params: Map<string, string>, word: string, written: string): boolean {
  const name = word.toLowerCase();
  const value = written[0] === '"' ? written.slice(1, -1).replace(/\\([^])/g, '$1') : written;
  if (params.has(name) || indexOfUnquotable(value) >= 0) return false;
  params.set(name, value);
  return true;
}
