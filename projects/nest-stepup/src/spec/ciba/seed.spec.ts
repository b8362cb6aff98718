import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, UnsecuredJWT } from 'jose';
import { TokenVerifier } from 'nest-stepup';
import { joseTokenVerifier } from 'nest-stepup/jose';
import { privateKeyJwt } from '../../ciba/authorization-server/client-authentication.js';
import { oidcProviderProfile } from '../../ciba/authorization-server/profiles/oidc-provider.js';
import { BackchannelAuthentication } from '../../ciba/backchannel-authentication.js';
import { CibaModule } from '../../ciba/ciba.module.js';
import type { CibaOptions } from '../../ciba/ciba.options.js';
import { DeviceIdentity } from '../../ciba/device-identity.js';
import { QrSessions } from '../../ciba/qr/qr-sessions.js';
import { startApp } from '../start-app.js';
import { Browser, type Answer } from './ciba-app.js';
import { CLIENT_KEY } from './ciba-clients.js';
import { CibaIssuer, RESOURCE, type CibaIssuerOptions } from './ciba-issuer.js';

const GRANT = 'urn:openid:params:grant-type:ciba';
const SCOPE = 'openid offline_access profile';
const API_SCOPE = `${SCOPE} api:read api:write`;

/** Where two token requests may be a second apart, and no less. */
const FAST: CibaIssuerOptions = { intervalSeconds: 1, slowDownWithinSeconds: 1 };

/** An API with `CibaModule` before a real authorization server, as the seed's tests have it. */
async function startSeed(ciba: Partial<CibaOptions> = {}, server: CibaIssuerOptions = FAST) {
  const issuer = await CibaIssuer.start(server);
  const app = await startApp({
    adapter: 'Express',
    options: {
      verifier: joseTokenVerifier({ issuer: issuer.issuer, audience: RESOURCE }),
    },
    module: {
      imports: [
        CibaModule.forRoot({
          issuer: issuer.issuer,
          clientId: 'poll-key',
          clientAuthentication: privateKeyJwt({
            key: { ...CLIENT_KEY.privateJwk },
            kid: CLIENT_KEY.privateJwk.kid,
          }),
          publicUrl: 'http://127.0.0.1:3000',
          profile: oidcProviderProfile(),
          resources: { device: RESOURCE },
          signIn: { scope: API_SCOPE, loginHintKinds: ['login_hint_token', 'login_hint'] },
          ...ciba,
        }),
      ],
    },
  });
  const { phone } = issuer;
  return {
    ...app,
    issuer,
    browser: () => new Browser(app.url),
    hint: { kind: 'LOGIN_HINT_TOKEN', value: new UnsecuredJWT({ sub: 'alice' }).encode() },
    devices: app.app.get(DeviceIdentity, { strict: false }),
    sessions: app.app.get(QrSessions, { strict: false }),
    authentication: app.app.get(BackchannelAuthentication, { strict: false }),
    /** The user approves; the phone knows a request by its code, as its id never leaves the API. */
    async respondToPendingCibaRequest({ body }: Answer, isWithoutApi = false): Promise<void> {
      const bindingMessage = String(body['binding_message']);
      await phone.approve({ withoutResourceScopes: isWithoutApi }, { bindingMessage });
    },
    async close(): Promise<void> {
      await app.close();
      await issuer.stop();
    },
  };
}

const fetchTokens = (by: Browser, authRequestId: unknown) =>
  by.post('/auth/oidc/token', { grant_type: GRANT, authRequestId });

const revoke = async (by: Browser, token: unknown) =>
  (await by.post('/auth/oidc/revoke', { token })).status;

type Seed = Awaited<ReturnType<typeof startSeed>>;

const isJwt = (value: unknown) =>
  typeof value === 'string' && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(value);

describe('the sequence of the seed, with the compatibility switches', () => {
  let seed: Seed;
  let agent: Browser;
  beforeAll(async () => {
    seed = await startSeed({
      compatibility: { unboundTransactions: true, reusableQrSessions: true, qrRoute: true },
    });
    // Keeps no cookies, as the seed's tests do not.
    agent = new Browser(seed.url, false);
  });
  afterAll(() => seed.close());

  const status = (id: unknown) => fetchTokens(agent, id);
  let qrSessionId: string;
  let authRequestId: unknown;
  let refreshToken: unknown;

  it('gets a device JWT', async () => {
    const claims = decodeJwt(await seed.devices.makeDeviceJwt());
    expect(claims).toMatchObject({ iss: 'poll-key', sub: 'poll-key', aud: seed.issuer.issuer });
  });

  it('gets a device access token', async () => {
    const token = await seed.devices.makeDeviceAccessToken();
    expect(token).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) });
  });

  it('makes a QR session', async () => {
    const session = await seed.sessions.makeQrAuthSession('10.10.10.100');
    expect(session.cbUrl).toBe('http://127.0.0.1:3000/auth/oidc/bc-authorize');
    qrSessionId = session.sessionId;
  });

  it('checks the QR session', async () => {
    const session = await seed.sessions.verifyQrAuthSession(qrSessionId);
    expect(session.cbUrl.endsWith('/auth/oidc/bc-authorize')).toBe(true);
    expect(session.status).toBe('open');
  });

  it('makes a QR session over HTTP, by the legacy route', async () => {
    const { status: code, body } = await agent.get('/auth/qr');
    expect(code).toBe(200);
    expect(body).toStrictEqual({
      deviceId: 'poll-key',
      auth_req_id: expect.stringMatching(/^[\w-]{43}$/),
      exp: expect.any(Number),
    });
  });

  it('makes a CIBA request from the QR session', async () => {
    const answer = await agent.post('/auth/oidc/bc-authorize', {
      loginHintKind: seed.hint.kind,
      userIdentifier: seed.hint.value,
      sessionId: qrSessionId,
      resource: 'IDP',
      scope: SCOPE,
    });
    expect(answer.status).toBe(201);
    authRequestId = answer.body['auth_req_id'];
    expect(authRequestId).toEqual(expect.any(String));
  });

  it('is told that the user has not answered: PENDING', async () => {
    const { status: code, body } = await status(authRequestId);
    expect([code, body['error']]).toStrictEqual([400, 'authorization_pending']);
  });

  it('has the user approve on the phone', async () => {
    const pending = seed.issuer.phone.pending();
    expect(pending).toMatchObject([{ accountId: 'alice', scope: SCOPE }]);
    await seed.issuer.phone.approve({}, { authReqId: String(pending[0]?.authReqId) });
  });

  it('gets the tokens: SUCCESS', async () => {
    const { status: code, body } = await status(authRequestId);
    expect(code).toBe(201);
    expect(body).toMatchObject({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      scope: 'openid offline_access profile',
    });
    refreshToken = body['refresh_token'];
  });

  it('refreshes them', async () => {
    const { status: code, body } = await agent.post('/auth/oidc/token', {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    });
    expect(code).toBe(201);
    expect(body).toMatchObject({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      scope: 'openid offline_access profile',
    });
  });

  it('makes a CIBA request with a resource, from the same QR session', async () => {
    const answer = await agent.post('/auth/oidc/bc-authorize', {
      loginHintKind: seed.hint.kind,
      userIdentifier: seed.hint.value,
      sessionId: qrSessionId,
      resource: 'DEVICE',
      scope: API_SCOPE,
    });
    await seed.respondToPendingCibaRequest(answer, true);
    await expectApiToken(await status(answer.body['auth_req_id']));
  });

  it('makes a CIBA request from the phone, with a QR session', async () => {
    const session = await seed.sessions.makeQrAuthSession('10.10.10.100');
    const ciba = await agent.post('/auth/oidc/bc-authorize', {
      loginHintKind: seed.hint.kind,
      userIdentifier: seed.hint.value,
      sessionId: session.sessionId,
      resource: 'DEVICE',
      scope: API_SCOPE,
    });
    await seed.respondToPendingCibaRequest(ciba);
    const checked = await seed.sessions.verifyQrAuthSession(session.sessionId);
    expect(checked.authRequestId).toBe(ciba.body['auth_req_id']);
    const tokens = await seed.authentication.cibaStatus(String(checked.authRequestId));
    expect(tokens.access_token).toEqual(expect.any(String));
  });

  it('makes a CIBA request with a user name and a resource', async () => {
    const answer = await agent.post('/auth/oidc/bc-authorize', {
      loginHintKind: 'LOGIN_HINT',
      userIdentifier: 'alice',
      resource: 'DEVICE',
      scope: API_SCOPE,
    });
    await seed.respondToPendingCibaRequest(answer, true);
    await expectApiToken(await status(answer.body['auth_req_id']));
  });

  it('says at boot what the switches give up', () => {
    const warnings = seed.lines.warn.join('\n');
    for (const name of ['unboundTransactions', 'reusableQrSessions', 'qrRoute', 'login_hint']) {
      expect(warnings).toContain(name);
    }
  });

  async function expectApiToken({ status: code, body }: Answer): Promise<void> {
    expect(code).toBe(201);
    expect(isJwt(body['access_token'])).toBe(true);
    expect(body['scope']).toBe('');
    const claims = await seed.authentication.validateJwt(String(body['access_token']));
    expect(claims).toMatchObject({ jti: expect.any(String), aud: RESOURCE, sub: 'alice' });
  }
});

describe('the pair PENDING and SUCCESS of the seed, at the interval that none means', () => {
  it('gets the tokens by its second call, and never asks the server too soon', async () => {
    const seed = await startSeed(
      { compatibility: { unboundTransactions: true, reusableQrSessions: true, qrRoute: true } },
      { slowDownWithinSeconds: 5 },
    );
    const agent = new Browser(seed.url, false);
    const request = await agent.post('/auth/oidc/bc-authorize', {
      loginHintKind: seed.hint.kind,
      userIdentifier: seed.hint.value,
      resource: 'IDP',
      scope: SCOPE,
    });
    expect(request.body['interval']).toBe(5);
    const id = request.body['auth_req_id'];
    const pending = await fetchTokens(agent, id);
    expect([pending.status, pending.body['error']]).toStrictEqual([400, 'authorization_pending']);
    await seed.respondToPendingCibaRequest(request);
    const tokens = await fetchTokens(agent, id);
    expect(tokens.status).toBe(201);
    expect(tokens.body).toMatchObject({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      scope: 'openid offline_access profile',
    });
    const [first, second, ...others] = seed.issuer.tokenRequests.map(({ at }) => at);
    expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(5);
    expect(Number(second) - Number(first)).toBeLessThan(6);
    expect(others).toHaveLength(0);
    await seed.close();
  }, 20_000);
});

describe('the sequence of the seed, as it is by default', () => {
  let seed: Seed;
  beforeAll(async () => {
    seed = await startSeed();
  });
  afterAll(() => seed.close());

  it.each([
    ['IDP', SCOPE, SCOPE],
    ['DEVICE', API_SCOPE, 'api:read api:write'],
  ])('signs in by QR code for %s, and nobody but the browser', async (resource, scope, granted) => {
    const [browser, phone, stranger] = [seed.browser(), seed.browser(), seed.browser()];
    const { body: session } = await browser.post('/auth/qr');
    const answer = await phone.post('/auth/oidc/bc-authorize', {
      loginHintKind: seed.hint.kind,
      userIdentifier: seed.hint.value,
      sessionId: session['sessionId'],
      resource,
      scope,
    });
    const { body: claimed } = await browser.get(`/auth/qr/${String(session['sessionId'])}`);
    const { authRequestId } = claimed;
    expect(authRequestId).toBe(answer.body['auth_req_id']);
    expect((await fetchTokens(browser, authRequestId)).body).toMatchObject({
      error: 'authorization_pending',
    });
    await seed.respondToPendingCibaRequest(answer);
    for (const thief of [phone, stranger]) {
      expect((await fetchTokens(thief, authRequestId)).body).toMatchObject({
        error: 'invalid_grant',
      });
    }
    const tokens = await fetchTokens(browser, authRequestId);
    expect(tokens.status).toBe(201);
    expect(tokens.body).toMatchObject({ scope: granted, id_token: expect.any(String) });
    expect(isJwt(tokens.body['access_token'])).toBe(resource === 'DEVICE');
    expect((await fetchTokens(browser, authRequestId)).body).toMatchObject({
      error: 'invalid_grant',
    });

    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.body['refresh_token'] };
    for (const thief of [phone, stranger]) {
      expect((await thief.post('/auth/oidc/token', refresh)).body).toMatchObject({
        error: 'invalid_grant',
      });
    }
    const refreshed = await browser.post('/auth/oidc/token', refresh);
    expect(refreshed.status).toBe(201);
    expect(refreshed.body).toMatchObject({ scope: granted });
    expect(isJwt(refreshed.body['access_token'])).toBe(resource === 'DEVICE');
  });

  it('uses a session once', async () => {
    const { body: session } = await seed.browser().post('/auth/qr');
    const claim = () =>
      seed.browser().post('/auth/oidc/bc-authorize', {
        loginHintKind: seed.hint.kind,
        userIdentifier: seed.hint.value,
        sessionId: session['sessionId'],
        resource: 'IDP',
        scope: SCOPE,
      });
    expect((await claim()).status).toBe(201);
    expect((await claim()).status).toBe(409);
  });

  it('signs in a browser by the name of its user', async () => {
    const browser = seed.browser();
    const answer = await browser.post('/auth/oidc/bc-authorize', {
      loginHintKind: 'LOGIN_HINT',
      userIdentifier: 'alice',
      resource: 'DEVICE',
      scope: API_SCOPE,
    });
    await seed.respondToPendingCibaRequest(answer);
    const id = answer.body['auth_req_id'];
    expect((await fetchTokens(seed.browser(), id)).body).toMatchObject({ error: 'invalid_grant' });
    const { body } = await fetchTokens(browser, id);
    const claims = await seed.authentication.validateJwt(String(body['access_token']));
    expect(claims).toMatchObject({ jti: expect.any(String), sub: 'alice' });
  });

  it('never shows the authorization server’s own id or refresh token to a browser', async () => {
    const browser = seed.browser();
    const answer = await browser.post('/auth/oidc/bc-authorize', {
      loginHintKind: 'LOGIN_HINT',
      userIdentifier: 'alice',
      resource: 'IDP',
      scope: SCOPE,
    });
    const upstreamId = seed.issuer.phone.find().authReqId;
    await seed.respondToPendingCibaRequest(answer);
    const tokens = await fetchTokens(browser, answer.body['auth_req_id']);
    expect(answer.text + tokens.text).not.toContain(upstreamId);
    // Sealed: five parts, of which the second is empty.
    expect(tokens.body['refresh_token']).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it('signs out for the browser that signed in alone', async () => {
    const [browser, stranger] = [seed.browser(), seed.browser()];
    const answer = await browser.post('/auth/oidc/bc-authorize', {
      loginHintKind: 'LOGIN_HINT',
      userIdentifier: 'alice',
      resource: 'IDP',
      scope: SCOPE,
    });
    await seed.respondToPendingCibaRequest(answer);
    const { body } = await fetchTokens(browser, answer.body['auth_req_id']);
    const refresh = async (token: unknown) =>
      await browser.post('/auth/oidc/token', { grant_type: 'refresh_token', refresh_token: token });

    expect(await revoke(stranger, body['refresh_token'])).toBe(204);
    const refreshed = await refresh(body['refresh_token']);
    expect(refreshed.status).toBe(201);
    const { access_token: accessToken, refresh_token: refreshToken } = refreshed.body;
    expect(await revoke(browser, accessToken)).toBe(204);
    for (let count = 0; count < 2; count += 1) {
      expect(await revoke(browser, refreshToken)).toBe(204);
      expect((await refresh(refreshToken)).body).toMatchObject({ error: 'invalid_grant' });
    }
  });

  it('has no QR session without a browser, and no legacy route', async () => {
    await expect(seed.sessions.makeQrAuthSession('10.10.10.100')).rejects.toThrow(
      "Cannot make a QR session as 'binding' is missing",
    );
    expect((await seed.browser().get('/auth/qr')).status).toBe(404);
  });

  it('uses the verifier of StepUpModule', () => {
    expect(seed.app.get(TokenVerifier, { strict: false })).toBeInstanceOf(TokenVerifier);
  });
});

describe('a sign-in in ping mode', () => {
  it('is over as soon as the authorization server says that the user has answered', async () => {
    const seed = await startSeed({ clientId: 'ping-key', deliveryMode: 'ping' });
    seed.issuer.notificationUrl = `${seed.url}/auth/ciba/notify`;
    const browser = seed.browser();
    const { body } = await browser.post('/auth/oidc/bc-authorize', {
      loginHintKind: 'LOGIN_HINT',
      userIdentifier: 'alice',
      resource: 'IDP',
      scope: SCOPE,
    });
    const id = String(body['auth_req_id']);
    const events = await browser.open(`/auth/transactions/${id}/events`);
    await expect(events.next()).resolves.toMatchObject({ status: 'pending' });
    await seed.issuer.phone.approve();
    await expect(events.next()).resolves.toMatchObject({ status: 'approved' });
    await seed.issuer.notifyAgain();
    expect(seed.issuer.notifications.map(({ status }) => status)).toStrictEqual([204, 204]);
    expect(seed.issuer.requests.token).toBe(1);
    expect((await fetchTokens(browser, id)).status).toBe(201);
    await seed.close();
  });
});

describe('a sign-in while the authorization server is down', () => {
  it('gets 503 with when to come back, and works once it is back', async () => {
    const seed = await startSeed();
    const browser = seed.browser();
    const signIn = () =>
      browser.post('/auth/oidc/bc-authorize', {
        loginHintKind: 'LOGIN_HINT',
        userIdentifier: 'alice',
        resource: 'IDP',
        scope: SCOPE,
      });
    seed.issuer.fail('backchannel', 'unavailable');
    const { status, body, headers } = await signIn();
    expect([status, body['error']]).toStrictEqual([503, 'temporarily_unavailable']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    seed.issuer.fail('backchannel', undefined);
    expect((await signIn()).status).toBe(201);
    await seed.close();
  });
});
