import type { BackchannelHint } from '../backchannel-client.js';
import type { ProviderProfile, ProviderProfileOverrides } from '../provider-profile.js';
import { standardProfile } from './standard.js';

/** What {@link auth0Profile} has to know. */
export interface Auth0ProfileOptions extends ProviderProfileOverrides {
  /** The tenant's issuer: it is part of every hint. */
  readonly issuer: string;
}

/**
 * Auth0: poll only, users named by their `sub`, and a binding message with each request.
 *
 * @see [Auth0: CIBA](https://auth0.com/docs/get-started/authentication-and-authorization-flow/client-initiated-backchannel-authentication-flow)
 */
export function auth0Profile({ issuer, ...overrides }: Auth0ProfileOptions): ProviderProfile {
  // Auth0's issuers end with a slash, its documents often leave it out.
  const iss = issuer.endsWith('/') ? issuer : `${issuer}/`;
  return standardProfile({
    name: 'Auth0',
    deliveryModes: ['poll'],
    hintKinds: ['login_hint'],
    formatHint: (hint) => issAndSub(hint, iss),
    bindingMessage: { required: true, maxLength: 64, alphabet: /^[a-zA-Z0-9+\-_.,:#]$/ },
    requestedExpiry: { name: 'requested_expiry', minimumSeconds: 1, maximumSeconds: 300 },
    resourceParameter: 'audience',
    // A request that expired is "denied" by its code; where the text tells, it is believed.
    readTokenError: ({ error, description = '' }) =>
      error === 'access_denied' &&
      /\bexpired\b/i.test(description) &&
      !/\bdenied\b/i.test(description)
        ? 'expired_token'
        : undefined,
    ...overrides,
  });
}

function issAndSub(hint: BackchannelHint, iss: string): BackchannelHint {
  if (!('login_hint' in hint)) return hint;
  return { login_hint: JSON.stringify({ format: 'iss_sub', iss, sub: hint.login_hint }) };
}
