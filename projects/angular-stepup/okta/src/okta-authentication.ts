import type { Authentication } from 'stepup-core';

import type { OktaIdToken } from './okta-auth-like';

/** What an ID token says about the end-user's authentication; ill-typed claims count as absent. */
export function authenticationOf({ claims }: OktaIdToken): Authentication {
  const { acr, auth_time: authTime, sub: subject, amr } = claims;
  return {
    ...(typeof acr === 'string' && { acr }),
    ...(typeof authTime === 'number' && { authTime }),
    ...(typeof subject === 'string' && { subject }),
    ...(isListOfStrings(amr) && { amr }),
    claims,
  };
}

function isListOfStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
