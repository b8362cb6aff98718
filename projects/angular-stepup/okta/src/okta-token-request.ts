import { type AuthenticationRequirement, authorizationParameters } from 'stepup-core';

import type { OktaAuthLike, OktaTokenRequest, OktaTokens } from './okta-auth-like';
import { currentTokens } from './okta-tokens';

/**
 * Translates a requirement into the SDK's authorization request for the signed-in end-user.
 *
 * @param state The request's `state`, that the answer is recognised by.
 * @see [RFC 9470 §4](https://www.rfc-editor.org/rfc/rfc9470#section-4)
 */
export function tokenRequestFor(
  requirement: AuthenticationRequirement,
  okta: OktaAuthLike,
  state: string,
): OktaTokenRequest {
  const tokens = currentTokens(okta);
  const loginHint = loginHintOf(tokens);
  const scopes = scopesOf(tokens, okta);
  return {
    state,
    ...acrParameters(authorizationParameters(requirement).acr_values ?? okta.options.acrValues),
    // Not in extraParams: those are sent again with each renewal, and a fresh login demanded.
    ...(requirement.maxAge !== undefined && { maxAge: requirement.maxAge }),
    ...(loginHint && { loginHint }),
    ...(scopes && { scopes }),
  };
}

/**
 * The SDK compares `acrValues` with the ID token as one exact string, and throws the redeemed
 * tokens away when a list or a stronger class makes the two differ. It does not look into
 * `extraParams`, and it sends those again when it renews, so that the class is not lost either.
 * The empty text takes the place of a default in the app's `OktaAuth`; `undefined` would not.
 */
function acrParameters(acrValues: string | undefined): OktaTokenRequest {
  return acrValues ? { acrValues: '', extraParams: { acr_values: acrValues } } : {};
}

/** So that the authorization server does not offer another account. */
function loginHintOf({ idToken }: OktaTokens): string | undefined {
  const { preferred_username: username, email } = idToken?.claims ?? {};
  return [username, email].find((hint): hint is string => typeof hint === 'string' && hint !== '');
}

/** The scopes that the app has now, as it may have signed in with others than it is set up with. */
function scopesOf(
  { accessToken, idToken, refreshToken }: OktaTokens,
  { options }: OktaAuthLike,
): string[] | undefined {
  const granted = accessToken?.scopes ?? idToken?.scopes ?? options.scopes;
  if (!granted?.length) return undefined;
  const lasting = refreshToken ? ['offline_access'] : [];
  return [...new Set(['openid', ...granted, ...lasting])];
}
