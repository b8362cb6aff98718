import { describe, expect, it } from '@jest/globals';
import { environmentOf, publicPartOf, readCibaConfig } from './ciba.config.js';

const ORIGIN = 'http://localhost:4202';

describe('readCibaConfig()', () => {
  it('keeps transactions in the memory of one process by itself, and polls', () => {
    expect(readCibaConfig({}, ORIGIN)).toStrictEqual({
      clientId: 'bank-api',
      key: expect.objectContaining({ kty: 'EC', crv: 'P-256', alg: 'ES256' }),
      sealingKey: expect.stringMatching(/^[\w-]{43}$/),
      deliveryMode: 'poll',
      bindingMessage: 'code',
      phoneUrl: 'http://localhost:4202/phone',
      redisUrl: undefined,
      apiInstances: 1,
    });
  });

  it('makes new keys at each start', () => {
    const [first, second] = [readCibaConfig({}, ORIGIN), readCibaConfig({}, ORIGIN)];
    expect(second.key.d).not.toBe(first.key.d);
    expect(second.sealingKey).not.toBe(first.sealingKey);
  });

  it('takes the keys that environmentOf() hands to a child process', () => {
    const parent = readCibaConfig({}, ORIGIN);
    expect(readCibaConfig(environmentOf(parent), ORIGIN)).toStrictEqual(parent);
  });

  it('lets several instances share a Redis', () => {
    const env = { REDIS_URL: 'redis://127.0.0.1:6379', DEMO_API_INSTANCES: '2' };
    expect(readCibaConfig(env, ORIGIN)).toMatchObject({
      redisUrl: 'redis://127.0.0.1:6379',
      apiInstances: 2,
    });
  });

  it('refuses several instances without a Redis', () => {
    expect(() => readCibaConfig({ DEMO_API_INSTANCES: '2' }, ORIGIN)).toThrow('REDIS_URL');
  });

  it.each([
    [{ DEMO_API_INSTANCES: '0' }, 'DEMO_API_INSTANCES'],
    [{ DEMO_API_INSTANCES: '9' }, 'DEMO_API_INSTANCES'],
    [{ DEMO_API_INSTANCES: 'two' }, 'DEMO_API_INSTANCES'],
    [{ DEMO_CIBA_MODE: 'push' }, 'DEMO_CIBA_MODE'],
    [{ DEMO_BINDING_MESSAGE: 'word' }, 'DEMO_BINDING_MESSAGE'],
    [{ REDIS_URL: '127.0.0.1:6379' }, 'REDIS_URL'],
    [{ DEMO_SEALING_KEY: 'short' }, 'DEMO_SEALING_KEY'],
    [{ DEMO_CIBA_JWK: '{' }, 'DEMO_CIBA_JWK'],
    [{ DEMO_CIBA_JWK: '{"kty":"RSA"}' }, 'DEMO_CIBA_JWK'],
    [{ DEMO_CIBA_JWK: '{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA","kid":"1"}' }, 'kid'],
  ])('refuses %j', (env, named) => {
    expect(() => readCibaConfig(env, ORIGIN)).toThrow(RangeError);
    expect(() => readCibaConfig(env, ORIGIN)).toThrow(named);
  });

  it('names no key in a refusal', () => {
    const { sealingKey } = readCibaConfig({}, ORIGIN);
    const env = { DEMO_SEALING_KEY: `${sealingKey}!` };
    expect(() => readCibaConfig(env, ORIGIN)).not.toThrow(sealingKey);
    expect(() => readCibaConfig(env, ORIGIN)).toThrow('44 characters');
  });
});

describe('publicPartOf()', () => {
  it('leaves out what signs', () => {
    const { key } = readCibaConfig({}, ORIGIN);
    expect(Object.keys(publicPartOf(key)).toSorted()).toEqual([
      'alg',
      'crv',
      'kid',
      'kty',
      'x',
      'y',
    ]);
  });
});
