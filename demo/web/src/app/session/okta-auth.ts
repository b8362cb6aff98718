import { InjectionToken } from '@angular/core';
import { OktaAuth } from '@okta/okta-auth-js';
import type { DemoConfig } from '../demo-config';

/** Okta's own OIDC client: it signs in and out; `withOkta()` steps up with it. */
export const OKTA_AUTH = new InjectionToken<OktaAuth>('OKTA_AUTH');

export function createOktaAuth({ clientId, issuer, scopes }: DemoConfig): OktaAuth {
  return new OktaAuth({
    issuer,
    clientId,
    scopes: [...scopes],
    redirectUri: `${location.origin}/login/callback`,
    postLogoutRedirectUri: location.origin,
  });
}
