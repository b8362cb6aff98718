import type { Authentication } from 'nest-stepup';
import type { TokenEndpointResponse } from 'openid-client';
import { authenticationFromClaims } from 'stepup-core';
import type { TokenSet } from './backchannel-client.js';
import { InvalidAnswerError } from './upstream-failure.js';

const AUTH_REQ_ID_CLAIM = 'urn:openid:params:jwt:claim:auth_req_id';

/**
 * Reads tokens from the answer of a token endpoint, that `openid-client` has checked.
 *
 * @param dpop Whether tokens that are bound to a key were asked for.
 * @throws {InvalidAnswerError} When they are not bound although they should be, or the reverse.
 * @see [RFC 9449 §5](https://www.rfc-editor.org/rfc/rfc9449#section-5)
 */
export function readTokenSet(
  answer: TokenEndpointResponse,
  { dpop }: { readonly dpop: unknown },
): TokenSet {
  const isBound = answer.token_type === 'dpop';
  if (isBound && dpop === false) {
    throw new InvalidAnswerError("its tokens are bound to a key: set 'dpop'");
  }
  if (!isBound && dpop !== false) {
    throw new InvalidAnswerError(
      "its tokens are not bound to a key: enable DPoP there, or leave 'dpop' out",
    );
  }
  return Object.freeze({
    accessToken: answer.access_token,
    // The library has them in lower case, APIs are asked with them as they are registered.
    tokenType: isBound ? 'DPoP' : 'Bearer',
    ...(answer.id_token !== undefined && { idToken: answer.id_token }),
    ...(answer.refresh_token !== undefined && { refreshToken: answer.refresh_token }),
    ...(answer.scope !== undefined && { scope: answer.scope }),
    ...(answer.expires_in !== undefined && { expiresInSeconds: answer.expires_in }),
  });
}

/** Whose request an ID token has to come from. */
export interface ExpectedParty {
  readonly clientId: string;
  readonly authReqId: string;
}

/**
 * What the claims of a verified ID token say about the authentication. Ill-typed claims count as
 * absent, so that a requirement that depends on them is unmet.
 *
 * @throws {InvalidAnswerError} When there are none, nobody is authenticated by them, or they name
 *   another client or another request.
 */
export function readAuthentication(
  claims: Readonly<Record<string, unknown>> | undefined,
  { clientId, authReqId }: ExpectedParty,
): Authentication {
  if (!claims) throw new InvalidAnswerError('there is no ID token in its answer');
  const { sub, azp } = claims;
  if (typeof sub !== 'string' || sub === '') {
    throw new InvalidAnswerError('its ID token names no user');
  }
  // The library looks at it only where there are several audiences.
  if (azp !== undefined && azp !== clientId) {
    throw new InvalidAnswerError('its ID token was issued to another client');
  }
  // Obligatory in push mode only; where a server sends it, answers cannot get mixed up.
  const { [AUTH_REQ_ID_CLAIM]: request = authReqId } = claims;
  if (request !== authReqId) throw new InvalidAnswerError('its ID token is of another request');
  return Object.freeze(authenticationFromClaims(claims));
}
