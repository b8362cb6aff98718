import { randomBytes } from 'node:crypto';
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { scriptOnlyPolicy } from './pages/content-security-policy.js';
import { escapeHtml } from './pages/html.js';

/** Endpoint paths of an Okta authorization server, below its issuer. */
export const OKTA_ROUTES: NonNullable<Configuration['routes']> = {
  authorization: '/v1/authorize',
  token: '/v1/token',
  jwks: '/v1/keys',
  userinfo: '/v1/userinfo',
  end_session: '/v1/logout',
  introspection: '/v1/introspect',
  revocation: '/v1/revoke',
  backchannel_authentication: '/v1/bc/authorize',
};

/** Claims that describe the authentication, for an access token. */
export const authenticationClaims: NonNullable<Configuration['extraTokenClaims']> = (ctx) => {
  // There is no session at the token endpoint: what was redeemed knows the authentication.
  const { AuthorizationCode, BackchannelAuthenticationRequest, RefreshToken } = ctx.oidc.entities;
  const source = AuthorizationCode ?? BackchannelAuthenticationRequest ?? RefreshToken;
  return source && { acr: source.acr, auth_time: source.authTime };
};

/** Gives JWT access tokens the claim names and the bare header that Okta uses. */
export const oktaAccessToken: NonNullable<
  NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']
> = (_ctx, token, jwt) => {
  const { client_id: cid, scope, ...claims } = jwt.payload;
  jwt.header = { typ: undefined };
  jwt.payload = {
    ver: 1,
    ...claims,
    cid,
    uid: 'accountId' in token ? token.accountId : undefined,
    scp: typeof scope === 'string' ? scope.split(' ') : [],
  };
};

/** Answers popups and hidden frames by a message to the window that opened them. */
export function addOktaPostMessage(provider: Provider): void {
  provider.registerResponseMode('okta_post_message', (ctx, redirectUri, response) => {
    // "<" could end the script element from inside of a string.
    const message = JSON.stringify(response).replaceAll('<', '\\u003c');
    const target = JSON.stringify(new URL(redirectUri).origin);
    sendScript(
      ctx,
      'Signing in',
      `(window.opener || window.parent).postMessage(${message}, ${target});`,
    );
  });
}

/** Signs out without asking, as Okta does, and goes on to where the application wants. */
export function sendLogoutForm(ctx: KoaContextWithOIDC, form: string): void {
  const confirmed = form.replace(
    '</form>',
    '<input type="hidden" name="logout" value="yes"><noscript><button>Sign out</button></noscript></form>',
  );
  const target = ctx.oidc.params?.['post_logout_redirect_uri'];
  const targets = typeof target === 'string' ? [new URL(target).origin] : [];
  sendScript(ctx, 'Signing out', 'document.forms[0].submit();', confirmed, ["'self'", ...targets]);
}

function sendScript(
  ctx: KoaContextWithOIDC,
  title: string,
  script: string,
  body = '',
  formTargets: readonly string[] = [],
): void {
  const nonce = randomBytes(16).toString('base64');
  ctx.status = 200;
  ctx.type = 'html';
  ctx.set('Cache-Control', 'no-store');
  ctx.set('Content-Security-Policy', scriptOnlyPolicy(nonce, formTargets));
  ctx.body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head><body>${body}<script nonce="${nonce}">${script}</script></body></html>`;
}
