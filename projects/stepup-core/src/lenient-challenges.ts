import { noParameters, type Challenge } from './challenge.js';
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

interface Draft {
  readonly scheme: string;
  readonly params: Record<string, string>;
  valid: boolean;
}

/**
 * Reads the challenges of one field line as servers really write them.
 *
 * Values that should have been quoted end at the next comma or space; what is neither scheme nor
 * parameter is passed over; a challenge that repeats a parameter, or has characters that no header
 * may have, is left out. A quote that is not closed hides where its challenge ends: that challenge
 * and the rest of the line are left out.
 */
export function readChallenges(line: string): readonly Challenge[] {
  const drafts: Draft[] = [];
  let offset = 0;
  for (;;) {
    ITEM.lastIndex = offset;
    const match = ITEM.exec(line);
    if (!match) break;
    const [item, separators = '', name, quoted, bare = '', word, parameter] = match;
    offset += item.length;
    if (name !== undefined) {
      const value = quoted?.replace(/\\([^])/g, '$1') ?? bare;
      addParameter(drafts.at(-1), name.toLowerCase(), value);
    } else if (word !== undefined) {
      const isSeparated = offset === item.length || separators.includes(',');
      if (parameter !== undefined || (isSeparated && isToken(word))) {
        drafts.push({ scheme: word.toLowerCase(), params: noParameters(), valid: isToken(word) });
      }
    }
  }
  if (!SEPARATORS.test(line.slice(offset))) drafts.pop();
  return drafts.filter(({ valid }) => valid).map(({ scheme, params }) => ({ scheme, params }));
}

function addParameter(draft: Draft | undefined, name: string, value: string): void {
  if (draft === undefined || !isToken(name)) return;
  if (name in draft.params || indexOfUnquotable(value) >= 0) draft.valid = false;
  draft.params[name] = value;
}
