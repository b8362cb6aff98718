import { errors, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import type { DemoConfig } from '../../demo.config.js';
import { publicPartOf } from '../../ciba.config.js';
import type { Accounts } from '../accounts.js';
import { readAcrValues } from '../acr-ladder.js';
import type { LoginHintTokens } from './login-hint-tokens.js';
import type { PhoneRequests } from './phone-requests.js';
import { readRequestOrigin } from './request-origin.js';

/** The parts that a backchannel authentication request passes through. */
export interface CibaParts {
  readonly accounts: Accounts;
  readonly requests: PhoneRequests;
  readonly loginHintTokens: LoginHintTokens;
  /** Current time, in seconds since the epoch. */
  readonly now: () => number;
}

type CibaIssuerConfig = Pick<DemoConfig, 'apiUrl' | 'ciba'>;

const GRANT_TYPE = 'urn:openid:params:grant-type:ciba';
const EXPIRY_SECONDS = 120;
const MOST_EXPIRY_SECONDS = 300;
const BINDING_MESSAGE = /^[\w+.#/!?-]{1,20}$/;

/** Has people asked on their phones, by poll or ping. */
export function cibaFeature({ accounts, requests, loginHintTokens, now }: CibaParts) {
  return {
    enabled: true,
    deliveryModes: ['poll', 'ping'],
    processLoginHint: (_ctx, hint) => accounts.findByUserName(hint ?? '')?.id,
    processLoginHintToken: (_ctx, token) => loginHintTokens.redeem(token ?? ''),
    verifyUserCode: () => {
      // Phones are registered with a password: there is no code besides.
    },
    validateBindingMessage: (_ctx, message) => {
      if (message !== undefined && !BINDING_MESSAGE.test(message)) {
        throw new errors.InvalidBindingMessage('a phone cannot show this binding_message');
      }
    },
    validateRequestContext: (_ctx, context) => {
      if (readRequestOrigin(context) === undefined) {
        throw new errors.InvalidRequest('the request_context must be a small JSON object');
      }
    },
    triggerAuthenticationDevice: (ctx, request, account, client) => {
      const owner = accounts.find(account.accountId);
      if (!owner) throw new errors.UnknownUserId('could not identify end-user');
      const { acr_values: acrValues, max_age: maxAge } = request.params ?? {};
      requests.add({
        authReqId: request.jti,
        account: owner,
        clientName: client.clientName ?? client.clientId,
        acrValues: readAcrValues(acrValues),
        maxAge: maxAge === undefined ? undefined : Number(maxAge),
        bindingMessage: textOf(request.params?.['binding_message']),
        origin: readRequestOrigin(ctx.oidc.params?.['request_context']) ?? {},
        createdAt: now(),
        expiresAt: now() + expirySeconds(ctx),
      });
    },
  } satisfies NonNullable<Configuration['features']>['ciba'];
}

/** How long a person has to answer: what the client wants, within bounds. */
export function expirySeconds(ctx: KoaContextWithOIDC | undefined): number {
  const wanted = Number(ctx?.oidc.params?.['requested_expiry'] ?? EXPIRY_SECONDS);
  return Math.min(wanted, MOST_EXPIRY_SECONDS);
}

/** The API as a client: it may ask people's phones, and proves itself with its key. */
export function cibaClients({ apiUrl, ciba }: CibaIssuerConfig, clientName: string) {
  if (!ciba) return [];
  const notified = ciba.deliveryMode === 'ping';
  return [
    {
      client_id: ciba.clientId,
      client_name: clientName,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [{ ...publicPartOf(ciba.key), use: 'sig' as const }] },
      grant_types: [GRANT_TYPE, 'refresh_token'],
      response_types: [],
      redirect_uris: [],
      backchannel_token_delivery_mode: ciba.deliveryMode,
      ...(notified && { backchannel_client_notification_endpoint: registeredEndpoint(apiUrl) }),
    } as const,
  ];
}

/**
 * Lets pings reach the API of the demo, which has neither a certificate nor a public address: the
 * provider registers https endpoints only, and calls none on the loopback interface.
 */
export function fetchOf({ apiUrl }: CibaIssuerConfig): NonNullable<Configuration['fetch']> {
  return (input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    if (url !== registeredEndpoint(apiUrl)) return globalThis.fetch(input, init);
    // The provider's dispatcher is what keeps it from the loopback interface.
    const direct: RequestInit & { dispatcher: undefined } = { ...init, dispatcher: undefined };
    return globalThis.fetch(notificationEndpoint(apiUrl), direct);
  };
}

function notificationEndpoint(apiUrl: string): string {
  return `${apiUrl}/auth/ciba/notify`;
}

function registeredEndpoint(apiUrl: string): string {
  return notificationEndpoint(apiUrl).replace(/^http:/, 'https:');
}

function textOf(parameter: unknown): string | undefined {
  return typeof parameter === 'string' ? parameter : undefined;
}
