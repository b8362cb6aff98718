import { constants, createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** Signs tokens with nothing but node:crypto: a forger does not use the library that verifies. */

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

export const KEYS = {
  k1: rsa(),
  k2: rsa(),
  attacker: rsa(),
  ec1: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ec384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ec521: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  ed1: generateKeyPairSync('ed25519'),
};
export type KeyName = keyof typeof KEYS;

/** A value that no message and no log line may hold. */
export const MARKER = 'marker-of-a-claim-value';

export function publicJwk(name: KeyName, members: Readonly<Record<string, unknown>> = {}) {
  return { ...KEYS[name].publicKey.export({ format: 'jwk' }), kid: name, use: 'sig', ...members };
}

export function base64url(text: string | Buffer): string {
  return Buffer.from(text).toString('base64url');
}

export function signatureOf(input: string, algorithm: string, key: KeyObject): string {
  const bytes = Buffer.from(input);
  const hash = `sha${algorithm.slice(2)}`;
  switch (algorithm.slice(0, 2)) {
    case 'PS': {
      const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
      return base64url(sign(hash, bytes, { key, padding, saltLength }));
    }
    case 'ES':
      return base64url(sign(hash, bytes, { key, dsaEncoding: 'ieee-p1363' }));
    case 'Ed':
      return base64url(sign(null, bytes, key));
    default:
      return base64url(sign(hash, bytes, key));
  }
}

export interface Ingredients {
  /** Laid over the header; `undefined` takes a member away. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Laid over the claims; `undefined` takes a claim away. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly headerText?: string;
  readonly claimsText?: string | Buffer;
  readonly key?: KeyObject;
  /** How it is signed, whatever the header says. */
  readonly signedAs?: string;
  /** In place of the right one, or made from it by the one who holds the key. */
  readonly signature?: string | ((input: Buffer) => Buffer);
}

/** What a forger knows of the API that he is after. */
export class Forge {
  constructor(
    readonly issuer: string,
    readonly audience: string,
    /** In seconds since the epoch. */
    readonly now: number,
    readonly clockToleranceSeconds = 5,
  ) {}

  header(members: Readonly<Record<string, unknown>> = {}) {
    return { alg: 'RS256', kid: 'k1', typ: 'at+jwt', ...members };
  }

  claims(members: Readonly<Record<string, unknown>> = {}) {
    const { issuer: iss, audience: aud, now } = this;
    const times = { exp: now + 300, iat: now - 10, auth_time: now - 60 };
    return { iss, aud, sub: 'alice', acr: 'phr', marker: MARKER, ...times, ...members };
  }

  token(ingredients: Ingredients = {}): string {
    const { header, claims, headerText, claimsText, key = KEYS.k1.privateKey } = ingredients;
    const head = base64url(headerText ?? JSON.stringify(this.header(header)));
    const input = `${head}.${base64url(claimsText ?? JSON.stringify(this.claims(claims)))}`;
    return `${input}.${signatureFrom(ingredients, input, key)}`;
  }

  /** A token of two segments as they are, however they are spelled, signed as it should be. */
  sign(header: string, claims: string): string {
    const input = `${header}.${claims}`;
    return `${input}.${signatureOf(input, 'RS256', KEYS.k1.privateKey)}`;
  }

  /** A token signed with a shared secret: with what everybody knows, for a verifier that mixes it up. */
  hmacToken(
    algorithm: string,
    secret: string | Buffer,
    header: Ingredients['header'] = {},
  ): string {
    const head = JSON.stringify(this.header({ alg: algorithm, ...header }));
    const input = `${base64url(head)}.${base64url(JSON.stringify(this.claims()))}`;
    const mac = createHmac(`sha${algorithm.slice(2)}`, secret)
      .update(input)
      .digest('base64url');
    return `${input}.${mac}`;
  }
}

function signatureFrom(
  { signature, signedAs = 'RS256' }: Ingredients,
  input: string,
  key: KeyObject,
): string {
  if (typeof signature === 'string') return signature;
  return signature ? base64url(signature(Buffer.from(input))) : signatureOf(input, signedAs, key);
}
