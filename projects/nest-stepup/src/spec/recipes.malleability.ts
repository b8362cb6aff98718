import { constants, createHash, privateEncrypt, sign, type KeyObject } from 'node:crypto';
import { KEYS, signatureOf, type Ingredients } from './forge.js';
import { each, refused, type Recipe } from './recipe.js';

/**
 * Signatures that are wrong by a little, or right in another spelling. The ideas are those of Project
 * Wycheproof, of CVE-2022-21449 ("psychic signatures") and of RFC 8032 §8.4.
 */

const bytes = (length: number, value = 0) => Buffer.alloc(length, value);

/** Of the bytes that are signed, and of the right signature of them. */
type Signature = (right: Buffer, input: Buffer) => Buffer;

/** A number of as many bytes, the first one the highest. */
function integer(value: bigint, size: number): Buffer {
  return Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex');
}

const reversed = (buffer: Buffer) =>
  Buffer.from(Array.from(buffer, (_, index) => buffer.at(-1 - index) ?? 0));
const numberOf = (buffer: Buffer) => BigInt(`0x${buffer.toString('hex')}`);

interface Curve {
  readonly alg: string;
  readonly kid: 'ec1' | 'ec384' | 'ec521';
  /** The bytes of one half of a signature. */
  readonly size: number;
  /** The order of the base point: FIPS 186-4 §D.1.2. */
  readonly order: bigint;
}

const CURVES: readonly Curve[] = [
  {
    alg: 'ES256',
    kid: 'ec1',
    size: 32,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  {
    alg: 'ES384',
    kid: 'ec384',
    size: 48,
    order: BigInt(
      '0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
    ),
  },
  {
    alg: 'ES512',
    kid: 'ec521',
    size: 66,
    order: BigInt(
      `0x1${'ff'.repeat(32)}fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`,
    ),
  },
];

/** Both halves of an ECDSA signature of numbers: any point satisfies the equation with zeros. */
const halves =
  (make: (order: bigint) => readonly [r: bigint, s: bigint]) =>
  ({ size, order }: Curve): Signature =>
  () =>
    Buffer.concat(make(order).map((half) => integer(half, size)));

const ECDSA: Readonly<Record<string, (curve: Curve) => Signature>> = {
  zeros: halves(() => [0n, 0n]),
  'r is zero': halves(() => [0n, 1n]),
  's is zero': halves(() => [1n, 0n]),
  ones: halves(() => [1n, 1n]),
  'the order twice': halves((order) => [order, order]),
  'r is the order': halves((order) => [order, 1n]),
  's is the order': halves((order) => [1n, order]),
  'one less than the order': halves((order) => [order - 1n, order - 1n]),
  'halves exchanged':
    ({ size }) =>
    (right) =>
      Buffer.concat([right.subarray(size), right.subarray(0, size)]),
  'a byte more': () => (right) => Buffer.concat([right, bytes(1)]),
  'a byte before': () => (right) => Buffer.concat([bytes(1), right]),
  'a byte less': () => (right) => right.subarray(0, -1),
  'one half':
    ({ size }) =>
    (right) =>
      right.subarray(0, size),
  'three halves':
    ({ size }) =>
    (right) =>
      Buffer.concat([right, right.subarray(0, size)]),
  'a zero before each half':
    ({ size }) =>
    (right) =>
      Buffer.concat([bytes(1), right.subarray(0, size), bytes(1), right.subarray(size)]),
  'ASN.1 of zeros': () => () => Buffer.from('3006020100020100', 'hex'),
  'ASN.1 of the right one':
    ({ alg, kid }) =>
    (_, input) =>
      sign(`sha${alg.slice(2)}`, input, KEYS[kid].privateKey),
  hexadecimal: () => (right) => Buffer.from(right.toString('hex')),
};

/** The order of the base point of edwards25519: RFC 8032 §5.1. */
const ORDER_25519 = 2n ** 252n + 27742317777372353535851937790883648493n;

const EDDSA: Readonly<Record<string, Signature>> = {
  zeros: () => bytes(64),
  'R is the neutral element': () => Buffer.concat([Buffer.from([1]), bytes(63)]),
  's with the order added': (right) => {
    const s = numberOf(reversed(right.subarray(32))) + ORDER_25519;
    return Buffer.concat([right.subarray(0, 32), reversed(integer(s, 32))]);
  },
  'a byte more': (right) => Buffer.concat([right, bytes(1)]),
  'a byte less': (right) => right.subarray(0, -1),
  'halves exchanged': (right) => Buffer.concat([right.subarray(32), right.subarray(0, 32)]),
};

/** DigestInfo up to the digest: RFC 8017 §9.2, note 1. */
const SHA1 = '3021300906052b0e03021a05000414';
const SHA256 = '3031300d060960864801650304020105000420';
const SHA512 = '3051300d060960864801650304020305000440';
const SHA256_WITHOUT_NULL = '302f300b06096086480165030402010420';

const digest = (algorithm: string, input: Buffer) => createHash(algorithm).update(input).digest();

/** What the right key signs, padded as its holder likes. */
function padded(prefix: string, fill: number, blockType: number, from: Signature): Signature {
  return (right, input) => {
    const info = Buffer.concat([Buffer.from(prefix, 'hex'), from(right, input)]);
    const fillLength = Math.max(0, 253 - info.length);
    const head = [Buffer.from([0, blockType]), bytes(fillLength, fill), bytes(1)];
    return encrypted(Buffer.concat([...head, info]));
  };
}

function encrypted(block: Buffer): Buffer {
  const { RSA_NO_PADDING: padding } = constants;
  return privateEncrypt({ key: KEYS.k1.privateKey, padding }, block);
}

const modulus = () =>
  numberOf(Buffer.from(String(KEYS.k1.publicKey.export({ format: 'jwk' }).n), 'base64url'));
const sha256: Signature = (_, input) => digest('sha256', input);

/** Block with eight bytes of padding and something after the digest: Bleichenbacher, 2006. */
const withRest =
  (first: boolean): Signature =>
  (right, input) => {
    const info = Buffer.concat([Buffer.from(SHA256, 'hex'), sha256(right, input)]);
    const rest = bytes(256 - 11 - info.length, 0x41);
    const head = Buffer.concat([Buffer.from([0, 1]), bytes(8, 0xff), bytes(1)]);
    return encrypted(Buffer.concat(first ? [head, rest, info] : [head, info, rest]));
  };

const RSA: Readonly<Record<string, Signature>> = {
  zero: () => bytes(256),
  one: () => Buffer.concat([bytes(255), bytes(1, 1)]),
  'all bits': () => bytes(256, 0xff),
  'the modulus': () => integer(modulus(), 256),
  'the modulus less one': () => integer(modulus() - 1n, 256),
  'the right one and the modulus': (right) => integer(numberOf(right) + modulus(), 257),
  'the negative of the right one': (right) => integer(modulus() - numberOf(right), 256),
  'one byte': () => bytes(1, 1),
  'a zero before': (right) => Buffer.concat([bytes(1), right]),
  'a zero after': (right) => Buffer.concat([right, bytes(1)]),
  twice: (right) => Buffer.concat([right, right]),
  'in reverse': reversed,
  'in base64url once more': (right) => Buffer.from(right.toString('base64url')),
  'in hexadecimal': (right) => Buffer.from(right.toString('hex')),
  'of a SHA-1 digest': padded(SHA1, 0xff, 1, (_, input) => digest('sha1', input)),
  'of a SHA-512 digest': padded(SHA512, 0xff, 1, (_, input) => digest('sha512', input)),
  'of a digest that is called another one': padded(SHA1, 0xff, 1, (_, input) =>
    digest('sha256', input).subarray(0, 20),
  ),
  'of a digest alone': padded('', 0xff, 1, sha256),
  'of the digest of the digest': padded(SHA256, 0xff, 1, (_, input) =>
    digest('sha256', digest('sha256', input)),
  ),
  'of a DigestInfo without parameters': padded(SHA256_WITHOUT_NULL, 0xff, 1, sha256),
  'padded for encryption': padded(SHA256, 0xaa, 2, sha256),
  'padded with block type 0': padded(SHA256, 0xff, 0, sha256),
  'padded with zeros': padded(SHA256, 0, 1, sha256),
  'padded with another byte': padded(SHA256, 0xfe, 1, sha256),
  'a rest after the digest': withRest(false),
  'a rest before the digest': withRest(true),
  'not padded': (right, input) => encrypted(Buffer.concat([bytes(224), sha256(right, input)])),
  'padded as RSASSA-PSS': (_, input) => fromBase64url(input, 'PS256', KEYS.k1.privateKey),
  'of another RSA key': (_, input) => fromBase64url(input, 'RS256', KEYS.k2.privateKey),
};

function fromBase64url(input: Buffer, algorithm: string, key: KeyObject): Buffer {
  return Buffer.from(signatureOf(input.toString(), algorithm, key), 'base64url');
}

function signedBy(
  kid: 'k1' | 'ed1' | Curve['kid'],
  alg: string,
  signature: Signature,
): Ingredients {
  const { privateKey } = KEYS[kid];
  return {
    header: { alg, kid },
    signature: (input) => signature(fromBase64url(input, alg, privateKey), input),
  };
}

const table = <T>(entries: Readonly<Record<string, T>>, from: (value: T) => Ingredients) =>
  Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, () => from(value)]));

export const MALLEABILITY: readonly Recipe[] = [
  ...CURVES.flatMap((curve) =>
    refused(
      `${curve.alg} signature`,
      table(ECDSA, (make) => signedBy(curve.kid, curve.alg, make(curve))),
    ),
  ),
  ...refused(
    'EdDSA signature',
    table(EDDSA, (make) => signedBy('ed1', 'EdDSA', make)),
  ),
  ...refused(
    'RS256 signature',
    table(RSA, (make) => signedBy('k1', 'RS256', make)),
  ),
  ...refused(
    'signed by a key of another curve than that of its algorithm',
    each(
      CURVES.flatMap(({ alg }) => CURVES.map(({ kid }) => ({ alg, kid }))).filter(
        ({ alg, kid }) => !CURVES.some((curve) => curve.alg === alg && curve.kid === kid),
      ),
      ({ alg, kid }) => ({
        header: { alg, kid },
        signedAs: alg,
        key: KEYS[kid].privateKey,
      }),
    ),
  ),
];
