import type { Authentication } from './evaluate-requirement.js';

/**
 * Reads what the claims of a verified token say about the end-user's authentication.
 *
 * An ill-typed claim counts as absent, so that a requirement that depends on it is unmet; so do an
 * empty `acr`, and an `auth_time` that is no finite number.
 *
 * @returns An object that has the properties only that the claims do say, and the claims themselves.
 * @see [OpenID Connect Core §2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)
 * @see [RFC 9068 §2.2.1](https://www.rfc-editor.org/rfc/rfc9068#section-2.2.1)
 */
export function authenticationFromClaims(
  claims: Readonly<Record<string, unknown>>,
): Authentication {
  const { acr, auth_time: authTime, sub: subject, amr } = claims;
  return {
    ...(typeof acr === 'string' && acr !== '' && { acr }),
    // JSON can write 1e999, which is read as Infinity: an authentication that never gets old.
    ...(typeof authTime === 'number' && Number.isFinite(authTime) && { authTime }),
    ...(typeof subject === 'string' && { subject }),
    ...(isAmr(amr) && { amr }),
    claims,
  };
}

function isAmr(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
