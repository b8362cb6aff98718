import type { Authentication } from 'nest-stepup';
import type { TokenEndpointResponse } from 'openid-client';
import type { TokenSet } from './backchannel-client.js';

/** Reads tokens from the answer of a token endpoint, that `openid-client` has checked. */
export function readTokenSet(answer: TokenEndpointResponse): TokenSet {
  return Object.freeze({
    accessToken: answer.access_token,
    // The library has them in lower case, APIs are asked with them as they are registered.
    tokenType: answer.token_type === 'dpop' ? 'DPoP' : 'Bearer',
    ...(answer.id_token !== undefined && { idToken: answer.id_token }),
    ...(answer.refresh_token !== undefined && { refreshToken: answer.refresh_token }),
    ...(answer.scope !== undefined && { scope: answer.scope }),
    ...(answer.expires_in !== undefined && { expiresInSeconds: answer.expires_in }),
  });
}

/**
 * What the claims of a verified ID token say about the authentication. Ill-typed claims count as
 * absent, so that a requirement that depends on them is unmet.
 */
export function readAuthentication(claims: Readonly<Record<string, unknown>>): Authentication {
  const { sub, acr, auth_time: authTime, amr } = claims;
  return Object.freeze({
    ...(typeof acr === 'string' && acr !== '' && { acr }),
    ...(typeof authTime === 'number' && Number.isFinite(authTime) && { authTime }),
    ...(typeof sub === 'string' && { subject: sub }),
    ...(isListOfStrings(amr) && { amr }),
    claims,
  });
}

function isListOfStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
