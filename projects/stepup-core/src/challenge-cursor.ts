const WHITESPACE = /* @__PURE__ */ setOf(' \t');
const SEPARATOR = /* @__PURE__ */ setOf(' \t,');
const ESCAPE_OR_QUOTE = /* @__PURE__ */ setOf('\\"');
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

  /** Steps over the given character. */
  consume(character: string): boolean {
    const seen = this.sees(character);
    if (seen) this.offset += 1;
    return seen;
  }

  /** Steps over characters as long as they are in a set: whether there was one. */
  skip(set: CharacterSet): boolean {
    const start = this.offset;
    while (set[this.text.charCodeAt(this.offset)] === 1) this.offset += 1;
    return this.offset > start;
  }

  /** Steps over characters up to the first that is in a set. */
  takeUntil(set: CharacterSet): string {
    const start = this.offset;
    while (!this.atEnd && set[this.text.charCodeAt(this.offset)] !== 1) this.offset += 1;
    return this.text.slice(start, this.offset);
  }

  /** Runs a look-ahead: whatever it steps over, the cursor is back where it was. */
  lookAhead(look: () => boolean): boolean {
    const start = this.offset;
    const found = look();
    this.offset = start;
    return found;
  }

  /** `OWS` and `BWS`, RFC 9110 §5.6.3. */
  whitespace(): void {
    this.skip(WHITESPACE);
  }

  /** Commas, whitespace and thereby empty list elements, RFC 9110 §5.6.1: whether a comma was there. */
  separators(): boolean {
    const start = this.offset;
    this.skip(SEPARATOR);
    return this.text.slice(start, this.offset).includes(',');
  }

  /**
   * `quoted-string`, RFC 9110 §5.6.4, with any character between the quotes.
   *
   * @returns The text without quotes and escapes; `undefined`, and the cursor stays, when it is not
   *   closed.
   */
  quotedString(): string | undefined {
    const opening = this.offset;
    this.consume('"');
    let value = this.takeUntil(ESCAPE_OR_QUOTE);
    while (this.consume('\\')) {
      value += this.text.charAt(this.offset);
      this.offset += 1;
      value += this.takeUntil(ESCAPE_OR_QUOTE);
    }
    if (this.consume('"')) return value;
    this.offset = opening;
    return undefined;
  }
}

/** Whether a text is one token, RFC 9110 §5.6.2. */
export function isToken(text: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(text);
}

/** Where the first character stands that no quoted-string may have: -1 when there is none. */
export function indexOfUnquotable(text: string): number {
  return text.search(UNQUOTABLE);
}
