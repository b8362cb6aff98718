import { describe, expect, it } from '@jest/globals';
import type { AccessToken } from './access-token.js';
import { VerifiedTokenCache } from './verified-token-cache.js';

const KEY_SET = {};
const AUTHENTICATION = { subject: 'alice' };
const VERIFIED = {
  authentication: AUTHENTICATION,
  keySet: KEY_SET,
  notBefore: 1000,
  expiresAt: 2000,
};
const bearer = (value: string): AccessToken => ({ value, scheme: 'Bearer' });
const at = (now: number) => ({ now, clockToleranceSeconds: 5 });

describe('VerifiedTokenCache', () => {
  it('finds a token until it expires, tolerance or not', () => {
    const cache = new VerifiedTokenCache(10);
    cache.set(bearer('token'), VERIFIED);
    expect(cache.get(bearer('token'), KEY_SET, at(1999.9))).toBe(AUTHENTICATION);
    expect(cache.get(bearer('token'), KEY_SET, at(2000))).toBeUndefined();
    expect(cache.get(bearer('token'), KEY_SET, at(1500))).toBeUndefined();
    expect(cache.get(bearer('other'), KEY_SET, at(1500))).toBeUndefined();
  });

  it('does not find a token before its time', () => {
    const cache = new VerifiedTokenCache(10);
    cache.set(bearer('token'), VERIFIED);
    expect(cache.get(bearer('token'), KEY_SET, at(994))).toBeUndefined();
    expect(cache.get(bearer('token'), KEY_SET, at(995))).toBe(AUTHENTICATION);
  });

  it('finds nothing when the time is not a number', () => {
    const cache = new VerifiedTokenCache(10);
    cache.set(bearer('token'), VERIFIED);
    expect(cache.get(bearer('token'), KEY_SET, at(NaN))).toBeUndefined();
  });

  it('drops a token that was verified with other keys', () => {
    const cache = new VerifiedTokenCache(10);
    cache.set(bearer('token'), VERIFIED);
    expect(cache.get(bearer('token'), {}, at(1500))).toBeUndefined();
    expect(cache.get(bearer('token'), KEY_SET, at(1500))).toBeUndefined();
  });

  it('drops the token not used for longest', () => {
    const cache = new VerifiedTokenCache(2);
    cache.set(bearer('a'), VERIFIED);
    cache.set(bearer('b'), VERIFIED);
    cache.get(bearer('a'), KEY_SET, at(1500));
    cache.set(bearer('c'), VERIFIED);
    const found = ['a', 'b', 'c'].filter((token) => cache.get(bearer(token), KEY_SET, at(1500)));
    expect(found).toEqual(['a', 'c']);
  });

  it('drops the one before it when the one not used for longest was dropped', () => {
    const cache = new VerifiedTokenCache(3);
    for (const token of ['a', 'b', 'c']) cache.set(bearer(token), VERIFIED);
    cache.get(bearer('b'), KEY_SET, at(1500));
    cache.get(bearer('a'), KEY_SET, at(2000));
    for (const token of ['d', 'e']) cache.set(bearer(token), VERIFIED);
    const found = ['a', 'b', 'c', 'd', 'e'].filter((token) =>
      cache.get(bearer(token), KEY_SET, at(1500)),
    );
    expect(found).toEqual(['b', 'd', 'e']);
  });

  it('takes the same object for the same token, and an equal one too', () => {
    const cache = new VerifiedTokenCache(10);
    const token = bearer('token');
    cache.set(token, VERIFIED);
    expect(cache.get(token, KEY_SET, at(1500))).toBe(AUTHENTICATION);
    expect(cache.get(bearer('token'), KEY_SET, at(1500))).toBe(AUTHENTICATION);
  });

  it('makes room for a token that it does not hold yet, and for no other', () => {
    const cache = new VerifiedTokenCache(2);
    for (const token of ['a', 'b', 'b', 'b']) cache.set(bearer(token), VERIFIED);
    expect(cache.get(bearer('a'), KEY_SET, at(1500))).toBe(AUTHENTICATION);
  });
});
