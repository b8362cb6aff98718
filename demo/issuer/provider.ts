import { randomBytes } from 'node:crypto';
import { Provider, errors, type Configuration, type JWK } from 'oidc-provider';
import type { DemoConfig } from '../demo.config.js';
import type { Accounts } from './accounts.js';
import { SUPPORTED_ACR_VALUES } from './acr-ladder.js';
import { shapeAcrClaim } from './acr-claim.js';
import {
  cibaClients,
  cibaFeature,
  expirySeconds,
  fetchOf,
  type CibaParts,
} from './ciba/ciba-feature.js';
import { keepPollPace } from './ciba/poll-pace.js';
import { signInPolicy } from './interaction/interaction-policy.js';
import { MemoryStorage } from './memory-adapter.js';
import {
  OKTA_ROUTES,
  addOktaPostMessage,
  authenticationClaims,
  oktaAccessToken,
  sendLogoutForm,
} from './okta-shape.js';
import { pageHeaders } from './pages/content-security-policy.js';
import { html } from './pages/html.js';
import { messagePage } from './pages/layout.js';

const CLIENT_NAME = 'Harbour Bank';
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const INTERACTION_SECONDS = 600;

/** The settings of the demo that the authorization server depends on. */
export type IssuerConfig = Pick<
  DemoConfig,
  | 'issuer'
  | 'issuerPort'
  | 'webOrigin'
  | 'clientId'
  | 'audience'
  | 'scopes'
  | 'acrMode'
  | 'accounts'
  | 'apiUrl'
  | 'ciba'
>;

/** An `oidc-provider` in the shape of an Okta custom authorization server. */
export function createProvider(
  config: IssuerConfig,
  { signingKey, ...parts }: CibaParts & { readonly signingKey: JWK },
): Provider {
  const { accounts, now } = parts;
  const storage = new MemoryStorage(now);
  const provider = new Provider(config.issuer, {
    ...pages(accounts),
    ...tokens(config, parts),
    adapter: (model) => storage.adapterFor(model),
    clients: [clientOf(config), ...cibaClients(config, CLIENT_NAME)],
    fetch: fetchOf(config),
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    jwks: { keys: [signingKey] },
    routes: OKTA_ROUTES,
    acrValues: SUPPORTED_ACR_VALUES,
    findAccount: (_ctx, id) => {
      const account = accounts.find(id);
      return (
        account && {
          accountId: id,
          claims: () => ({
            sub: id,
            name: account.name,
            preferred_username: account.id,
            email: account.email,
            ver: 1,
            idp: 'harbour-id',
          }),
        }
      );
    },
  });
  shapeAcrClaim(provider, config.acrMode);
  addOktaPostMessage(provider);
  keepPollPace(provider, () => Date.now() / 1000);
  provider.on('server_error', (_ctx, error) => {
    console.error('The demo issuer could not answer a request:', error);
  });
  return provider;
}

function clientOf({ clientId, webOrigin }: IssuerConfig) {
  return {
    client_id: clientId,
    client_name: CLIENT_NAME,
    token_endpoint_auth_method: 'none',
    application_type: 'web',
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [`${webOrigin}/login/callback`, `${webOrigin}/`],
    post_logout_redirect_uris: [webOrigin, `${webOrigin}/`],
  } as const;
}

function tokens({ audience, scopes }: IssuerConfig, parts: CibaParts): Configuration {
  const scope = scopes.join(' ');
  return {
    scopes: ['openid', 'offline_access'],
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time', 'ver', 'idp'],
      profile: ['name', 'preferred_username'],
      email: ['email'],
    },
    conformIdTokenClaims: false,
    extraTokenClaims: authenticationClaims,
    formats: { customizers: { jwt: oktaAccessToken } },
    issueRefreshToken: (_ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') && code.scopes.has('openid'),
    // A refresh token outlives the session, as `offline_access` does at Okta: signing in as somebody
    // else, or out at another application, takes nothing from who holds one.
    expiresWithSession: () => false,
    async loadExistingGrant({ oidc }) {
      const { client, session } = oidc;
      if (!client || !session?.accountId) return undefined;
      const known = session.grantIdFor(client.clientId);
      const grant =
        (known && (await oidc.provider.Grant.find(known))) ||
        new oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope(scope);
      grant.addResourceScope(audience, scope);
      await grant.save();
      return grant;
    },
    ttl: {
      AccessToken: HOUR_SECONDS,
      AuthorizationCode: 60,
      BackchannelAuthenticationRequest: expirySeconds,
      Grant: DAY_SECONDS,
      IdToken: HOUR_SECONDS,
      Interaction: INTERACTION_SECONDS,
      RefreshToken: DAY_SECONDS,
      Session: DAY_SECONDS,
    },
    features: {
      devInteractions: { enabled: false },
      ciba: cibaFeature(parts),
      introspection: { enabled: true },
      revocation: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: sendLogoutForm,
        postLogoutSuccessSource: (ctx) => {
          ctx.set(pageHeaders([]));
          ctx.body = messagePage('You are signed out', html`<p>You can close this page.</p>`).text;
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx, _client, oneOf) => oneOf ?? audience,
        // Without it an `openid` request gets an opaque access token for userinfo instead.
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => {
          if (resource !== audience) throw new errors.InvalidTarget();
          return {
            // The token response names these scopes, and clients refresh with what it names: without
            // `openid` a refresh would bring no ID token.
            scope,
            audience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: HOUR_SECONDS,
            jwt: { sign: { alg: 'RS256' } },
          };
        },
      },
    },
  };
}

function pages(accounts: Accounts): Configuration {
  return {
    interactions: {
      policy: signInPolicy(accounts),
      url: (_ctx, { uid }) => `/interaction/${uid}`,
    },
    renderError: (ctx, { error, error_description: description }) => {
      ctx.type = 'html';
      ctx.set(pageHeaders([]));
      ctx.body = messagePage(
        'This did not work',
        html`<p>${description ?? 'The request could not be answered.'}</p>
          <p><code>${error}</code></p>`,
      ).text;
    },
  };
}
