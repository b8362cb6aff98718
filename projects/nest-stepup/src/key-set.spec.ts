import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { KeySet } from './key-set.js';
import { KEYS, publicJwk } from './spec/forge.js';

describe('KeySet', () => {
  it('finds the key that is named, if it is for the algorithm', () => {
    const keys = [publicJwk('k1'), publicJwk('ec1'), publicJwk('ed1')];
    expect(find(keys, 'RS256', 'k1')).toBe('found');
    expect(find(keys, 'PS512', 'k1')).toBe('found');
    expect(find(keys, 'ES256', 'ec1')).toBe('found');
    expect(find(keys, 'EdDSA', 'ed1')).toBe('found');
    expect(find(keys, 'Ed25519', 'ed1')).toBe('found');
    expect(find(keys, 'ES384', 'ec1')).toBe('unfit');
    expect(find(keys, 'RS256', 'ed1')).toBe('unfit');
    expect(find(keys, 'constructor', 'k1')).toBe('unfit');
    expect(find(keys, 'RS256', 'k2')).toBe('absent');
  });

  it('takes alg of a key for its only algorithm', () => {
    expect(find([publicJwk('k1', { alg: 'RS256' })], 'PS256', 'k1')).toBe('unfit');
    expect(find([publicJwk('ed1', { alg: 'EdDSA' })], 'Ed25519', 'ed1')).toBe('found');
  });

  it('finds a key without a name when only one fits', () => {
    expect(find([publicJwk('k1'), publicJwk('ec1')], 'RS256')).toBe('found');
    expect(find([publicJwk('k1'), publicJwk('k2')], 'RS256')).toBe('ambiguous');
    expect(find([publicJwk('ec1')], 'RS256')).toBe('absent');
    expect(find([publicJwk('k1'), publicJwk('k2', { kid: 'k1' })], 'RS256', 'k1')).toBe(
      'ambiguous',
    );
  });

  it('takes a key that is listed twice for one', () => {
    expect(find([publicJwk('k1'), publicJwk('k1')], 'RS256', 'k1')).toBe('found');
    expect(find([publicJwk('k1'), publicJwk('k1')], 'RS256')).toBe('found');
  });

  it('passes over weak keys, keys for encryption, and secrets', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    expect(find([weak.export({ format: 'jwk' })], 'RS256')).toBe('absent');
    expect(find([publicJwk('k1', { e: 'AQ' })], 'RS256')).toBe('absent');
    expect(find([publicJwk('k1', { use: 'enc' })], 'RS256')).toBe('absent');
    expect(find([publicJwk('k1', { key_ops: ['encrypt'] })], 'RS256')).toBe('absent');
    expect(find([{ kty: 'oct', k: 'AAAA' }], 'HS256')).toBe('absent');
  });

  it('keeps nothing but the public part of a key', () => {
    const jwk = { ...KEYS.k1.privateKey.export({ format: 'jwk' }), kid: 'k1', x: 1 };
    const search = KeySet.from({ keys: [jwk] }).find('RS256', 'k1');
    expect(search).toMatchObject({ key: { keyObject: { type: 'public' } } });
    const members = Object.keys(search.status === 'found' ? search.key.jwk : {});
    expect(new Set(members)).toEqual(new Set(['kty', 'kid', 'n', 'e']));
  });

  it('has the same fingerprint for the same keys only', () => {
    expect(fingerprint(publicJwk('k1'))).toBe(fingerprint(publicJwk('k1')));
    expect(fingerprint(publicJwk('k1'))).not.toBe(fingerprint(publicJwk('k2', { kid: 'k1' })));
    expect(fingerprint(publicJwk('k1'))).not.toBe(fingerprint(publicJwk('k1'), publicJwk('k2')));
  });

  it.each([{}, { keys: null }, { keys: {} }, { keys: 'k1' }])('does not read %j', (document) => {
    expect(() => KeySet.from(document)).toThrow('its answer is not a JWK set');
  });
});

function find(keys: readonly unknown[], algorithm: string, keyId?: string) {
  return KeySet.from({ keys }).find(algorithm, keyId).status;
}

function fingerprint(...keys: readonly unknown[]) {
  return KeySet.from({ keys }).fingerprint;
}
