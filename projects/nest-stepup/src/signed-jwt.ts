import { isUtf8 } from 'node:buffer';
import { isJsonObject, type JsonObject } from './json-object.js';
import { parseStrictJson } from './strict-json.js';
import { TokenRefusal } from './token-refusal.js';

/** A JWT in compact form, taken apart but **not** verified. */
export interface SignedJwt {
  /** The whole token, as it came. */
  readonly compact: string;
  /** The `alg` of its header. */
  readonly algorithm: string;
  /** The `kid` of its header. */
  readonly keyId?: string;
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

/** The longest token that is looked at, in characters: what Node.js allows all headers together. */
const MAX_LENGTH = 16_384;
const MAX_KEY_ID_LENGTH = 512;

/**
 * Takes a token apart, and refuses everything but a JWT in compact form written as RFC 7515 says:
 * three segments of canonical base64url, of which the first two hold a JSON object in UTF-8.
 *
 * @throws {TokenRefusal}
 * @see [RFC 7515 §5.2](https://www.rfc-editor.org/rfc/rfc7515#section-5.2)
 */
export function readSignedJwt(compact: string): SignedJwt {
  if (compact.length > MAX_LENGTH) throw new TokenRefusal('it is too long');
  const segments = compact.split('.').map(decode);
  const [header, claims] = segments;
  // An encrypted token has five.
  if (!header || !claims || segments.length !== 3) {
    throw new TokenRefusal('it is not a signed JWT of three segments');
  }
  return { compact, ...readHeader(parseObject(header)), claims: parseObject(claims) };
}

function decode(segment: string): Buffer {
  const bytes = Buffer.from(segment, 'base64url');
  // Buffer passes over what is not base64url. Written back, only the canonical form is unchanged:
  // no padding, no other alphabet, no stray bits, hence one spelling for one token.
  if (bytes.length === 0 || bytes.toString('base64url') !== segment) {
    throw new TokenRefusal('a segment of it is empty or not base64url');
  }
  return bytes;
}

function parseObject(bytes: Buffer): JsonObject {
  if (!isUtf8(bytes)) throw new TokenRefusal('a segment of it is not UTF-8');
  let value: unknown;
  try {
    // A byte order mark is kept, and is not JSON (RFC 8259 §8.1).
    value = parseStrictJson(bytes.toString('utf8'));
  } catch {
    // The error is dropped: a SyntaxError of JSON.parse quotes the text.
    throw new TokenRefusal('a segment of it is not JSON, or names a member twice');
  }
  if (!isJsonObject(value)) throw new TokenRefusal('a segment of it is not a JSON object');
  return value;
}

function readHeader(header: JsonObject): Pick<SignedJwt, 'algorithm' | 'header' | 'keyId'> {
  const { alg, kid } = header;
  if (typeof alg !== 'string') throw new TokenRefusal('its header names no algorithm');
  // RFC 7515 §4.1.11: extensions that are not understood. None is, and RFC 7797's would change
  // what the signature covers.
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) {
    throw new TokenRefusal('its header has extensions that must be understood');
  }
  if (kid === undefined) return { header, algorithm: alg };
  if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KEY_ID_LENGTH) {
    throw new TokenRefusal('its header has an unusable kid');
  }
  return { header, algorithm: alg, keyId: kid };
}
