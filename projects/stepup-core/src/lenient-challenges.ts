import { indexOfUnquotable, isToken } from './challenge-cursor.js';

/**
 * One scheme or parameter, or a thing that is neither, behind what separates it from the last:
 * a parameter with its quoted or bare value; a word that is no parameter's name, and whether a
 * parameter follows; a quoted string or an equals sign on its own. It matches nothing where a
 * quote is not closed.
 *
 * Linear: no two of its parts that repeat can match the same characters one after the other.
 */
const ITEM =
  /([ \t,]*)(?:([^ \t,="]+)[ \t]*=[ \t]*(?:"([^"\\]*(?:\\[^][^"\\]*)*)"|((?!")[^ \t,]*))|([^ \t,="]+)(?![^ \t,="])[ \t]*(?![ \t=])(?=([^ \t,="]+[ \t]*=)?)|"[^"\\]*(?:\\[^][^"\\]*)*"|=)/y;
const SEPARATORS = /^[ \t,]*$/;

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
  for (;;) {
    ITEM.lastIndex = offset;
    const match = ITEM.exec(line);
    if (!match) break;
    const [item, separators = '', name, quoted, bare = '', word, parameter] = match;
    offset += item.length;
    if (name !== undefined) {
      if (draft) addParameter(draft, name.toLowerCase(), quoted?.replace(/\\([^])/g, '$1') ?? bare);
    } else if (word !== undefined) {
      const isSeparated = offset === item.length || separators.includes(',');
      if (parameter !== undefined || (isSeparated && isToken(word))) {
        if (draft?.valid) yield draft;
        const scheme = word.toLowerCase();
        draft = isWanted(scheme) ? { scheme, params: new Map(), valid: true } : undefined;
      }
    }
  }
  if (draft?.valid && SEPARATORS.test(line.slice(offset))) yield draft;
}

function addParameter(draft: Draft<string>, name: string, value: string): void {
  if (!isToken(name)) return;
  if (draft.params.has(name) || indexOfUnquotable(value) >= 0) draft.valid = false;
  draft.params.set(name, value);
}
