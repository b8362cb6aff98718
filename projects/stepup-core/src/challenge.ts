import { ChallengeCursor, indexOfUnquotable, isToken, setOf } from './challenge-cursor.js';
import { ChallengeSyntaxError } from './errors.js';

// Written out: a bundler keeps what a template is made of.
const TOKEN = /* @__PURE__ */ setOf(
  "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
);
const TOKEN68 = /* @__PURE__ */ setOf(
  '-._~+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
);
const EQUALS = /* @__PURE__ */ setOf('=');
const SPACE = /* @__PURE__ */ setOf(' ');

/**
 * One authentication scheme with its parameters, as `WWW-Authenticate` carries it.
 *
 * @see [RFC 9110 §11.3](https://www.rfc-editor.org/rfc/rfc9110#section-11.3)
 */
export interface Challenge {
  /** The scheme, lower-cased. */
  readonly scheme: string;
  /** Values without quotes and escapes, by lower-cased name; without a prototype when parsed. */
  readonly params: Readonly<Record<string, string>>;
  /** What some schemes have instead of parameters. */
  readonly token68?: string;
}

/**
 * Parses the value of a `WWW-Authenticate` header.
 *
 * It is strict: one fault anywhere and the whole value is refused. To find a step-up challenge in
 * what servers really send, use `readStepUpChallenge()`.
 *
 * @param value The field value, or the values of several field lines, which count as joined by
 *   `", "`. Octets above 0x7F are kept one for one.
 * @returns The challenges in their order; none when there is no header or only commas.
 * @throws {ChallengeSyntaxError} `ERR_CHALLENGE_SYNTAX`, when the value does not follow the grammar
 *   or a challenge repeats a parameter.
 * @throws {TypeError} When the value is neither a string nor a list of strings.
 *
 * @example
 * const [challenge] = parseChallenges('Bearer realm="bank", error="invalid_token"');
 * challenge?.params['realm']; // 'bank'
 *
 * @see [RFC 9110 §11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)
 */
export function parseChallenges(
  value: string | readonly string[] | null | undefined,
): readonly Challenge[] {
  const cursor = new ChallengeCursor(fieldValue(value));
  const challenges: Challenge[] = [];
  cursor.separators();
  while (!cursor.atEnd) {
    challenges.push(readChallenge(cursor));
    cursor.separators();
  }
  return Object.freeze(challenges);
}

/**
 * Writes a challenge as a `WWW-Authenticate` header carries it: every value quoted.
 *
 * @throws {TypeError} When a part is not of the type that {@link Challenge} declares.
 * @throws {RangeError} When the scheme or a name is not a token, two names differ in case only, a
 *   value has control characters or characters above U+00FF, the token68 is ill-formed or stands
 *   beside parameters.
 *
 * @example
 * serializeChallenge({ scheme: 'bearer', params: { realm: 'the "bank"' } });
 * // Bearer realm="the \"bank\""
 */
export function serializeChallenge(challenge: Challenge): string {
  const { scheme, params, token68 } = challenge;
  if (typeof scheme !== 'string') throw new TypeError(refusal('its scheme must be a string'));
  if (!isToken(scheme)) throw new RangeError(refusal('its scheme must be a token'));

  const writtenScheme = WRITTEN_SCHEMES.get(scheme.toLowerCase()) ?? scheme;
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    throw new TypeError(refusal('its params must be an object'));
  }
  const names = Object.keys(params);
  if (token68 !== undefined) {
    if (typeof token68 !== 'string') throw new TypeError(refusal('its token68 must be a string'));
    if (!/^[\w.~+/-]+=*$/.test(token68)) throw new RangeError(refusal('its token68 is ill-formed'));
    if (names.length > 0) throw new RangeError(refusal('a token68 excludes parameters'));
    return `${writtenScheme} ${token68}`;
  }

  const distinct = new Set(names.map((name) => name.toLowerCase()));
  if (distinct.size < names.length) throw new RangeError(refusal('a parameter is repeated'));
  const written = names.map((name) => serializeParameter(name, params[name])).join(', ');
  return written === '' ? writtenScheme : `${writtenScheme} ${written}`;
}

// Scheme names are case-insensitive, but not every client knows.
const WRITTEN_SCHEMES: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([
  ['bearer', 'Bearer'],
  ['dpop', 'DPoP'],
]);

function serializeParameter(name: string, value: unknown): string {
  if (!isToken(name)) throw new RangeError(refusal("a parameter's name must be a token"));
  if (typeof value !== 'string') {
    throw new TypeError(refusal(`parameter '${name}' must be a string`));
  }
  if (indexOfUnquotable(value) >= 0) {
    // A line break would let a value add header fields of its own.
    throw new RangeError(
      refusal(`parameter '${name}' has a control character or one above U+00FF`),
    );
  }
  return `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

// The values stay out of the message: they may be what an end-user sent.
function refusal(reason: string): string {
  return `Cannot serialize a challenge as ${reason}`;
}

function fieldValue(value: unknown): string {
  const lines: readonly unknown[] = Array.isArray(value) ? value : [value ?? ''];
  return Array.from(lines, (line) => {
    if (typeof line === 'string') return line;
    throw new TypeError(
      `Cannot parse challenges as a field line must be a string: current value is a ${typeof line}`,
    );
  }).join(', ');
}

function readChallenge(cursor: ChallengeCursor): Challenge {
  const scheme = cursor.take(TOKEN).toLowerCase();
  if (scheme === '') fail(cursor, 'a scheme is expected');

  if (!cursor.skip(SPACE)) {
    endElement(cursor);
    return Object.freeze({ scheme, params: NO_PARAMETERS });
  }
  if (startsParameter(cursor)) return Object.freeze({ scheme, params: readParameters(cursor) });

  const start = cursor.offset;
  const token68 = token68At(cursor);
  if (token68 !== '') {
    endElement(cursor);
    return Object.freeze({ scheme, params: NO_PARAMETERS, token68 });
  }
  // `Basic , realm="x"`: the list of parameters has an empty element in front.
  if (!endsElement(cursor)) fail(cursor, 'parameters or a token68 are expected', start);
  cursor.separators();
  return Object.freeze({ scheme, params: readParameters(cursor) });
}

/** `#auth-param`, up to the element that is the next challenge. */
function readParameters(cursor: ChallengeCursor): Readonly<Record<string, string>> {
  const params = noParameters();
  for (;;) {
    const start = cursor.offset;
    const name = cursor.take(TOKEN).toLowerCase();
    if (name === '' || !consumeEquals(cursor)) {
      cursor.offset = start;
      return Object.freeze(params);
    }
    if (params[name] !== undefined) fail(cursor, 'a parameter is repeated', start);
    params[name] = readParameterValue(cursor);
    endElement(cursor);
    cursor.separators();
  }
}

/** `BWS "=" BWS`, which no scheme has behind it. */
function consumeEquals(cursor: ChallengeCursor): boolean {
  cursor.whitespace();
  if (!cursor.sees('=')) return false;
  cursor.offset += 1;
  cursor.whitespace();
  return true;
}

/** Tells `a=b` from the token68 `a=`. The cursor stays. */
function startsParameter(cursor: ChallengeCursor): boolean {
  const start = cursor.offset;
  const starts =
    cursor.skip(TOKEN) && consumeEquals(cursor) && (cursor.sees('"') || cursor.skip(TOKEN));
  cursor.offset = start;
  return starts;
}

function readParameterValue(cursor: ChallengeCursor): string {
  const start = cursor.offset;
  if (!cursor.sees('"')) return cursor.take(TOKEN) || fail(cursor, 'a value is expected');
  const value = cursor.quotedString() ?? fail(cursor, 'a quoted string is not closed');
  const unquotable = indexOfUnquotable(cursor.text.slice(start, cursor.offset));
  if (unquotable >= 0) {
    fail(cursor, 'a quoted string has a character that it may not have', start + unquotable);
  }
  return value;
}

function endsElement(cursor: ChallengeCursor): boolean {
  cursor.whitespace();
  return cursor.atEnd || cursor.sees(',');
}

function endElement(cursor: ChallengeCursor): void {
  if (!endsElement(cursor)) fail(cursor, 'a comma or the end is expected');
}

/** Without a prototype, so that `constructor` and `__proto__` are names like any other. */
function noParameters(): Record<string, string> {
  const params: Record<string, string> = Object.create(null);
  return params;
}

const NO_PARAMETERS: Readonly<Record<string, string>> = /* @__PURE__ */ Object.freeze(
  /* @__PURE__ */ noParameters(),
);

function fail(cursor: ChallengeCursor, reason: string, offset: number = cursor.offset): never {
  throw new ChallengeSyntaxError(reason, offset);
}

/** `token68`, RFC 9110 §11.2; empty when there is none. */
function token68At(cursor: ChallengeCursor): string {
  const start = cursor.offset;
  if (cursor.skip(TOKEN68)) cursor.skip(EQUALS);
  return cursor.text.slice(start, cursor.offset);
}
