/**
 * What each entry of angular-stepup adds to an Angular app, gzip, production build, beside OpenID
 * Connect clients for Angular, set up as their documentation says: signed in, a route guard, the
 * token attached to requests.
 */
import { join } from 'node:path';
import { measureApps } from '../tools/app-size.mjs';
import { root } from '../tools/run.mjs';
import { stepUpApps, stepUpPackages } from '../tools/step-up-apps.mjs';
import { writeChart } from './chart.mjs';
import { report, stayBelow } from './report.mjs';

const clients = {
  'okta-auth-js': {
    packages: ['@okta/okta-auth-js'],
    from: 'node_modules',
    imports: `import { OktaAuth } from '@okta/okta-auth-js';
const oktaAuth = new OktaAuth({
  issuer: 'https://as.example.com', clientId: 'client', redirectUri: location.origin + '/callback', scopes: ['openid'],
});
const isSignedIn = async () => {
  if (await oktaAuth.isAuthenticated()) return true;
  oktaAuth.setOriginalUri('/');
  await oktaAuth.signInWithRedirect();
  return false;
};`,
    http: `withInterceptors([(request, next) => next(
  request.clone({ setHeaders: { Authorization: 'Bearer ' + oktaAuth.getAccessToken() } }),
)])`,
    features: '',
    route: 'canActivate: [isSignedIn],',
    use: 'readonly done = oktaAuth.isLoginRedirect() ? oktaAuth.handleLoginRedirect() : oktaAuth.start();',
  },
  'angular-auth-oidc-client': {
    packages: ['angular-auth-oidc-client', 'rfc4648'],
    imports: `import { authInterceptor, autoLoginPartialRoutesGuard, OidcSecurityService, provideAuth } from 'angular-auth-oidc-client';`,
    http: 'withInterceptors([authInterceptor()])',
    features: `provideAuth({ config: {
  authority: 'https://as.example.com', clientId: 'client', redirectUrl: location.origin, scope: 'openid',
  responseType: 'code', silentRenew: true, useRefreshToken: true, secureRoutes: ['https://api.example.com'],
} }),`,
    route: 'canActivate: [autoLoginPartialRoutesGuard],',
    use: 'readonly checked = inject(OidcSecurityService).checkAuth().subscribe();',
  },
  'keycloak-angular': {
    packages: ['keycloak-angular', 'keycloak-js'],
    imports: `import { type CanActivateFn } from '@angular/router';
import {
  createAuthGuard, createInterceptorCondition, INCLUDE_BEARER_TOKEN_INTERCEPTOR_CONFIG,
  includeBearerTokenInterceptor, type IncludeBearerTokenCondition, provideKeycloak,
} from 'keycloak-angular';
const isSignedIn = createAuthGuard<CanActivateFn>(async (_, __, { authenticated }) => authenticated);
const ofTheApi = createInterceptorCondition<IncludeBearerTokenCondition>({ urlPattern: /^https:\\/\\/api\\.example\\.com/ });`,
    http: 'withInterceptors([includeBearerTokenInterceptor])',
    features: `provideKeycloak({
  config: { url: 'https://as.example.com', realm: 'bank', clientId: 'client' },
  initOptions: { onLoad: 'check-sso', silentCheckSsoRedirectUri: location.origin + '/silent-check-sso.html' },
}),
{ provide: INCLUDE_BEARER_TOKEN_INTERCEPTOR_CONFIG, useValue: [ofTheApi] },`,
    route: 'canActivate: [isSignedIn],',
  },
  'auth0-angular': {
    packages: [
      '@auth0/auth0-angular',
      '@auth0/auth0-spa-js',
      '@auth0/auth0-auth-js',
      'browser-tabs-lock',
      'dpop',
      'es-cookie',
    ],
    imports: `import { authGuardFn, authHttpInterceptorFn, provideAuth0 } from '@auth0/auth0-angular';`,
    http: 'withInterceptors([authHttpInterceptorFn])',
    features: `provideAuth0({
  domain: 'as.example.com', clientId: 'client', authorizationParams: { redirect_uri: location.origin },
  httpInterceptor: { allowedList: ['https://api.example.com/*'] },
}),`,
    route: 'canActivate: [authGuardFn],',
  },
};

const packages = { ...stepUpPackages };
for (const { packages: names, from = 'bench/node_modules' } of Object.values(clients)) {
  for (const name of names) packages[name] = join(root, from, name);
}
const { empty, ...sizes } = await measureApps(
  { ...stepUpApps, ...clients },
  { folder: join(root, 'dist/bundle-bench'), packages },
);

const kilobytes = (bytes) => (bytes / 1000).toFixed(1);
const added = Object.entries(sizes).map(([name, { initial, lazy }]) => ({
  name: entryName(name),
  initial: initial - empty.initial,
  lazy: lazy - empty.lazy,
  isOurs: Object.hasOwn(stepUpApps, name),
}));

report('bundle', {
  columns: ['what is added', 'kB at first', 'kB more when it is first used'],
  rows: added.map(({ name, initial, lazy }) => [
    name,
    kilobytes(initial),
    lazy > 0 ? kilobytes(lazy) : '–',
  ]),
  verdicts: [
    stayBelow(
      'kB that angular-stepup adds',
      (sizes.main.initial - empty.initial) / 1000,
      stepUpApps.main.budgetKilobytes,
    ),
  ],
});
writeChart('bundle.svg', {
  title: 'What is added to an app, kB after gzip, without what is loaded later',
  groups: [
    {
      bars: added.map(({ name, initial, isOurs }) => ({
        name,
        value: initial,
        text: kilobytes(initial),
        isOurs,
      })),
    },
  ],
});

function entryName(name) {
  if (name === 'main') return 'angular-stepup';
  return Object.hasOwn(stepUpApps, name) ? `angular-stepup with /${name}` : name;
}
