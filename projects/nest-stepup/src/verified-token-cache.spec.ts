import { describe, expect, it } from '@jest/globals';
import { VerifiedTokenCache } from './verified-token-cache.js';

const KEY_SET = {};
const AUTHENTICATION = { subject: 'alice' };
const VERIFIED = {
  authentication: AUTHENTICATION,
  keySet: KEY_SET,
  notBefore: 1000,
  expiresAt: 2000,
};
const at = (now: number) => ({ now, clockToleranceSeconds: 5 });

describe('VerifiedTokenCache', () => {
  it('finds a token until it expires, tolerance or not', () => {
    const cache = new VerifiedTokenCache(10);
    cache.set('token', VERIFIED);
    expect(cache.get('token', KEY_SET, at(1999.9))).toBe(AUTHENTICATION);
    expect(cache.get('token', KEY_SET, at(2000))).toBeUndefined();
    expect(cache.get('token', KEY_SET, at(1500))).toBeUndefined();
    expect(cache.get('other', KEY_SET, at(1500))).toBeUndefined();
  });

  it('does not find a token before its time', () => {
    const cache = new VerifiedTokenCache(10);
    cache.set('token', VERIFIED);
    expect(cache.get('token', KEY_SET, at(994))).toBeUndefined();
    expect(cache.get('token', KEY_SET, at(995))).toBe(AUTHENTICATION);
  });

  it('finds nothing when the time is not a number', () => {
    const cache = new VerifiedTokenCache(10);
    cache.set('token', VERIFIED);
    expect(cache.get('token', KEY_SET, at(NaN))).toBeUndefined();
  });

  it('drops a token that was verified with other keys', () => {
    const cache = new VerifiedTokenCache(10);
    cache.set('token', VERIFIED);
    expect(cache.get('token', {}, at(1500))).toBeUndefined();
    expect(cache.get('token', KEY_SET, at(1500))).toBeUndefined();
  });

  it('drops the token not used for longest', () => {
    const cache = new VerifiedTokenCache(2);
    cache.set('a', VERIFIED);
    cache.set('b', VERIFIED);
    cache.get('a', KEY_SET, at(1500));
    cache.set('c', VERIFIED);
    const found = ['a', 'b', 'c'].filter((token) => cache.get(token, KEY_SET, at(1500)));
    expect(found).toEqual(['a', 'c']);
  });

  it('makes room for a token that it does not hold yet, and for no other', () => {
    const cache = new VerifiedTokenCache(2);
    for (const token of ['a', 'b', 'b', 'b']) cache.set(token, VERIFIED);
    expect(cache.get('a', KEY_SET, at(1500))).toBe(AUTHENTICATION);
  });
});
