import { Logger } from '@nestjs/common';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { errors } from 'oidc-provider';
import { CLIENT_KEY, CLIENT_SECRET } from '../../spec/ciba/ciba-clients.js';
import { CibaIssuer, RESOURCE } from '../../spec/ciba/ciba-issuer.js';
import type { BackchannelRequest } from './backchannel-client.js';
import {
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  privateKeyJwt,
} from './client-authentication.js';
import { OpenIdBackchannelClient } from './openid-backchannel-client.js';
import type { OpenIdBackchannelClientOptions } from './openid-backchannel-client.options.js';
import { oidcProviderProfile } from './profiles/oidc-provider.js';

const REQUEST: BackchannelRequest = {
  hint: { login_hint: 'alice' },
  scope: 'openid offline_access api:read',
  resource: [RESOURCE],
  acrValues: ['phr', 'mfa'],
  maxAge: 300,
  bindingMessage: 'AB12-CD34',
  requestedExpirySeconds: 60,
  requestContext: { ipAddress: '192.0.2.1', reason: 'Transfer' },
};

describe('OpenIdBackchannelClient with oidc-provider', () => {
  let issuer: CibaIssuer;
  let lines: string[];
  beforeAll(async () => {
    issuer = await CibaIssuer.start({ intervalSeconds: 2 });
  });
  afterAll(async () => {
    await issuer.stop();
  });
  beforeEach(() => {
    lines = [];
    for (const level of ['warn', 'error'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation((line: unknown) => {
        lines.push(String(line));
      });
    }
  });
  afterEach(() => {
    jest.restoreAllMocks();
    for (const endpoint of ['discovery', 'jwks', 'backchannel', 'token', 'revocation'] as const) {
      issuer.fail(endpoint, undefined);
    }
  });

  function client(options: Partial<OpenIdBackchannelClientOptions> = {}) {
    return new OpenIdBackchannelClient({
      issuer: issuer.issuer,
      clientId: 'poll',
      clientAuthentication: clientSecretBasic(CLIENT_SECRET),
      profile: oidcProviderProfile(),
      timeoutSeconds: 5,
      ...options,
    });
  }

  describe('authenticate', () => {
    it('has the user asked', async () => {
      const answer = await client().authenticate(REQUEST);
      expect(answer).toStrictEqual({
        authReqId: expect.stringMatching(/^[\w-]{43}$/),
        expiresInSeconds: 60,
        intervalSeconds: 2,
      });
      expect(issuer.phone.find({ authReqId: answer.authReqId })).toStrictEqual({
        authReqId: answer.authReqId,
        clientId: 'poll',
        accountId: 'alice',
        scope: REQUEST.scope,
        resource: [RESOURCE],
        bindingMessage: 'AB12-CD34',
        acrValues: 'phr mfa',
        maxAge: 300,
        requestContext: JSON.stringify({ ip_address: '192.0.2.1', reason: 'Transfer' }),
      });
    });

    it.each([
      ['unknown_user_id', { hint: { login_hint: 'unknown-user' } }],
      ['expired_login_hint_token', { hint: { login_hint_token: 'expired' } }],
      ['invalid_target', { resource: ['https://other.example'] }],
    ] as const)('passes %s on', async (error, difference) => {
      await expect(client().authenticate({ ...REQUEST, ...difference })).rejects.toMatchObject({
        error,
        status: 400,
      });
    });
  });

  describe('redeem', () => {
    it('tells pending from approved, and gets verified tokens once', async () => {
      const backchannel = client();
      const { authReqId } = await backchannel.authenticate(REQUEST);
      expect(await backchannel.redeem(authReqId, [RESOURCE])).toStrictEqual({ outcome: 'pending' });
      const authTime = Math.floor(Date.now() / 1000) - 7;
      await issuer.phone.approve({ acr: 'phr', amr: ['hwk'], authTime }, { authReqId });
      const outcome = await backchannel.redeem(authReqId, [RESOURCE]);
      expect(outcome).toMatchObject({
        outcome: 'approved',
        result: {
          tokens: { tokenType: 'Bearer', scope: 'api:read', expiresInSeconds: 600 },
          authentication: { subject: 'alice', acr: 'phr', authTime },
        },
      });
      expect(await backchannel.redeem(authReqId, [RESOURCE])).toStrictEqual({
        outcome: 'failed',
        error: 'invalid_grant',
        description: 'What was to be exchanged for tokens is not valid, or not any more',
      });
    });

    it.each([
      ['denied', 'access_denied', new errors.AccessDenied()],
      ['expired', 'expired_token', new errors.ExpiredToken('over')],
      [
        'failed',
        'unmet_authentication_requirements',
        new errors.UnmetAuthenticationRequirements('too weak'),
      ],
      ['failed', 'transaction_failed', new errors.TransactionFailed('broken')],
      ['failed', 'server_error', new errors.InvalidClient('what a strange thing to say')],
    ] as const)('ends as %s after %s', async (outcome, error, cause) => {
      const backchannel = client();
      const { authReqId } = await backchannel.authenticate(REQUEST);
      await issuer.phone.deny({ authReqId }, cause);
      expect(await backchannel.redeem(authReqId, [RESOURCE])).toMatchObject({ outcome, error });
    });

    it('waits longer when it is told to', async () => {
      const strict = await CibaIssuer.start({ slowDownWithinSeconds: 60 });
      try {
        const backchannel = client({ issuer: strict.issuer });
        const { authReqId, intervalSeconds } = await backchannel.authenticate(REQUEST);
        expect(intervalSeconds).toBe(5);
        await backchannel.redeem(authReqId, []);
        expect(await backchannel.redeem(authReqId, [])).toStrictEqual({ outcome: 'slow_down' });
      } finally {
        await strict.stop();
      }
    });

    it('gets the tokens of another user, for the caller to refuse', async () => {
      const backchannel = client();
      const { authReqId } = await backchannel.authenticate(REQUEST);
      await issuer.phone.approve({ accountId: 'mallory' }, { authReqId });
      expect(await backchannel.redeem(authReqId, [RESOURCE])).toMatchObject({
        result: { authentication: { subject: 'mallory' } },
      });
    });
  });

  describe('while the server fails', () => {
    it.each([
      ['unavailable', { outcome: 'unreachable', retryAfterSeconds: 7 }],
      ['garbage', { outcome: 'unreachable' }],
      ['drop', { outcome: 'unreachable' }],
      ['hang', { outcome: 'unreachable' }],
    ] as const)('goes on after %s', async (fault, expected) => {
      const backchannel = client({ timeoutSeconds: fault === 'hang' ? 1 : 5 });
      const { authReqId } = await backchannel.authenticate(REQUEST);
      issuer.fail('token', fault);
      expect(await backchannel.redeem(authReqId, [])).toStrictEqual(expected);
      issuer.fail('token', undefined);
      await issuer.phone.approve({}, { authReqId });
      expect(await backchannel.redeem(authReqId, [])).toMatchObject({ outcome: 'approved' });
    });

    it.each(['discovery', 'jwks', 'backchannel'] as const)(
      'answers 503 without %s, until it is back',
      async (endpoint) => {
        const backchannel = client();
        issuer.fail(endpoint, 'unavailable');
        await expect(backchannel.authenticate(REQUEST)).rejects.toMatchObject({
          error: 'temporarily_unavailable',
          status: 503,
          retryAfterSeconds: 7,
        });
        issuer.fail(endpoint, undefined);
        await expect(backchannel.authenticate(REQUEST)).resolves.toBeDefined();
      },
    );

    it('does not spend an approval while it has no keys to verify it by', async () => {
      let time = Date.now() / 1000;
      const backchannel = client({ now: () => time });
      const { authReqId } = await backchannel.authenticate(REQUEST);
      await issuer.phone.approve({}, { authReqId });
      const asked = issuer.requests.token;
      time += 300;
      issuer.fail('jwks', 'drop');
      expect(await backchannel.redeem(authReqId, [])).toStrictEqual({ outcome: 'unreachable' });
      expect(issuer.requests.token).toBe(asked);
      issuer.fail('jwks', undefined);
      expect(await backchannel.redeem(authReqId, [])).toMatchObject({ outcome: 'approved' });
    });

    it('asks for metadata and keys once for all who wait', async () => {
      const backchannel = client();
      const { discovery, jwks } = issuer.requests;
      await Promise.all(Array.from({ length: 20 }, () => backchannel.authenticate(REQUEST)));
      expect(issuer.requests.discovery - discovery).toBe(1);
      expect(issuer.requests.jwks - jwks).toBe(1);
    });
  });

  describe('as a client that authenticates', () => {
    it.each([
      ['client_secret_post', 'poll-post', clientSecretPost(CLIENT_SECRET)],
      ['client_secret_jwt', 'poll-secret-jwt', clientSecretJwt(CLIENT_SECRET)],
      ['private_key_jwt', 'poll-key', privateKeyJwt({ key: { ...CLIENT_KEY.privateJwk } })],
    ] as const)('by %s, gets all it asks for', async (_method, clientId, clientAuthentication) => {
      const backchannel = client({ clientId, clientAuthentication });
      const { authReqId } = await backchannel.authenticate(REQUEST);
      await issuer.phone.approve({ acr: 'phr' }, { authReqId });
      const outcome = await backchannel.redeem(authReqId, [RESOURCE]);
      expect(outcome).toMatchObject({ outcome: 'approved' });
    });

    it('by a wrong secret, fails and says what to change', async () => {
      const backchannel = client({ clientAuthentication: clientSecretBasic('wrong') });
      await expect(backchannel.authenticate(REQUEST)).rejects.toMatchObject({
        error: 'server_error',
        status: 500,
      });
      expect(lines).toStrictEqual([
        'Cannot ask for an authentication as the authorization server refuses with ' +
          "invalid_client: compare 'clientId' and 'clientAuthentication' with how the client is registered",
      ]);
    });

    it('without the grant, fails and says what to change', async () => {
      const backchannel = client({ clientId: 'no-ciba' });
      await expect(backchannel.authenticate(REQUEST)).rejects.toMatchObject({
        error: 'invalid_request',
      });
      expect(lines).toStrictEqual([expect.stringMatching(/grant types/)]);
    });
  });

  it('signs requests', async () => {
    const backchannel = client({
      clientId: 'poll-signed',
      clientAuthentication: privateKeyJwt({ key: { ...CLIENT_KEY.privateJwk } }),
      signedRequests: true,
    });
    const { authReqId } = await backchannel.authenticate(REQUEST);
    expect(issuer.phone.find({ authReqId })).toMatchObject({
      bindingMessage: 'AB12-CD34',
      acrValues: 'phr mfa',
      maxAge: 300,
      resource: [RESOURCE],
      requestContext: JSON.stringify({ ip_address: '192.0.2.1', reason: 'Transfer' }),
    });
  });

  it('is refused without a signature by a server that wants one, and says what to change', async () => {
    const backchannel = client({
      clientId: 'poll-signed',
      clientAuthentication: privateKeyJwt({ key: { ...CLIENT_KEY.privateJwk } }),
    });
    await expect(backchannel.authenticate(REQUEST)).rejects.toMatchObject({
      error: 'invalid_request',
    });
    expect(lines).toStrictEqual([expect.stringMatching(/'signedRequests'/)]);
  });

  it('gets tokens that are bound to its key, and refreshes them with it', async () => {
    const backchannel = client({
      clientId: 'poll-dpop',
      clientAuthentication: privateKeyJwt({ key: { ...CLIENT_KEY.privateJwk } }),
      dpop: true,
    });
    const { authReqId } = await backchannel.authenticate(REQUEST);
    await issuer.phone.approve({ acr: 'phr' }, { authReqId });
    const outcome = await backchannel.redeem(authReqId, [RESOURCE]);
    if (outcome.outcome !== 'approved') throw new Error(outcome.outcome);
    const { tokens } = outcome.result;
    expect(tokens.tokenType).toBe('DPoP');
    const refreshed = await backchannel.refresh(String(tokens.refreshToken), {
      resource: [RESOURCE],
    });
    expect(refreshed.tokenType).toBe('DPoP');
  });

  it('is notified in ping mode', async () => {
    const backchannel = client({ clientId: 'ping', deliveryMode: 'ping' });
    const notificationToken = 'notification-token-0123456789';
    const { authReqId } = await backchannel.authenticate({ ...REQUEST, notificationToken });
    await issuer.phone.approve({}, { authReqId });
    expect(issuer.notifications.at(-1)).toMatchObject({ authReqId, token: notificationToken });
    expect(await backchannel.redeem(authReqId, [])).toMatchObject({ outcome: 'approved' });
  });

  describe('refresh', () => {
    it('exchanges a refresh token, and refuses one that is revoked', async () => {
      const backchannel = client();
      const { authReqId } = await backchannel.authenticate(REQUEST);
      await issuer.phone.approve({ acr: 'phr' }, { authReqId });
      const outcome = await backchannel.redeem(authReqId, [RESOURCE]);
      if (outcome.outcome !== 'approved') throw new Error(outcome.outcome);
      const refreshToken = String(outcome.result.tokens.refreshToken);
      const refreshed = await backchannel.refresh(refreshToken, { resource: [RESOURCE] });
      expect(refreshed.accessToken).not.toBe(outcome.result.tokens.accessToken);
      expect(refreshed.scope).toBe('api:read');
      const revocation = await backchannel.revoke(refreshToken, 'refresh_token');
      expect(revocation).toStrictEqual({ outcome: 'revoked' });
      await expect(backchannel.refresh(refreshToken)).rejects.toMatchObject({
        error: 'invalid_grant',
        status: 400,
      });
    });
  });

  describe('revoke', () => {
    it('takes a token that the server does not know for revoked', async () => {
      expect(await client().revoke('a-token')).toStrictEqual({ outcome: 'revoked' });
    });

    it('does not reject when the server fails', async () => {
      issuer.fail('revocation', 'drop');
      expect(await client().revoke('a-token')).toStrictEqual({ outcome: 'unreachable' });
      expect(lines).toStrictEqual([expect.stringMatching(/^Cannot revoke a token/)]);
    });
  });

  describe('clientCredentials', () => {
    it('gets a token of its own', async () => {
      const tokens = await client().clientCredentials({ scope: 'api:read', resource: [RESOURCE] });
      expect(tokens).toMatchObject({ tokenType: 'Bearer', scope: 'api:read' });
    });
  });

  describe('clientAssertion', () => {
    it('is one that the server takes', async () => {
      const backchannel = client({
        clientId: 'poll-key',
        clientAuthentication: privateKeyJwt({ key: { ...CLIENT_KEY.privateJwk } }),
      });
      const response = await fetch(`${issuer.issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await backchannel.clientAssertion(),
        }),
      });
      expect(response.status).toBe(200);
    });

    it('needs a method that has one', async () => {
      await expect(client().clientAssertion()).rejects.toMatchObject({ error: 'server_error' });
      expect(lines).toStrictEqual([expect.stringMatching(/privateKeyJwt/)]);
    });
  });
});
