import type { ProviderProfile, ProviderProfileOverrides } from '../provider-profile.js';

/** Letters, digits and signs that a phone can show: an authorization server may take more or less. */
const PLAIN_TEXT = /^[\x20-\x7E]$/;

/**
 * A server that does as CIBA says, for any that has no profile of its own.
 *
 * @param overrides What of it is otherwise at this server.
 *
 * @example
 * standardProfile({ name: 'our server', deliveryModes: ['poll'] });
 */
export function standardProfile(overrides: ProviderProfileOverrides = {}): ProviderProfile {
  return Object.freeze({
    name: 'standard',
    deliveryModes: ['poll', 'ping'],
    hintKinds: ['login_hint', 'login_hint_token', 'id_token_hint'],
    namesUsersByLogin: false,
    formatHint: (hint) => hint,
    bindingMessage: { required: false, maxLength: 64, alphabet: PLAIN_TEXT },
    requestedExpiry: { name: 'requested_expiry', minimumSeconds: 1, maximumSeconds: Infinity },
    resourceParameter: 'resource',
    supportsRequestContext: false,
    signsClientId: false,
    extraParameters: {},
    authTimeIsRedemptionTime: false,
    readRequestError: () => undefined,
    readTokenError: () => undefined,
    ...overrides,
  } satisfies ProviderProfile);
}
