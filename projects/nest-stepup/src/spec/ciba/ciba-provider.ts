import { generateKeyPairSync } from 'node:crypto';
import { errors, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { memoryAdapter } from './ciba-adapter.js';
import { CLIENTS, REGISTERED_NOTIFICATION_URL } from './ciba-clients.js';
import type { CibaPhone, PendingApproval } from './ciba-phone.js';

/** Weakest first. */
export const ACR_VALUES = ['pwd', 'mfa', 'phr'] as const;

export interface ProviderHooks {
  readonly phone: CibaPhone;
  readonly resource: string;
  /** How long a user has when the client does not say, in seconds. */
  readonly expiresInSeconds: number;
  /** Called while the client still waits for the answer to its request. */
  readonly onRequest: (pending: PendingApproval) => Promise<void>;
  /** Sends a ping. */
  readonly notify: (init: RequestInit) => Promise<Response>;
}

/** The configuration by which `oidc-provider` is a CIBA server that a test on one machine can use. */
export function cibaConfiguration(hooks: ProviderHooks): Configuration {
  return {
    adapter: memoryAdapter(CLIENTS),
    jwks: { keys: [signingKey('es', 'ES256'), signingKey('rs', 'RS256')] },
    cookies: { keys: ['cookie-secret'] },
    acrValues: [...ACR_VALUES],
    claims: { openid: ['sub'], acr: null, auth_time: null, amr: null },
    scopes: ['openid', 'offline_access', 'profile'],
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
      'private_key_jwt',
    ],
    findAccount: (_ctx, sub) =>
      sub.startsWith('unknown')
        ? undefined
        : { accountId: sub, claims: () => Promise.resolve({ sub }) },
    // The library's own fetch does not go to loopback addresses.
    fetch: async (url, options = {}) =>
      new Request(url).url === REGISTERED_NOTIFICATION_URL
        ? await hooks.notify(options)
        : await fetch(url),
    // Without it, access tokens say nothing of the authentication.
    extraTokenClaims: authenticationClaims,
    ttl: {
      AccessToken: 600,
      ClientCredentials: 600,
      IdToken: 600,
      Grant: 3600,
      RefreshToken: 3600,
      Interaction: 600,
      Session: 3600,
      BackchannelAuthenticationRequest: (ctx) => {
        const asked = ctx.oidc.params?.requested_expiry;
        return asked === undefined ? hooks.expiresInSeconds : Math.min(Number(asked), 600);
      },
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: true },
      requestObjects: { enabled: true },
      claimsParameter: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: {
        enabled: true,
        // Otherwise tokens for the API come only when the token request names it too.
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => {
          if (resource !== hooks.resource) throw new errors.InvalidTarget();
          return {
            scope: 'api:read api:write',
            audience: resource,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
      ciba: {
        enabled: true,
        deliveryModes: ['poll', 'ping'],
        processLoginHint: (_ctx, hint = '') => hint,
        processLoginHintToken: (_ctx, token = '') => subjectOf(token),
        verifyUserCode: () => undefined,
        // The default one, without its notice.
        validateBindingMessage: (_ctx, message) => {
          if (message !== undefined && !/^[\w\-.+/!?#]{1,20}$/.test(message)) {
            throw new errors.InvalidBindingMessage('it is refused');
          }
        },
        validateRequestContext: () => undefined,
        triggerAuthenticationDevice: async (_ctx, request) => {
          await hooks.onRequest(hooks.phone.show(request));
        },
      },
    },
  };
}

/** A token's subject is the second of the dot-separated parts of a login hint token, or it expired. */
function subjectOf(token: string): string {
  if (token === 'expired') throw new errors.ExpiredLoginHintToken('it has expired');
  const claims: unknown = JSON.parse(
    Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
  );
  return String(Reflect.get(Object(claims), 'sub'));
}

function authenticationClaims({ oidc }: KoaContextWithOIDC, { kind }: { readonly kind: string }) {
  const source = oidc.entities.BackchannelAuthenticationRequest ?? oidc.entities.RefreshToken;
  if (!source || kind !== 'AccessToken') return undefined;
  return { acr: source.acr, amr: source.amr, auth_time: source.authTime };
}

function signingKey(kid: string, alg: 'ES256' | 'RS256') {
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { kty, ...jwk } = privateKey.export({ format: 'jwk' });
  return kty === 'EC'
    ? { ...jwk, kty: 'EC' as const, kid, alg, use: 'sig' as const }
    : { ...jwk, kty: 'RSA' as const, kid, alg, use: 'sig' as const };
}
