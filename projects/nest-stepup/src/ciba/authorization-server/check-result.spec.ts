import { describe, expect, it } from '@jest/globals';
import { defineAcrRanking, type Authentication, type AuthenticationRequirement } from 'stepup-core';
import { checkResult } from './check-result.js';

const NOW = 1_750_000_000;
const AUTHENTICATION: Authentication = { subject: 'alice', acr: 'mfa', authTime: NOW - 10 };

function check(
  requirement: AuthenticationRequirement | undefined,
  differences: Authentication = {},
  subject: string | undefined = 'alice',
) {
  return checkResult(
    { authentication: { ...AUTHENTICATION, ...differences } },
    { subject, requirement },
    { now: NOW, clockToleranceSeconds: 5, ranking: defineAcrRanking(['pwd', 'mfa', 'phr']) },
  );
}

const unmet = (description: string) => ({
  error: 'unmet_authentication_requirements',
  description: `The ID token ${description}`,
});

describe('checkResult', () => {
  it('finds nothing wrong with what was asked for', () => {
    expect(check({ acrValues: ['mfa'], maxAge: 10 })).toBeUndefined();
    expect(check(undefined)).toBeUndefined();
  });

  it('lets a stronger class stand for a weaker one', () => {
    expect(check({ acrValues: ['pwd'] })).toBeUndefined();
  });

  it.each([{ subject: 'mallory' }, { subject: undefined }, { subject: 'ALICE' }, { subject: '' }])(
    'refuses the subject of %j',
    (differences) => {
      expect(check({ acrValues: ['mfa'] }, differences)).toStrictEqual({
        error: 'access_denied',
        description: 'Another user approved the request',
      });
    },
  );

  it('lets anybody sign in', () => {
    const anybody = checkResult(
      { authentication: AUTHENTICATION },
      {},
      { now: NOW, clockToleranceSeconds: 5 },
    );
    expect(anybody).toBeUndefined();
  });

  it.each<[AuthenticationRequirement, Authentication, string]>([
    [{ acrValues: ['phr'] }, {}, 'has an acr that is not accepted'],
    [{ acrValues: ['mfa'] }, { acr: undefined }, 'has no acr'],
    [{ maxAge: 3 }, {}, 'has an auth_time that is too old'],
    [{ maxAge: 300 }, { authTime: undefined }, 'has no auth_time'],
    [{ maxAge: 300 }, { authTime: NOW + 60 }, 'has an auth_time in the future'],
    [
      { acrValues: ['phr'], maxAge: 3 },
      {},
      'has an acr that is not accepted and has an auth_time that is too old',
    ],
  ])('refuses for %j an ID token with %j', (requirement, differences, description) => {
    expect(check(requirement, differences)).toStrictEqual(unmet(description));
  });

  it('allows for clocks that differ', () => {
    expect(check({ maxAge: 5 })).toBeUndefined();
    expect(check({ maxAge: 4 })).toBeDefined();
  });
});
