import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { CLIENT_KEY } from '../../../spec/ciba/ciba-clients.js';
import {
  AUTH0_SLOW_DOWN,
  auth0Server,
  keycloakServer,
  oktaServer,
  pingOneServer,
  plainServer,
} from '../../../spec/ciba/quirky-providers.js';
import {
  QUIRKY_CLIENT_ID,
  QuirkyServer,
  type QuirkyProvider,
} from '../../../spec/ciba/quirky-server.js';
import type { BackchannelRequest } from '../backchannel-client.js';
import { clientSecretBasic, privateKeyJwt } from '../client-authentication.js';
import { OpenIdBackchannelClient } from '../openid-backchannel-client.js';
import type { OpenIdBackchannelClientOptions } from '../openid-backchannel-client.options.js';
import type { ProviderProfile } from '../provider-profile.js';
import { auth0Profile } from './auth0.js';
import { keycloakProfile } from './keycloak.js';
import { oidcProviderProfile } from './oidc-provider.js';
import { oktaProfile } from './okta.js';
import { pingOneProfile } from './ping-one.js';
import { standardProfile } from './standard.js';

const REQUEST: BackchannelRequest = {
  hint: { login_hint: 'alice' },
  scope: 'openid',
  resource: [],
  bindingMessage: 'AB12-CD34',
  requestedExpirySeconds: 120,
};

let server: QuirkyServer;
let warn: ReturnType<typeof jest.spyOn>;
afterEach(async () => {
  await server.stop();
  jest.restoreAllMocks();
});

async function connect(
  provider: QuirkyProvider,
  profile: ProviderProfile | ((server: QuirkyServer) => ProviderProfile),
  options: Partial<OpenIdBackchannelClientOptions> = {},
) {
  warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
  jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  server = await QuirkyServer.start(provider);
  return new OpenIdBackchannelClient({
    issuer: server.issuer,
    clientId: QUIRKY_CLIENT_ID,
    clientAuthentication: clientSecretBasic('secret'),
    profile: typeof profile === 'function' ? profile(server) : profile,
    timeoutSeconds: 5,
    ...options,
  });
}

describe('keycloakProfile', () => {
  it('keeps a long auth_req_id as it is', async () => {
    const client = await connect(keycloakServer(), keycloakProfile());
    const { authReqId } = await client.authenticate(REQUEST);
    expect(authReqId).toHaveLength(1203);
    await client.redeem(authReqId, []);
    expect(server.last('/token').parameters.auth_req_id).toBe(authReqId);
  });

  it('believes the expiry of the answer, not the one that was asked for', async () => {
    const client = await connect(keycloakServer(), keycloakProfile());
    expect(await client.authenticate({ ...REQUEST, requestedExpirySeconds: 30 })).toMatchObject({
      expiresInSeconds: 120,
    });
  });

  it('knows an unknown user by the text of the error, and does not blame the settings', async () => {
    const client = await connect(keycloakServer(), keycloakProfile());
    const request = { ...REQUEST, hint: { login_hint: 'unknown' } };
    await expect(client.authenticate(request)).rejects.toMatchObject({ error: 'unknown_user_id' });
    expect(warn).not.toHaveBeenCalled();
  });

  it('sends no notification token in poll mode', async () => {
    const client = await connect(keycloakServer(), keycloakProfile());
    const request = { ...REQUEST, notificationToken: 'notification-token' };
    await expect(client.authenticate(request)).resolves.toBeDefined();
  });

  it('takes an enforced slow_down', async () => {
    const client = await connect(keycloakServer({ enforcesInterval: true }), keycloakProfile());
    const { authReqId } = await client.authenticate(REQUEST);
    expect(await client.redeem(authReqId, [])).toStrictEqual({ outcome: 'pending' });
    expect(await client.redeem(authReqId, [])).toStrictEqual({ outcome: 'slow_down' });
  });

  it('passes 503 on while the channel to the phone is down', async () => {
    const client = await connect(keycloakServer({ isChannelDown: true }), keycloakProfile());
    await expect(client.authenticate(REQUEST)).rejects.toMatchObject({
      error: 'temporarily_unavailable',
      status: 503,
    });
  });

  it('does not send a binding message with a space', async () => {
    const client = await connect(keycloakServer(), keycloakProfile());
    const request = { ...REQUEST, bindingMessage: 'Pay 10' };
    await expect(client.authenticate(request)).rejects.toMatchObject({
      error: 'invalid_binding_message',
    });
    expect(server.requests).toHaveLength(0);
  });

  it('tells that auth_time is when the tokens were fetched', () => {
    expect(keycloakProfile().authTimeIsRedemptionTime).toBe(true);
    expect(standardProfile().authTimeIsRedemptionTime).toBe(false);
  });
});

describe('oktaProfile', () => {
  it.each([
    [120, '120'],
    [900, '300'],
    [0.5, '1'],
  ])('asks for %d s by request_expiry=%s', async (requestedExpirySeconds, parameter) => {
    const client = await connect(oktaServer, oktaProfile());
    await client.authenticate({ ...REQUEST, requestedExpirySeconds });
    expect(server.last('/bc-authorize').parameters.request_expiry).toBe(parameter);
  });

  it('does not send a login_hint_token', async () => {
    const client = await connect(oktaServer, oktaProfile());
    const request = { ...REQUEST, hint: { login_hint_token: 'a.b.c' } };
    await expect(client.authenticate(request)).rejects.toMatchObject({ error: 'invalid_request' });
    expect(server.requests).toHaveLength(0);
  });

  it('takes a binding message in words', async () => {
    const client = await connect(oktaServer, oktaProfile());
    await client.authenticate({ ...REQUEST, bindingMessage: 'Pay 10 EUR to Bob' });
    expect(server.last('/bc-authorize').parameters.binding_message).toBe('Pay 10 EUR to Bob');
  });
});

const auth0 = ({ issuer }: QuirkyServer) => auth0Profile({ issuer });

describe('auth0Profile', () => {
  it('names users by issuer and subject', async () => {
    const client = await connect(auth0Server, auth0);
    await client.authenticate({ ...REQUEST, hint: { login_hint: 'auth0|123' } });
    expect(JSON.parse(String(server.last('/bc-authorize').parameters.login_hint))).toStrictEqual({
      format: 'iss_sub',
      iss: `${server.issuer}/`,
      sub: 'auth0|123',
    });
  });

  it('does not ask without a binding message', async () => {
    const client = await connect(auth0Server, auth0);
    const { bindingMessage: _, ...request } = REQUEST;
    await expect(client.authenticate(request)).rejects.toMatchObject({
      error: 'invalid_binding_message',
    });
  });

  it('asks for an API by audience, and for one at most', async () => {
    const client = await connect(auth0Server, auth0);
    await client.authenticate({ ...REQUEST, resource: ['https://api.example.com'] });
    expect(server.last('/bc-authorize').parameters.audience).toBe('https://api.example.com');
    await client.redeem('auth0-id', ['https://api.example.com']);
    expect([...server.last('/token').body.keys()]).not.toContain('resource');
    const request = { ...REQUEST, resource: ['https://a.example', 'https://b.example'] };
    await expect(client.authenticate(request)).rejects.toMatchObject({ error: 'invalid_target' });
  });

  it('waits as long as slow_down says', async () => {
    const client = await connect(auth0Server, auth0);
    server.tokenAnswer = AUTH0_SLOW_DOWN;
    expect(await client.redeem('auth0-id', [])).toStrictEqual({
      outcome: 'slow_down',
      retryAfterSeconds: 10,
      intervalSeconds: 10,
    });
  });

  it.each([
    ['The authorization request has expired', 'expired', 'expired_token'],
    ['The end-user denied the authorization request', 'denied', 'access_denied'],
    ['The request was denied or has expired', 'denied', 'access_denied'],
  ])('reads "%s" as %s', async (error_description, outcome, error) => {
    const client = await connect(auth0Server, auth0);
    server.tokenAnswer = { status: 400, body: { error: 'access_denied', error_description } };
    expect(await client.redeem('auth0-id', [])).toMatchObject({ outcome, error });
  });
});

describe('pingOneProfile', () => {
  it('names the client inside a signed request and outside', async () => {
    const client = await connect(pingOneServer, pingOneProfile(), {
      clientAuthentication: privateKeyJwt({ key: { ...CLIENT_KEY.privateJwk } }),
      signedRequests: true,
    });
    await expect(client.authenticate(REQUEST)).resolves.toMatchObject({ authReqId: 'ping-one-id' });
    const { body, signed } = server.last('/bc-authorize');
    expect(new Set(body.keys())).toStrictEqual(
      new Set(['client_assertion', 'client_assertion_type', 'client_id', 'request']),
    );
    expect(signed).toMatchObject({ requested_expiry: '120', aud: server.issuer });
  });
});

describe('oidcProviderProfile', () => {
  it('takes binding messages of 20 characters at most', async () => {
    const client = await connect(pingOneServer, oidcProviderProfile());
    const ask = async (bindingMessage: string) =>
      await client.authenticate({ ...REQUEST, bindingMessage });
    await expect(ask('x'.repeat(20))).resolves.toBeDefined();
    await expect(ask('x'.repeat(21))).rejects.toMatchObject({ error: 'invalid_binding_message' });
  });
});

describe('standardProfile', () => {
  it('can be told what is different', async () => {
    const client = await connect(
      pingOneServer,
      standardProfile({ extraParameters: { tenant: 'one' }, requestedExpiry: undefined }),
    );
    await client.authenticate(REQUEST);
    const { parameters } = server.last('/bc-authorize');
    expect(parameters.tenant).toBe('one');
    expect(parameters).not.toHaveProperty('requested_expiry');
  });

  it('keeps where a request comes from to itself', async () => {
    const client = await connect(pingOneServer, standardProfile());
    await client.authenticate({ ...REQUEST, requestContext: { ipAddress: '192.0.2.1' } });
    expect(server.last('/bc-authorize').parameters).not.toHaveProperty('request_context');
  });

  it('names several APIs', async () => {
    const client = await connect(pingOneServer, standardProfile());
    const resource = ['https://a.example', 'https://b.example'];
    await client.authenticate({ ...REQUEST, resource });
    expect(server.last('/bc-authorize').body.getAll('resource')).toStrictEqual(resource);
    await client.redeem('ping-one-id', resource);
    expect(server.last('/token').body.getAll('resource')).toStrictEqual(resource);
  });
});

describe('a signed request', () => {
  it('has every parameter in it, as a string, and nothing beside it but the client', async () => {
    const client = await connect(plainServer, standardProfile(), {
      clientAuthentication: clientSecretBasic('secret'),
      signedRequests: { key: { ...CLIENT_KEY.privateJwk } },
      now: () => 1_750_000_000.5,
    });
    await client.authenticate({
      ...REQUEST,
      resource: ['https://a.example', 'https://b.example'],
      acrValues: ['phr', 'mfa'],
      maxAge: 300,
    });
    const { body, signed } = server.last('/bc-authorize');
    expect([...body.keys()]).toStrictEqual(['request', 'client_id']);
    expect(signed).toStrictEqual({
      scope: 'openid',
      login_hint: 'alice',
      resource: ['https://a.example', 'https://b.example'],
      acr_values: 'phr mfa',
      max_age: '300',
      binding_message: 'AB12-CD34',
      requested_expiry: '120',
      iss: QUIRKY_CLIENT_ID,
      aud: server.issuer,
      jti: expect.stringMatching(/^[\w-]{32}$/),
      iat: 1_750_000_000,
      nbf: 1_750_000_000,
      exp: 1_750_000_060,
    });
  });
});

describe('a provider that only polls', () => {
  it.each([oktaProfile(), auth0Profile({ issuer: 'https://tenant.example' }), pingOneProfile()])(
    'is not configured with ping: $name',
    async (profile) => {
      await expect(connect(pingOneServer, profile, { deliveryMode: 'ping' })).rejects.toThrow(
        /'deliveryMode' must be one that .* has \(poll\)/,
      );
    },
  );
});
