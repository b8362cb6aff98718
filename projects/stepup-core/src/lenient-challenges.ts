import { noParameters, type Challenge } from './challenge.js';
import { ChallengeCursor, indexOfUnquotable, isToken, setOf } from './challenge-cursor.js';

const WORD_END = /* @__PURE__ */ setOf(' \t,="');
const VALUE_END = /* @__PURE__ */ setOf(' \t,');

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
  const cursor = new ChallengeCursor(line);
  const drafts: Draft[] = [];
  cursor.separators();
  let separated = true;
  while (!cursor.atEnd) {
    if (!readItem(cursor, drafts, separated)) {
      drafts.pop();
      break;
    }
    separated = cursor.separators();
  }
  return drafts.filter(({ valid }) => valid).map(({ scheme, params }) => ({ scheme, params }));
}

/**
 * Reads one scheme, parameter, or thing that is neither.
 *
 * @returns Whether to go on: not when a quote is not closed.
 */
function readItem(cursor: ChallengeCursor, drafts: Draft[], separated: boolean): boolean {
  const word = cursor.takeUntil(WORD_END);
  if (word === '') return cursor.consume('=') || cursor.quotedString() !== undefined;

  cursor.whitespace();
  if (cursor.consume('=')) return readParameter(cursor, word, drafts.at(-1));
  if (cursor.lookAhead(() => startsParameter(cursor)) || (separated && isToken(word))) {
    drafts.push({
      scheme: word.toLowerCase(),
      params: noParameters(),
      valid: isToken(word),
    });
  }
  return true;
}

function startsParameter(cursor: ChallengeCursor): boolean {
  if (cursor.takeUntil(WORD_END) === '') return false;
  cursor.whitespace();
  return cursor.sees('=');
}

function readParameter(cursor: ChallengeCursor, word: string, draft: Draft | undefined): boolean {
  cursor.whitespace();
  const value = cursor.sees('"') ? cursor.quotedString() : cursor.takeUntil(VALUE_END);
  if (value === undefined) return false;
  const name = word.toLowerCase();
  if (draft === undefined || !isToken(name)) return true;
  if (name in draft.params || indexOfUnquotable(value) >= 0) draft.valid = false;
  draft.params[name] = value;
  return true;
}
