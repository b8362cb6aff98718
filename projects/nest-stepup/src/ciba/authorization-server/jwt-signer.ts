import { createPrivateKey, KeyObject } from 'node:crypto';
import { CompactSign, type CompactJWSHeaderParameters, type CryptoKey } from 'jose';
import { SIGNATURE_ALGORITHMS } from 'nest-stepup';

/** The signature algorithms (RFC 7518, RFC 8037) that a client's key may be for. */
export type SigningAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/**
 * A private key as a JWK: what `jose`, `node:crypto` and Web Crypto export, and what JSON has. Described
 * here, as Node's types have named it differently over time.
 *
 * @see [RFC 7517 §4](https://www.rfc-editor.org/rfc/rfc7517#section-4)
 */
export interface PrivateJwk {
  readonly kty?: string;
  readonly alg?: unknown;
  readonly kid?: unknown;
  readonly use?: unknown;
  readonly key_ops?: unknown;
  readonly ext?: unknown;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly d?: string;
  readonly n?: string;
  readonly e?: string;
  readonly p?: string;
  readonly q?: string;
  readonly dp?: string;
  readonly dq?: string;
  readonly qi?: string;
}

/** A private key in this process. */
export interface LocalKey {
  /** PEM text, a JWK, or a key of `node:crypto` or Web Crypto. */
  readonly key: string | PrivateJwk | KeyObject | CryptoKey;
  /**
   * Which of the client's keys it is.
   *
   * @default the `kid` of a JWK
   */
  readonly kid?: string;
  /** @default the `alg` of a JWK, else by the kind of key: RS256, ES256, ES384, ES512 or EdDSA */
  readonly algorithm?: SigningAlgorithm;
}

/** A private key that is elsewhere: in a TPM, an HSM or a key service. */
export interface RemoteSigner {
  /**
   * Signs the octets of `header.payload`. The signature is as RFC 7518 has it: of ES256, 64 octets,
   * and not DER.
   */
  readonly sign: (input: Uint8Array) => Promise<Uint8Array>;
  readonly algorithm: SigningAlgorithm;
  readonly kid?: string;
}

/** By what JWTs are signed. */
export type SigningKey = LocalKey | RemoteSigner;

/** A JWT could not be signed. Its message follows "as"; it holds nothing of the signer's own. */
export class SigningError extends Error {
  override readonly name = 'SigningError';
}

/** Makes JWTs with one key. The key is read once: what is wrong with it shows when the app starts. */
export class JwtSigner {
  readonly algorithm: SigningAlgorithm;
  private readonly header: CompactJWSHeaderParameters;
  private readonly sign: (claims: Uint8Array) => Promise<string>;

  /** @throws {TypeError} When the key is not a private key, or not one for the algorithm. */
  constructor(key: SigningKey) {
    // Of a text, `in` would throw an error that quotes it: the key, where it is passed bare.
    if (!isObject(key)) throw fault('it must be { key } or { sign, algorithm }', typeof key);
    const { algorithm, kid, sign } = 'sign' in key ? readRemoteSigner(key) : readLocalKey(key);
    this.algorithm = algorithm;
    this.header = { alg: algorithm, typ: 'JWT', ...(kid !== undefined && { kid }) };
    this.sign = async (claims) => await sign(claims, this.header);
  }

  /**
   * Signs claims, as a JWT in compact form.
   *
   * @param timeoutSeconds How long the signer may take.
   * @throws {SigningError} When it fails, or takes longer.
   */
  async makeJwt(claims: object, timeoutSeconds: number): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new SigningError(`the signer did not answer within ${timeoutSeconds} s`));
      }, timeoutSeconds * 1000);
    });
    try {
      return await Promise.race([this.sign(Buffer.from(JSON.stringify(claims))), timeout]);
    } catch (error) {
      if (error instanceof SigningError) throw error;
      // What it says stays out of logs and answers: it is nothing that this package knows.
      throw new SigningError(`the signer threw ${nameOf(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

interface Signer {
  readonly algorithm: SigningAlgorithm;
  readonly kid: string | undefined;
  readonly sign: (claims: Uint8Array, header: CompactJWSHeaderParameters) => Promise<string>;
}

function readRemoteSigner({ sign, algorithm, kid }: RemoteSigner): Signer {
  if (typeof sign !== 'function') throw fault("'sign' must be a function", typeof sign);
  if (!SIGNATURE_ALGORITHMS.includes(algorithm)) {
    throw fault(`'algorithm' must be one of ${SIGNATURE_ALGORITHMS.join(', ')}`, shown(algorithm));
  }
  return {
    algorithm,
    kid,
    sign: async (claims, header) => {
      const input = `${encode(JSON.stringify(header))}.${encode(claims)}`;
      const signature: unknown = await sign(Buffer.from(input));
      if (signature instanceof Uint8Array && signature.length > 0) {
        return `${input}.${encode(signature)}`;
      }
      throw new SigningError("'sign' did not return the octets of a signature");
    },
  };
}

function readLocalKey({ key, kid, algorithm }: LocalKey): Signer {
  const privateKey = readPrivateKey(key);
  const jwk = isJwk(key) ? key : undefined;
  const accepted = algorithmsOf(privateKey);
  const wanted: unknown = algorithm ?? jwk?.alg ?? accepted[0];
  const found = accepted.find((one) => one === wanted);
  if (!found) {
    throw fault(
      `'algorithm' must be one that the key is for (${accepted.join(', ') || 'there is none'})`,
      shown(wanted),
    );
  }
  return {
    algorithm: found,
    kid: kid ?? (typeof jwk?.kid === 'string' ? jwk.kid : undefined),
    sign: async (claims, header) =>
      await new CompactSign(claims).setProtectedHeader(header).sign(privateKey),
  };
}

/** RFC 7518 §3.3; `jose` would say so too, but at the first request. */
const LEAST_RSA_BITS = 2048;

/** What a key can sign with; first, what it does when nothing else is said. */
function algorithmsOf(key: KeyObject | CryptoKey): readonly SigningAlgorithm[] {
  if (!(key instanceof KeyObject)) {
    const { name, hash, namedCurve } = webAlgorithm(key);
    const size = hash?.slice(4) ?? '';
    const names = [`RS${size}`, `PS${size}`, WEB_CURVES[namedCurve ?? '']];
    if (name === 'Ed25519') return ['EdDSA', 'Ed25519'];
    const index = ['RSASSA-PKCS1-v1_5', 'RSA-PSS', 'ECDSA'].indexOf(name);
    return SIGNATURE_ALGORITHMS.filter((algorithm) => algorithm === names[index]);
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= LEAST_RSA_BITS) {
    return SIGNATURE_ALGORITHMS.filter((algorithm) => /^[RP]S/.test(algorithm));
  }
  if (type === 'ed25519') return ['EdDSA', 'Ed25519'];
  const curve = type === 'ec' ? CURVES[details?.namedCurve ?? ''] : undefined;
  return curve ? [curve] : [];
}

const CURVES: Readonly<Record<string, SigningAlgorithm>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};
const WEB_CURVES: Readonly<Record<string, SigningAlgorithm>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
};

function webAlgorithm({ algorithm }: CryptoKey): {
  readonly name: string;
  readonly hash: string | undefined;
  readonly namedCurve: string | undefined;
} {
  const hash: unknown = Reflect.get(Object(Reflect.get(algorithm, 'hash')), 'name');
  const namedCurve: unknown = Reflect.get(algorithm, 'namedCurve');
  return {
    name: algorithm.name,
    hash: typeof hash === 'string' ? hash : undefined,
    namedCurve: typeof namedCurve === 'string' ? namedCurve : undefined,
  };
}

function readPrivateKey(key: LocalKey['key']): KeyObject | CryptoKey {
  let privateKey: KeyObject | CryptoKey | undefined;
  try {
    if (typeof key === 'string') privateKey = createPrivateKey(key);
    else if (isJwk(key)) privateKey = createPrivateKey({ key: { ...key }, format: 'jwk' });
    else if (key instanceof KeyObject || key instanceof globalThis.CryptoKey) privateKey = key;
  } catch {
    // The error is dropped: it may quote the key.
  }
  if (privateKey?.type === 'private') return privateKey;
  throw fault(
    'the key must be a private key: PEM text, a JWK or a key object',
    privateKey ? `a ${privateKey.type} key` : typeof key,
  );
}

function isJwk(key: LocalKey['key']): key is PrivateJwk {
  return isObject(key) && 'kty' in key;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** An algorithm, or what kind of thing it is: a name is short, a key in its place is not told. */
function shown(algorithm: unknown): string {
  return typeof algorithm === 'string' && /^[\w-]{1,10}$/.test(algorithm)
    ? JSON.stringify(algorithm)
    : typeof algorithm;
}

function encode(value: string | Uint8Array): string {
  return Buffer.from(value).toString('base64url');
}

function nameOf(error: unknown): string {
  return error instanceof Error && /^\w{1,60}$/.test(error.name) ? error.name : 'an error';
}

function fault(why: string, value: string): TypeError {
  return new TypeError(`Cannot sign JWTs as ${why}: current value is ${value}`);
}
