import { describe, expect, it } from '@jest/globals';
import { authorizationParameters, type AuthorizationParameters } from 'stepup-core';

describe('authorizationParameters()', () => {
  it.each<[string, Parameters<typeof authorizationParameters>[0], AuthorizationParameters]>([
    ['acr values in their order', { acrValues: ['b', 'a'] }, { acr_values: 'b a' }],
    ['a maximum age', { maxAge: 300 }, { max_age: '300' }],
    ['a maximum age of zero', { maxAge: 0 }, { max_age: '0' }],
    ['both', { acrValues: ['a'], maxAge: 5 }, { acr_values: 'a', max_age: '5' }],
  ])('translates %s (RFC 9470 §4)', (_, requirement, parameters) => {
    expect(authorizationParameters(requirement)).toStrictEqual(parameters);
  });

  it('refuses a requirement that demands nothing', () => {
    expect(() => authorizationParameters({})).toThrow(RangeError);
  });
});
