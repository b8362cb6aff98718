import type { EnvironmentProviders } from '@angular/core';
import type { Routes } from '@angular/router';
import { OktaAuth } from '@okta/okta-auth-js';
import { provideStepUp, withApis } from 'angular-stepup';
import { oktaCallbackRoute, withOkta } from 'angular-stepup/okta';

const oktaAuth = new OktaAuth({
  issuer: `${location.origin}/oauth2/default`,
  clientId: 'matrix',
  redirectUri: `${location.origin}/login/callback`,
});

export const routes: Routes = [oktaCallbackRoute()];
export const providers: EnvironmentProviders = provideStepUp(withApis('/api'), withOkta(oktaAuth));
