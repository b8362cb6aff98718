import { describe, expect, it } from '@jest/globals';
import { createPublicKey, generateKeyPairSync, KeyObject, sign } from 'node:crypto';
import { jwtVerify } from 'jose';
import { JwtSigner, type LocalKey, type SigningAlgorithm, type SigningKey } from './jwt-signer.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const smallRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const k256 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
const ed25519 = generateKeyPairSync('ed25519');
const RSA = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

async function verify(key: SigningKey, publicKey: KeyObject) {
  const jwt = await new JwtSigner(key).makeJwt({ sub: 'bank-api' }, 1);
  const { payload, protectedHeader } = await jwtVerify(jwt, publicKey);
  expect(payload).toStrictEqual({ sub: 'bank-api' });
  return protectedHeader;
}

describe('JwtSigner', () => {
  it.each([
    ['RS256', rsa],
    ['ES256', p256],
    ['ES384', p384],
    ['ES512', p521],
    ['EdDSA', ed25519],
  ])('signs with %s by the kind of key', async (alg, { privateKey, publicKey }) => {
    expect(await verify({ key: privateKey }, publicKey)).toStrictEqual({ alg, typ: 'JWT' });
  });

  it.each<[SigningAlgorithm, typeof rsa]>([
    ['RS384', rsa],
    ['RS512', rsa],
    ['PS256', rsa],
    ['PS384', rsa],
    ['PS512', rsa],
    ['Ed25519', ed25519],
  ])('signs with %s when told to', async (algorithm, { privateKey, publicKey }) => {
    const header = await verify({ key: privateKey, algorithm }, publicKey);
    expect(header.alg).toBe(algorithm);
  });

  it('reads a key from PEM text and from a JWK', async () => {
    const jwk = { ...p256.privateKey.export({ format: 'jwk' }), kid: 'k7', alg: 'ES256' };
    expect(await verify({ key: pem(rsa.privateKey), kid: 'k1' }, rsa.publicKey)).toMatchObject({
      alg: 'RS256',
      kid: 'k1',
    });
    expect(await verify({ key: jwk }, p256.publicKey)).toMatchObject({ alg: 'ES256', kid: 'k7' });
  });

  it.each([
    ['EdDSA', { name: 'Ed25519' }],
    ['ES384', { name: 'ECDSA', namedCurve: 'P-384' }],
    ['RS512', { ...RSA, name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' }],
    ['PS256', { ...RSA, name: 'RSA-PSS', hash: 'SHA-256' }],
  ])('signs with %s by a key of Web Crypto that cannot be read', async (alg, algorithm) => {
    const keys = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
    if (!('privateKey' in keys)) throw new Error('No key pair');
    const header = await verify({ key: keys.privateKey }, KeyObject.from(keys.publicKey));
    expect(header.alg).toBe(alg);
  });

  it('lets another sign', async () => {
    const header = await verify(
      {
        sign: (input) => {
          const key = { key: p256.privateKey, dsaEncoding: 'ieee-p1363' } as const;
          return Promise.resolve(sign('sha256', input, key));
        },
        algorithm: 'ES256',
        kid: 'hsm-1',
      },
      p256.publicKey,
    );
    expect(header).toStrictEqual({ alg: 'ES256', typ: 'JWT', kid: 'hsm-1' });
  });

  it.each<[string, () => Promise<Uint8Array>, string]>([
    [
      'fails',
      () => Promise.reject(new RangeError('slot 3, pin 1234')),
      'the signer threw RangeError',
    ],
    [
      'throws',
      () => {
        throw new Error('pin 1234');
      },
      'the signer threw Error',
    ],
    [
      'throws an error whose name says too much',
      () => Promise.reject(Object.assign(new Error(), { name: 'pin 1234' })),
      'the signer threw an error',
    ],
    ['hangs', () => new Promise(() => undefined), 'the signer did not answer within 0.05 s'],
    ['returns text', () => Promise.resolve('c2ln' as never), "'sign' did not return the octets"],
    ['returns nothing', () => Promise.resolve(new Uint8Array()), "'sign' did not return"],
  ])('says so when the other %s', async (_name, signer, message) => {
    const made = new JwtSigner({ sign: signer, algorithm: 'ES256' }).makeJwt({}, 0.05);
    await expect(made).rejects.toMatchObject({
      name: 'SigningError',
      message: expect.stringContaining(message),
    });
  });

  it.each<[string, unknown]>([
    ['nothing', { key: undefined }],
    ['text that is no key', { key: 'secret-text' }],
    ['a public key', { key: rsa.publicKey }],
    ['a public JWK', { key: createPublicKey(p256.privateKey).export({ format: 'jwk' }) }],
    ['a curve without an algorithm', { key: k256.privateKey }],
    ['a key for another algorithm', { key: p256.privateKey, algorithm: 'ES384' }],
    ['a key of another kind', { key: p256.privateKey, algorithm: 'RS256' }],
    ['a symmetric algorithm', { key: rsa.privateKey, algorithm: 'HS256' }],
    ['no algorithm at all', { key: rsa.privateKey, algorithm: 'none' }],
    ['an unknown algorithm', { sign: () => undefined, algorithm: 'XX' }],
    ['a signer that is no function', { sign: 'x', algorithm: 'ES256' }],
    ['an RSA key that is too short to sign', { key: smallRsa.privateKey }],
    ['a bare PEM text', 'secret-text'],
    ['a text for an algorithm', { key: p256.privateKey, algorithm: 'secret-text' }],
    ['a text for the algorithm of a signer', { sign: () => undefined, algorithm: 'secret-text' }],
    ['null', null],
  ])('refuses %s', (_name, key) => {
    let message = '';
    try {
      void new JwtSigner(key as LocalKey);
    } catch (error) {
      if (error instanceof TypeError) message = error.message;
    }
    expect(message).toMatch(/^Cannot sign JWTs as .*: current value is /);
    expect(message).not.toContain('secret-text');
  });
});
