import { type Authentication, authenticationFromClaims } from 'stepup-core';

import type { OktaAuthLike, OktaIdToken, OktaToken, OktaTokens } from './okta-auth-like';

/** Tokens that are in use: `signOut()` marks the old ones, and removes them on the next start. */
export function currentTokens({ tokenManager }: OktaAuthLike): OktaTokens {
  const { accessToken, idToken, refreshToken } = tokenManager.getTokensSync();
  return {
    ...(isInUse(accessToken) && { accessToken }),
    ...(isInUse<OktaIdToken>(idToken) && { idToken }),
    ...(isInUse(refreshToken) && { refreshToken }),
  };
}

/**
 * Stores the tokens of a step-up once they are verified; a refresh token stays when no new one came.
 *
 * Call it in the first `then()` of the SDK's promise. A renewal that waits in the SDK's queue starts
 * right after that: it would take the old tokens, and bring the old authentication back.
 *
 * @param verify Throws when the new authentication does not do: then the old tokens stay.
 */
export function acceptTokens(
  okta: OktaAuthLike,
  tokens: OktaTokens,
  verify: (authentication: Authentication) => void,
): void {
  if (!tokens.idToken) throw new Error('The answer has no ID token');
  verify(authenticationFromClaims(tokens.idToken.claims));
  const { refreshToken } = currentTokens(okta);
  okta.tokenManager.setTokens({ ...(refreshToken && { refreshToken }), ...tokens });
}

function isInUse<Token extends OktaToken>(token: Token | undefined): token is Token {
  return token !== undefined && !token.pendingRemove;
}
