import type { ProviderProfile, ProviderProfileOverrides } from '../provider-profile.js';
import { standardProfile } from './standard.js';

/**
 * `oidc-provider` for Node, as it is unless its `validateBindingMessage` says otherwise.
 *
 * @see [Its configuration](https://github.com/panva/node-oidc-provider/blob/main/docs/README.md#featuresciba)
 */
export function oidcProviderProfile(overrides: ProviderProfileOverrides = {}): ProviderProfile {
  return standardProfile({
    name: 'oidc-provider',
    bindingMessage: { required: false, maxLength: 20, alphabet: /^[a-zA-Z0-9\-._+/!?#]$/ },
    supportsRequestContext: true,
    ...overrides,
  });
}
