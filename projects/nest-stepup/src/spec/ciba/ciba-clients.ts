import { generateKeyPairSync } from 'node:crypto';
import type { ClientMetadata } from 'oidc-provider';

export const CLIENT_SECRET = 'a-secret-of-at-least-thirty-two-characters';

/** An ES256 key pair as JWKs, the same in a whole test run. */
export const CLIENT_KEY = makeKeyPair('client-key');

/** Where ping clients are registered to be notified: the issuer sends it to its `notificationUrl`. */
export const REGISTERED_NOTIFICATION_URL = 'https://rp.example.com/auth/ciba/notify';

const CIBA = 'urn:openid:params:grant-type:ciba';

const SHARED: Omit<ClientMetadata, 'client_id'> = {
  grant_types: [CIBA, 'refresh_token', 'client_credentials'],
  response_types: [],
  redirect_uris: [],
  backchannel_token_delivery_mode: 'poll',
};
const KEY: Omit<ClientMetadata, 'client_id'> = {
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys: [CLIENT_KEY.publicJwk] },
};
const PING: Omit<ClientMetadata, 'client_id'> = {
  backchannel_token_delivery_mode: 'ping',
  backchannel_client_notification_endpoint: REGISTERED_NOTIFICATION_URL,
};

/** The clients of a `CibaIssuer`. Those with a secret have `CLIENT_SECRET`, those with a key `CLIENT_KEY`. */
export const CLIENTS: readonly ClientMetadata[] = [
  // The plainest: client_secret_basic.
  { ...SHARED, client_id: 'poll', client_secret: CLIENT_SECRET },
  { ...SHARED, ...PING, client_id: 'ping', client_secret: CLIENT_SECRET },
  {
    ...SHARED,
    client_id: 'poll-post',
    client_secret: CLIENT_SECRET,
    token_endpoint_auth_method: 'client_secret_post',
  },
  {
    ...SHARED,
    client_id: 'poll-secret-jwt',
    client_secret: CLIENT_SECRET,
    token_endpoint_auth_method: 'client_secret_jwt',
  },
  { ...SHARED, ...KEY, client_id: 'poll-key' },
  { ...SHARED, ...KEY, ...PING, client_id: 'ping-key' },
  { ...SHARED, ...KEY, client_id: 'poll-dpop', dpop_bound_access_tokens: true },
  {
    ...SHARED,
    ...KEY,
    client_id: 'poll-signed',
    backchannel_authentication_request_signing_alg: 'ES256',
  },
  {
    ...SHARED,
    client_id: 'no-ciba',
    client_secret: CLIENT_SECRET,
    grant_types: ['client_credentials'],
    backchannel_token_delivery_mode: undefined,
  },
];

export interface KeyPairJwks {
  readonly privateJwk: EcJwk;
  readonly publicJwk: EcJwk;
}
export interface EcJwk {
  readonly kty: 'EC';
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly d?: string;
  readonly kid: string;
  readonly alg: string;
  readonly use: 'sig';
}

function makeKeyPair(kid: string): KeyPairJwks {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' });
  const publicJwk: EcJwk = { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' };
  return { privateJwk: { ...publicJwk, d }, publicJwk };
}
