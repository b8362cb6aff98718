const WHITESPACE = /* @__PURE__ */ setOf(' \t');
const SEPARATOR = /* @__PURE__ */ setOf(' \t,');
const UNQUOTABLE = /[^\t\x20-\x7E\x80-\xFF]/;

/** A set of characters up to U+00FF: 1 at the code of each. */
export type CharacterSet = Readonly<Uint8Array>;

/** The set of the characters of a text. */
export function setOf(characters: string): CharacterSet {
  const set = new Uint8Array(256);
  for (let index = 0; index < characters.length; index += 1) set[characters.charCodeAt(index)] = 1;
  return set;
}

/**
 * Reads a challenge header from left to right, one method for each rule of the grammar.
 *
 * Every rule is a run of one set of characters, so that the whole takes linear time.
 *
 * @see [RFC 9110 §11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)
 */
export class ChallengeCursor {
  readonly text: string;
  offset = 0;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.offset >= this.text.length;
  }

  /** Whether the character at the cursor is the given one. */
  sees(character: string): boolean {
    return this.text.charAt(this.offset) === character;
  }

  /** Steps over characters as long as they are in a set: whether there was one. */
  skip(set: CharacterSet): boolean {
    const start = this.offset;
    this.offset = endOfRun(this.text, start, set);
    return this.offset > start;
  }

  /** The characters from here on that are in a set, stepped over; empty when there is none. */
  take(set: CharacterSet): string {
    const start = this.offset;
    this.offset = endOfRun(this.text, start, set);
    return this.text.slice(start, this.offset);
  }

  /** `OWS` and `BWS`, RFC 9110 §5.6.3. */
  whitespace(): void {
    this.skip(WHITESPACE);
  }

  /** Commas, whitespace and thereby empty list elements, RFC 9110 §5.6.1. */
  separators(): void {
    this.skip(SEPARATOR);
  }

  /**
   * `quoted-string`, RFC 9110 §5.6.4, with any character between the quotes.
   *
   * @returns The text without quotes and escapes; `undefined`, and the cursor stays, when it is not
   *   closed.
   */
  quotedString(): string | undefined {
    const { text, offset } = this;
    const close = text.indexOf('"', offset + 1);
    if (close < 0) return undefined;
    const value = text.slice(offset + 1, close);
    if (value.includes('\\')) return this.#escapedString();
    this.offset = close + 1;
    return value;
  }

  /** A quoted-string that has escapes: what stands between two of them is one piece. */
  #escapedString(): string | undefined {
    const { text } = this;
    let value = '';
    for (let start = this.offset + 1, end = start; end < text.length; end += 1) {
      const character = text.charAt(end);
      if (character === '"') {
        this.offset = end + 1;
        return value + text.slice(start, end);
      }
      if (character === '\\') {
        // The next piece begins with the character behind the backslash, whatever it is.
        value += text.slice(start, end);
        start = end + 1;
        end = start;
      }
    }
    return undefined;
  }
}

/** Where the characters of a set end that stand at an offset: the offset itself if none does. */
function endOfRun(text: string, start: number, set: CharacterSet): number {
  let end = start;
  // The length comes first: to look for a character behind the last one is several times as slow.
  while (end < text.length && set[text.charCodeAt(end)] === 1) end += 1;
  return end;
}

/** Whether a text is one token, RFC 9110 §5.6.2. */
export function isToken(text: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(text);
}

/** Where the first character stands that no quoted-string may have: -1 when there is none. */
export function indexOfUnquotable(text: string): number {
  return text.search(UNQUOTABLE);
}
