import type { TokenSet } from './authorization-server/backchannel-client.js';

/**
 * Tokens, as the wire has them.
 *
 * @see [RFC 6749 §5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1)
 */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: string;
  /** From the answer on, in seconds. */
  readonly expires_in?: number;
  readonly scope?: string;
  readonly id_token?: string;
  /** Of this API, not of the authorization server: good in the browser that got it, and here only. */
  readonly refresh_token?: string;
}

/**
 * Writes tokens as the wire has them.
 *
 * @param refreshToken What stands for the refresh token, which itself stays here.
 */
export function tokenResponse(tokens: TokenSet, refreshToken?: string): TokenResponse {
  const { accessToken, tokenType, expiresInSeconds, scope, idToken } = tokens;
  return {
    access_token: accessToken,
    token_type: tokenType,
    ...(expiresInSeconds !== undefined && { expires_in: expiresInSeconds }),
    ...(scope !== undefined && { scope }),
    ...(idToken !== undefined && { id_token: idToken }),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
  };
}
