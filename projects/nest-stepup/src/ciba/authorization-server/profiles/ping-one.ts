import type { ProviderProfile, ProviderProfileOverrides } from '../provider-profile.js';
import { standardProfile } from './standard.js';

/**
 * PingOne: poll only; a signed request names the client inside as well.
 *
 * @see [PingOne: CIBA](https://developer.pingidentity.com/pingone-api/auth/ciba.html)
 */
export function pingOneProfile(overrides: ProviderProfileOverrides = {}): ProviderProfile {
  return standardProfile({
    name: 'PingOne',
    deliveryModes: ['poll'],
    signsClientId: true,
    ...overrides,
  });
}
