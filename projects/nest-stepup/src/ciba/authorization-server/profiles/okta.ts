import type { ProviderProfile, ProviderProfileOverrides } from '../provider-profile.js';
import { standardProfile } from './standard.js';

/**
 * Okta: poll only, and no `login_hint_token`. Its login hint is a login name and not the `sub` of its
 * ID tokens: set `hint` where users are signed in.
 *
 * @see [Okta: transactional verification with CIBA](https://developer.okta.com/docs/guides/configure-ciba/main/)
 */
export function oktaProfile(overrides: ProviderProfileOverrides = {}): ProviderProfile {
  return standardProfile({
    name: 'Okta',
    deliveryModes: ['poll'],
    hintKinds: ['login_hint', 'id_token_hint'],
    namesUsersByLogin: true,
    // So, and not requested_expiry.
    requestedExpiry: { name: 'request_expiry', minimumSeconds: 1, maximumSeconds: 300 },
    ...overrides,
  });
}
