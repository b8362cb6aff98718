import { describe, expect, it } from '@jest/globals';
import { authenticationFromClaims } from 'stepup-core';

describe('authenticationFromClaims()', () => {
  it('reads acr, auth_time, sub and amr, and keeps all claims', () => {
    const claims = { iss: 'x', acr: 'phr', auth_time: 1000, sub: 'alice', amr: ['hwk', 'user'] };
    const authentication = authenticationFromClaims(claims);
    expect(authentication).toStrictEqual({
      acr: 'phr',
      authTime: 1000,
      subject: 'alice',
      amr: ['hwk', 'user'],
      claims,
    });
    expect(authentication.claims).toBe(claims);
  });

  it('has no properties for claims that are absent', () => {
    expect(authenticationFromClaims({})).toStrictEqual({ claims: {} });
  });

  it.each<[string, unknown]>([
    ['acr', null],
    ['acr', ''],
    ['acr', 1],
    ['acr', ['phr']],
    ['auth_time', null],
    ['auth_time', '1000'],
    ['auth_time', Infinity],
    ['auth_time', Number.NaN],
    ['sub', null],
    ['sub', 1],
    ['amr', null],
    ['amr', 'hwk'],
    ['amr', ['hwk', 1]],
    ['amr', { 0: 'hwk', length: 1 }],
  ])('counts %s as absent when it is %j', (name, value) => {
    const claims = { [name]: value };
    expect(authenticationFromClaims(claims)).toStrictEqual({ claims });
  });

  it.each<[string, string, unknown]>([
    ['auth_time', 'authTime', 0],
    ['sub', 'subject', ''],
    ['amr', 'amr', []],
  ])('takes a %s that is of the right type as it is', (name, property, value) => {
    const claims = { [name]: value };
    expect(authenticationFromClaims(claims)).toStrictEqual({ [property]: value, claims });
  });

  it('never takes iat for auth_time', () => {
    expect(authenticationFromClaims({ iat: 1000 })).not.toHaveProperty('authTime');
  });

  it('changes and freezes nothing', () => {
    const claims = Object.freeze({ sub: 'alice', amr: ['hwk'] });
    const { amr } = authenticationFromClaims(claims);
    expect(amr).toBe(claims.amr);
    expect(Object.isFrozen(amr)).toBe(false);
  });
});
