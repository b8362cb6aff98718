/** Nobody's token nests this deep; a walk through it need not be prepared for more. */
const MAX_DEPTH = 32;

/**
 * Parses JSON text, and refuses what two readers could understand differently.
 *
 * `JSON.parse` takes the last of two members with the same name where others take the first. A
 * member `__proto__` is lost, or changes other members, in code that copies objects.
 *
 * @throws {SyntaxError} When the text is not JSON, nests too deep, or an object in it names a
 *   member twice or `__proto__`.
 * @see [RFC 7519 §4](https://www.rfc-editor.org/rfc/rfc7519#section-4)
 */
export function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  checkMembers(text);
  return value;
}

/** Walks over text that is known to be JSON, without recursion. */
function checkMembers(text: string): void {
  // One entry for each open bracket: the names seen in an object, nothing for an array.
  const open: (Set<string> | undefined)[] = [];
  let nameExpected = false;
  for (let index = 0; index < text.length; index++) {
    switch (text[index]) {
      case '{':
      case '[':
        if (open.length === MAX_DEPTH) throw new SyntaxError('JSON nests too deep');
        nameExpected = text[index] === '{';
        open.push(nameExpected ? new Set() : undefined);
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
        nameExpected = open.at(-1) !== undefined;
        break;
      case '"': {
        const end = endOfString(text, index);
        if (nameExpected) addName(open.at(-1), text.slice(index, end + 1));
        nameExpected = false;
        index = end;
        break;
      }
    }
  }
}

function addName(names: Set<string> | undefined, literal: string): void {
  // Two spellings of one name, such as "a" and "\u0061", are the same name.
  const name = literal.includes('\\') ? String(JSON.parse(literal)) : literal.slice(1, -1);
  if (names?.has(name)) throw new SyntaxError('JSON names a member twice');
  if (name === '__proto__') throw new SyntaxError('JSON names a member __proto__');
  names?.add(name);
}

/** The index of the quote that closes the string opened at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text[index - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}
