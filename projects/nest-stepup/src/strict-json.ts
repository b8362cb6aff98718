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
  // Of two members with the same name, however they are spelt, one is left in the value.
  if (membersWritten(text) !== membersRead(value)) {
    throw new SyntaxError('JSON names a member twice');
  }
  return value;
}

/** How many members are written in text that is known to be JSON: its colons outside of strings. */
function membersWritten(text: string): number {
  let members = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    switch (text[index]) {
      case '{':
      case '[':
        if (++depth > MAX_DEPTH) throw new SyntaxError('JSON nests too deep');
        break;
      case '}':
      case ']':
        depth--;
        break;
      case ':':
        members++;
        break;
      case '"':
        index = endOfString(text, index);
        break;
    }
  }
  return members;
}

/** How many members there are in all objects of a value that came out of JSON. */
function membersRead(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const isList = Array.isArray(value);
  let members = 0;
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__') throw new SyntaxError('JSON names a member __proto__');
    members += membersRead(member) + (isList ? 0 : 1);
  }
  return members;
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
