import type { ProviderProfile, ProviderProfileOverrides } from '../provider-profile.js';
import { standardProfile } from './standard.js';

/**
 * Keycloak.
 *
 * Its login hint is a user name or e-mail address and not the `sub` of its tokens: set `hint` where
 * users are signed in. A realm's policy takes one kind of hint, `login_hint` unless it was changed.
 *
 * Its `auth_time` is when the tokens were fetched: a maximum age is met by any approval.
 *
 * @see [Keycloak: CIBA policy](https://www.keycloak.org/docs/latest/server_admin/#_client_initiated_backchannel_authentication_grant)
 */
export function keycloakProfile(overrides: ProviderProfileOverrides = {}): ProviderProfile {
  return standardProfile({
    name: 'Keycloak',
    hintKinds: ['login_hint'],
    namesUsersByLogin: true,
    bindingMessage: { required: false, maxLength: 50, alphabet: /^[a-zA-Z0-9\-._+/!?#]$/ },
    authTimeIsRedemptionTime: true,
    // Not unknown_user_id: only the text tells it from a request that is wrong.
    readRequestError: ({ error, description = '' }) =>
      error === 'invalid_request' && /\binvalid user\b/i.test(description)
        ? 'unknown_user_id'
        : undefined,
    ...overrides,
  });
}
