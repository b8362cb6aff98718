import { indexOfUnquotable, isToken } from './challenge-cursor.js';

// Each is linear: none has two parts in a row that repeat and can match the same character.
const SEPARATORS = /[ \t,]*/y;
const WORD = /[^ \t,="]+/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const STRING = /"[^"\\]*(?:\\[^][^"\\]*)*"/y;
const BARE = /(?!")[^ \t,]*/y;
const NEXT_PARAMETER = /[ \t]*[^ \t,="]+[ \t]*=/y;

/** A challenge that may not follow the grammar in all. */
export interface LenientChallenge<Scheme extends string> {
  /** Lower-cased. */
  readonly scheme: Scheme;
  /** Values without quotes and escapes, by lower-cased name. */
  readonly params: ReadonlyMap<string, string>;
}

interface Draft<Scheme extends string> extends LenientChallenge<Scheme> {
  readonly params: Map<string, string>;
  valid: boolean;
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
  let draft: Draft<Scheme> | undefined;
  let offset = 0;
  /** What a part of the line that begins here is, stepped over. */
  const take = (part: RegExp): string | undefined => {
    part.lastIndex = offset;
    if (!part.test(line)) return undefined;
    const start = offset;
    offset = part.lastIndex;
    return line.slice(start, offset);
  };
  for (;;) {
    const isFirst = offset === 0;
    const isSeparated = take(SEPARATORS)?.includes(',') || isFirst;
    if (offset === line.length) break;
    const word = take(WORD);
    if (word === undefined) {
      // Neither scheme nor parameter, unless it is a quote that is not closed.
      if (!(take(STRING) ?? take(EQUALS))) return;
    } else if (take(EQUALS)) {
      const value = take(STRING) ?? take(BARE);
      if (value === undefined) return;
      if (draft) addParameter(draft, word, value);
    } else {
      NEXT_PARAMETER.lastIndex = offset;
      if ((isSeparated && isToken(word)) || NEXT_PARAMETER.test(line)) {
        if (draft?.valid) yield draft;
        const scheme = word.toLowerCase();
        draft = isWanted(scheme) ? { scheme, params: new Map(), valid: true } : undefined;
      }
    }
  }
  if (draft?.valid) yield draft;
}

/** @param written The value with its quotes and escapes, if it has any. */
function addParameter(draft: Draft<string>, word: string, written: string): void {
  if (!isToken(word)) return;
  const name = word.toLowerCase();
  const value = written.startsWith('"') ? written.slice(1, -1).replace(/\\([^])/g, '$1') : written;
  if (draft.params.has(name) || indexOfUnquotable(value) >= 0) draft.valid = false;
  draft.params.set(name, value);
}
