import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isJsonObject, type JsonObject } from './json-object.js';

/** A public key of an authorization server. */
export interface VerificationKey {
  readonly keyId?: string;
  readonly keyObject: KeyObject;
  /** The key without anything but its public members and `kid`, `alg` and `use`. */
  readonly jwk: Readonly<Record<string, string>>;
}

/** What came of looking for a key. */
export type KeySearch =
  | { readonly status: 'found'; readonly key: VerificationKey }
  /** `unfit`: the key is of another algorithm; `ambiguous`: more than one key could be meant. */
  | { readonly status: 'absent' | 'unfit' | 'ambiguous' };

/** NIST SP 800-131A: shorter ones no longer protect a signature; jose takes none either. */
const MIN_RSA_BITS = 2048;
/** With an exponent of 1, anything is its own signature. */
const MIN_RSA_EXPONENT = 3n;
const PUBLIC_MEMBERS = ['kty', 'kid', 'alg', 'use', 'n', 'e', 'crv', 'x', 'y'];

/** The keys of an authorization server at one time. */
export class KeySet {
  private constructor(
    private readonly keys: readonly VerificationKey[],
    /** Equal for equal sets. */
    readonly fingerprint: string,
  ) {}

  /**
   * Reads a JWK set. Keys that cannot be used to verify signatures are passed over.
   *
   * @throws {Error} With a message that follows "as", when it is not a JWK set.
   * @see [RFC 7517 §5](https://www.rfc-editor.org/rfc/rfc7517#section-5)
   */
  static from(document: JsonObject): KeySet {
    if (!Array.isArray(document.keys)) throw new Error('its answer is not a JWK set');
    const keys = document.keys.flatMap((jwk: unknown) => readKey(jwk) ?? []);
    // A key that is listed twice is one key, not two that a token could mean.
    const byText = new Map(keys.map((key: VerificationKey) => [JSON.stringify(key.jwk), key]));
    return new KeySet([...byText.values()], [...byText.keys()].join());
  }

  /** Whether there is no key that could verify a signature. */
  get isEmpty(): boolean {
    return this.keys.length === 0;
  }

  /** Finds the one key that a token names. A token without `kid` means the only key that fits. */
  find(algorithm: string, keyId: string | undefined): KeySearch {
    const named = keyId === undefined ? this.keys : this.keys.filter((key) => key.keyId === keyId);
    const [key, ...others] = named.filter(({ jwk }) => fits(jwk, algorithm));
    if (others.length > 0) return { status: 'ambiguous' };
    if (key) return { status: 'found', key };
    return { status: keyId === undefined || named.length === 0 ? 'absent' : 'unfit' };
  }
}

function readKey(value: unknown): VerificationKey | undefined {
  if (!isJsonObject(value)) return undefined;
  const { use, key_ops: operations } = value;
  if (use !== undefined && use !== 'sig') return undefined;
  if (Array.isArray(operations) && !operations.includes('verify')) return undefined;

  const members = Object.entries(value).filter(
    (member): member is [string, string] =>
      PUBLIC_MEMBERS.includes(member[0]) && typeof member[1] === 'string',
  );
  const jwk: Readonly<Record<string, string>> = Object.fromEntries(members);
  const keyObject = importKey(jwk);
  if (!keyObject) return undefined;
  return { keyObject, jwk, ...(jwk.kid !== undefined && { keyId: jwk.kid }) };
}

function importKey(jwk: JsonWebKey): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const { modulusLength = MIN_RSA_BITS, publicExponent = MIN_RSA_EXPONENT } =
      key.asymmetricKeyDetails ?? {};
    const isStrong = modulusLength >= MIN_RSA_BITS && publicExponent >= MIN_RSA_EXPONENT;
    return isStrong ? key : undefined;
  } catch {
    // RFC 7517 §5: a key of an unknown kind, or out of shape, is ignored, not the whole set.
    return undefined;
  }
}

const CURVES: ReadonlyMap<string, string> = new Map([
  ['ES256', 'P-256'],
  ['ES384', 'P-384'],
  ['ES512', 'P-521'],
  ['EdDSA', 'Ed25519'],
  ['Ed25519', 'Ed25519'],
]);

function fits({ kty, crv, alg }: VerificationKey['jwk'], algorithm: string): boolean {
  if (alg !== undefined && canonical(alg) !== canonical(algorithm)) return false;
  if (/^[RP]S\d/.test(algorithm)) return kty === 'RSA';
  return crv !== undefined && crv === CURVES.get(algorithm);
}

/** RFC 9864 gives EdDSA with this curve a name of its own. */
function canonical(algorithm: string): string {
  return algorithm === 'Ed25519' ? 'EdDSA' : algorithm;
}
