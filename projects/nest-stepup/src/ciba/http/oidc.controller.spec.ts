import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { NestInterceptor } from '@nestjs/common';
import { UnsecuredJWT } from 'jose';
import {
  Browser,
  makeSecret,
  startCibaApp,
  type CibaAppUnderTest,
  type StartedCibaApp,
} from '../../spec/ciba/ciba-app.js';
import { ADAPTERS } from '../../spec/start-app.js';
import { CibaException } from '../ciba.exception.js';
import { StoreUnreachableError } from '../transactions/transaction-store.js';

const GRANT = 'urn:openid:params:grant-type:ciba';
/** An ID token, as the client has verified it. */
const idTokenOf = (sub: string | undefined) =>
  new UnsecuredJWT({ ...(sub !== undefined && { sub }) }).encode();

const RESOURCE = 'https://api.example.com';
const SIGN_IN = {
  loginHintKind: 'LOGIN_HINT_TOKEN',
  userIdentifier: 'a-login-hint-token',
  resource: 'IDP',
  scope: 'openid profile',
};

describe.each(ADAPTERS)('auth/oidc on %s', (adapter) => {
  let app: StartedCibaApp;
  let browser: Browser;
  const start = async (ciba: CibaAppUnderTest['ciba'] = {}) => {
    app = await startCibaApp({
      adapter,
      ciba: {
        signIn: { scope: 'openid profile offline_access' },
        resources: { device: RESOURCE },
        ...ciba,
      },
    });
    browser = app.browser();
  };
  beforeEach(() => start());
  afterEach(async () => {
    jest.restoreAllMocks();
    await app.close();
  });
  const restart = async (ciba: CibaAppUnderTest['ciba']) => {
    await app.close();
    await start(ciba);
  };
  const authorize = (body: object = SIGN_IN, by: Browser = browser) =>
    by.post('/auth/oidc/bc-authorize', body);
  const token = (body: object, by: Browser = browser, headers = {}) =>
    by.post('/auth/oidc/token', body, headers);

  const demand = (demands: object) => authorize({ ...SIGN_IN, scope: 'openid', ...demands });

  async function approved(by: Browser = browser) {
    const { body } = await authorize(SIGN_IN, by);
    app.client.approve();
    await app.poll();
    return (await token({ grant_type: GRANT, authRequestId: body['auth_req_id'] }, by)).body;
  }

  it('keeps the tokens for whoever asks next when a browser leaves while it waits', async () => {
    const { body } = await authorize();
    const wanted = { grant_type: GRANT, authRequestId: body['auth_req_id'] };
    expect((await token(wanted)).status).toBe(400);

    const server: Server = app.app.getHttpServer();
    const arrival = once(server, 'request');
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const waiting = request(`${app.url}/auth/oidc/token`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', cookie },
    });
    waiting.on('error', () => undefined).end(JSON.stringify(wanted));
    const [, response]: ServerResponse[] = await arrival;
    const departure = response && once(response, 'close');
    waiting.destroy();
    await departure;

    app.client.approve();
    await app.poll();
    expect((await token(wanted)).status).toBe(201);
  });

  describe('POST bc-authorize', () => {
    it('asks the authorization server for what was asked for', async () => {
      const { status, body } = await authorize({ ...SIGN_IN, acrValues: ['phr'], maxAge: 0 });
      expect(status).toBe(201);
      expect(body).toStrictEqual({
        auth_req_id: expect.stringMatching(/^[\w-]{43}$/),
        expires_in: 120,
        interval: 5,
        binding_message: expect.any(String),
      });
      expect(app.client.latest.request).toMatchObject({
        hint: { login_hint_token: 'a-login-hint-token' },
        scope: 'openid profile',
        resource: [],
        acrValues: ['phr'],
        maxAge: 0,
      });
      expect(JSON.stringify(body)).not.toContain(app.client.latest.authReqId);
    });

    it.each(['LOGIN_HINT_TOKEN', 'login_hint_token', 'Login-Hint-Token'])(
      'reads the kind %s and the resource in any case',
      async (loginHintKind) => {
        await authorize({ ...SIGN_IN, loginHintKind, resource: 'device' });
        expect(app.client.latest.request).toMatchObject({
          hint: { login_hint_token: 'a-login-hint-token' },
          resource: [RESOURCE],
        });
      },
    );

    it('asks for every scope that it may where none is named', async () => {
      const { scope: _, ...rest } = SIGN_IN;
      await authorize(rest);
      expect(app.client.latest.request.scope).toBe('openid profile offline_access');
    });

    it('says which option lets others be named by their user name', async () => {
      const { status, body } = await authorize({ ...SIGN_IN, loginHintKind: 'LOGIN_HINT' });
      expect([status, body['error']]).toStrictEqual([400, 'invalid_request']);
      expect(body['error_description']).toContain(
        "name 'login_hint' in signIn.loginHintKinds of CibaModule.forRoot()",
      );
      expect(app.client.requests).toHaveLength(0);
      await restart({ signIn: { loginHintKinds: ['login_hint', 'id_token_hint'] } });
      for (const kind of ['login_hint', 'id_token_hint']) {
        await authorize({ ...SIGN_IN, loginHintKind: kind, scope: 'openid' });
        expect(app.client.latest.request.hint).toStrictEqual({ [kind]: 'a-login-hint-token' });
      }
    });

    it('lets a caller tighten what a sign-in demands, and never loosen it', async () => {
      await restart({ signIn: { requirement: { acrValues: ['mfa', 'phr'], maxAge: 300 } } });
      await demand({});
      expect(app.client.latest.request).toMatchObject({ acrValues: ['mfa', 'phr'], maxAge: 300 });
      await demand({ acrValues: ['phr', 'pwd'], maxAge: 60 });
      expect(app.client.latest.request).toMatchObject({ acrValues: ['phr'], maxAge: 60 });
      await demand({ maxAge: 86_400 });
      expect(app.client.latest.request).toMatchObject({ acrValues: ['mfa', 'phr'], maxAge: 300 });
      const { status, body } = await demand({ acrValues: ['pwd'] });
      expect([status, body['error']]).toStrictEqual([400, 'invalid_request']);
      expect(body['error_description']).toBe("'acrValues' has none that is accepted here");
      expect(app.client.requests).toHaveLength(3);
    });

    it.each([
      ['no kind', { loginHintKind: undefined }, 'invalid_request', "'loginHintKind' is missing"],
      [
        'an unknown kind',
        { loginHintKind: 'constructor' },
        'invalid_request',
        "'loginHintKind' must",
      ],
      [
        'a list as kind',
        { loginHintKind: ['LOGIN_HINT'] },
        'invalid_request',
        "'loginHintKind' must",
      ],
      ['no user', { userIdentifier: '' }, 'invalid_request', "'userIdentifier' is missing"],
      [
        'an object as user',
        { userIdentifier: { $ne: 1 } },
        'invalid_request',
        "'userIdentifier' must",
      ],
      [
        'a huge user',
        { userIdentifier: 'a'.repeat(8193) },
        'invalid_request',
        "'userIdentifier' must",
      ],
      ['a number as session', { sessionId: 7 }, 'invalid_request', "'sessionId' must be a string"],
      [
        'an unknown resource',
        { resource: 'https://evil.example' },
        'invalid_target',
        "'resource' must",
      ],
      ['a scope without openid', { scope: 'profile' }, 'invalid_scope', "'scope' must have openid"],
      [
        'a scope too many',
        { scope: 'openid admin' },
        'invalid_scope',
        'signIn.scope of CibaModule',
      ],
      ['a list as scope', { scope: ['openid'] }, 'invalid_request', "'scope' must be a string"],
    ])('refuses %s, and says what is wrong', async (_, difference, error, description) => {
      const { status, body } = await authorize({ ...SIGN_IN, ...difference });
      expect([status, body['error']]).toStrictEqual([400, error]);
      expect(body['error_description']).toContain(description);
      expect(app.client.requests).toHaveLength(0);
    });

    it('does not know a session that there never was', async () => {
      const { status, body } = await authorize({ ...SIGN_IN, sessionId: '__proto__' });
      expect([status, body['error']]).toStrictEqual([404, 'not_found']);
    });

    it('counts all spellings of a user name as one user', async () => {
      await restart({ signIn: { loginHintKinds: ['login_hint'] } });
      const statuses = [];
      for (const userIdentifier of ['alice', 'Alice', 'ALICE', ' alice', 'alice ', 'aLICE']) {
        const { status } = await authorize({ loginHintKind: 'LOGIN_HINT', userIdentifier });
        statuses.push(status);
      }
      expect(statuses).toStrictEqual([201, 201, 201, 201, 201, 429]);
      expect(app.client.requests).toHaveLength(5);
      expect(app.events.at(-1)).toMatchObject({ type: 'rate_limited' });
    });

    it('counts who leaves before the answer by their address as well', async () => {
      await app.close();
      const leaving: NestInterceptor = {
        intercept: (context, next) => {
          context.switchToHttp().getRequest<IncomingMessage>().socket.destroy();
          return next.handle();
        },
      };
      app = await startCibaApp({
        adapter,
        configure: (nest) => void nest.useGlobalInterceptors(leaving),
      });
      const asked = new Promise<void>((resolve) => (app.client.onAuthenticate = () => resolve()));
      const count = jest.spyOn(app.store, 'count');
      await Promise.all([
        expect(authorize({ ...SIGN_IN, scope: 'openid' }, app.browser())).rejects.toThrow(),
        asked,
      ]);
      expect(count).toHaveBeenCalledTimes(2);
    });

    it('passes on that the authorization server is down, with when to come back', async () => {
      app.client.onAuthenticate = () => {
        throw new CibaException('temporarily_unavailable', 'It is down', {
          retryAfterSeconds: 6.2,
        });
      };
      const { status, body, headers } = await authorize();
      expect([status, body['error']]).toStrictEqual([503, 'temporarily_unavailable']);
      expect(headers.get('retry-after')).toBe('7');
    });

    it('refuses an address that starts too many, whatever address it says it has', async () => {
      const signIn = (count: number) => {
        const body = { ...SIGN_IN, userIdentifier: `token ${count}` };
        const address = `203.0.113.${count}`;
        return app.browser().post('/auth/oidc/bc-authorize', body, {
          'x-forwarded-for': address,
          forwarded: `for=${address}`,
          'x-real-ip': address,
        });
      };
      for (let count = 0; count < 30; count += 1) await signIn(count);
      const { status, headers } = await signIn(30);
      expect([status, headers.get('retry-after')]).toStrictEqual([429, '300']);
      expect(app.client.requests).toHaveLength(30);
    });
  });

  describe('POST token', () => {
    it('gives tokens to the page that has the secret, by its header', async () => {
      const { secret, challenge: bindingChallenge } = makeSecret();
      const { body, headers } = await authorize({ ...SIGN_IN, bindingChallenge });
      expect(headers.get('set-cookie')).toBeNull();
      app.client.approve();
      await app.poll();
      const grant = { grant_type: GRANT, authRequestId: body['auth_req_id'] };
      expect((await token(grant)).status).toBe(400);
      expect((await token(grant, browser, { 'step-up-binding': secret })).status).toBe(201);
    });

    it('gives tokens to no mixture of proofs, and to none that is not to the letter', async () => {
      const { body } = await authorize();
      app.client.approve();
      await app.poll();
      const [secret = ''] = browser.cookies.values();
      const { secret: other } = makeSecret();
      const thief = new Browser(app.url, false);
      const grant = { grant_type: GRANT, authRequestId: body['auth_req_id'] };
      for (const headers of [
        { cookie: `stepup=${secret}` },
        { cookie: `__host-stepup=${secret}` },
        { cookie: `x=__Host-stepup=${secret}` },
        { cookie: `__Host-stepup="${secret}"` },
        { cookie: `__Host-stepup=${secret.slice(0, 42)}` },
        { cookie: `__Host-stepup=${secret}; __Host-stepup=${other}` },
        { cookie: `__Host-stepup=${secret}`, 'step-up-binding': other },
        { 'step-up-binding': `${secret}, ${secret}` },
        { 'step-up-binding': secret.toLowerCase() },
      ]) {
        const answer = await token(grant, thief, headers);
        expect([answer.status, answer.body['error']]).toStrictEqual([400, 'invalid_grant']);
      }
      expect((await token(grant)).status).toBe(201);
    });

    it('refreshes for the browser that got them alone, for the same API', async () => {
      await restart({ resources: { idp: RESOURCE }, signIn: { scope: 'openid profile' } });
      const { refresh_token: first } = await approved();
      expect(String(first)).not.toContain('rt auth-req-id-0');
      for (const thief of [app.browser(), new Browser(app.url, false)]) {
        const { status, body } = await token(
          { grant_type: 'refresh_token', refresh_token: first },
          thief,
        );
        expect([status, body['error']]).toStrictEqual([400, 'invalid_grant']);
      }
      const refreshed = await token({ grant_type: 'refresh_token', refresh_token: first });
      expect(refreshed.status).toBe(201);
      expect(refreshed.body).toMatchObject({ access_token: 'at 1 of rt auth-req-id-0' });
      expect(app.client.refreshes).toStrictEqual([
        { token: 'rt auth-req-id-0', options: { resource: [RESOURCE] } },
      ]);
      const { refresh_token: second } = refreshed.body;
      expect((await token({ grant_type: 'refresh_token', refresh_token: second })).status).toBe(
        201,
      );
      expect(app.client.refreshes.at(-1)?.token).toBe("rt auth-req-id-0'");
      const { body } = await token({ grant_type: 'refresh_token', refresh_token: first });
      expect(body).toMatchObject({ error: 'invalid_grant' });
    });

    it('refreshes for the user who approved, and revokes tokens of anybody else', async () => {
      const refresh = jest.spyOn(app.client, 'refresh');
      const { refresh_token } = await approved();
      const grant = { grant_type: 'refresh_token', refresh_token };
      const answer = { accessToken: 'new', refreshToken: 'newer', tokenType: 'Bearer' };
      for (const idToken of [idTokenOf('mallory'), idTokenOf(undefined), 'no JWT']) {
        refresh.mockResolvedValue({ ...answer, idToken });
        app.client.revoked.length = 0;
        const { status, body } = await token(grant);
        expect([status, body['error']]).toStrictEqual([400, 'invalid_grant']);
        expect(app.client.revoked).toStrictEqual(['newer', 'new']);
        expect(app.events.at(-1)).toMatchObject({ type: 'failed', subject: 'alice' });
      }
      refresh.mockResolvedValue({ ...answer, idToken: idTokenOf('alice') });
      const { status, body } = await token(grant);
      expect([status, body['access_token']]).toStrictEqual([201, 'new']);
      expect(app.events.at(-1)).toMatchObject({ type: 'refreshed', subject: 'alice' });
      // Whose they are is in what was sealed anew as well.
      refresh.mockResolvedValue({ ...answer, idToken: idTokenOf('mallory') });
      const next = { ...grant, refresh_token: body['refresh_token'] };
      expect((await token(next)).body).toMatchObject({ error: 'invalid_grant' });
    });

    it('gives the old refresh token again where the server sends no new one', async () => {
      const refresh = jest
        .spyOn(app.client, 'refresh')
        .mockResolvedValue({ accessToken: 'new', tokenType: 'Bearer' });
      const { refresh_token: first } = await approved();
      const { body } = await token({ grant_type: 'refresh_token', refresh_token: first });
      expect(body).toMatchObject({ access_token: 'new', refresh_token: expect.any(String) });
      await token({ grant_type: 'refresh_token', refresh_token: body['refresh_token'] });
      expect(refresh).toHaveBeenLastCalledWith('rt auth-req-id-0', { resource: [] });
    });

    it('knows no refresh token that it did not seal', async () => {
      const { refresh_token: sealed } = await approved();
      const [header, , iv, text, tag] = String(sealed).split('.');
      for (const forged of [
        'rt auth-req-id-0',
        '....',
        `${header}..${iv}.${text}A.${tag}`,
        `${String(sealed)}.`,
        'a'.repeat(16_384),
      ]) {
        const { status, body } = await token({
          grant_type: 'refresh_token',
          refresh_token: forged,
        });
        expect([status, body['error']]).toStrictEqual([400, 'invalid_grant']);
      }
      expect(app.client.refreshes).toHaveLength(0);
    });

    it.each([
      ['denied', 'access_denied', () => app.client.deny()],
      ['expired', 'expired_token', () => app.clock.advance(121)],
    ])('says how a request ended that was %s', async (_, error, end) => {
      const { body } = await authorize();
      end();
      await app.poll();
      const grant = { grant_type: GRANT, authRequestId: body['auth_req_id'] };
      for (let count = 0; count < 2; count += 1) {
        const answer = await token(grant);
        expect([answer.status, answer.body['error']]).toStrictEqual([400, error]);
      }
    });

    it.each([
      ['no grant type', {}, 'invalid_request', "'grant_type' is missing"],
      ['another grant type', { grant_type: 'password' }, 'unsupported_grant_type', "'grant_type'"],
      ['no id', { grant_type: GRANT }, 'invalid_request', "'authRequestId' is missing"],
      [
        'an id in a list',
        { grant_type: GRANT, authRequestId: ['a'] },
        'invalid_request',
        "'authRe",
      ],
      [
        'an unknown id',
        { grant_type: GRANT, authRequestId: 'a'.repeat(43) },
        'invalid_grant',
        'no tok',
      ],
      [
        'no token',
        { grant_type: 'refresh_token' },
        'invalid_request',
        "'refresh_token' is missing",
      ],
    ])('refuses %s', async (_, body, error, description) => {
      const answer = await token(body);
      expect([answer.status, answer.body['error']]).toStrictEqual([400, error]);
      expect(answer.body['error_description']).toContain(description);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    });

    it('answers 503 while the store is down, and keeps the tokens for later', async () => {
      const { body } = await authorize();
      app.client.approve();
      await app.poll();
      const grant = { grant_type: GRANT, authRequestId: body['auth_req_id'] };
      const down = jest.spyOn(app.store, 'read').mockRejectedValue(new StoreUnreachableError('x'));
      expect((await token(grant)).status).toBe(503);
      down.mockRestore();
      expect((await token(grant)).status).toBe(201);
    });
  });

  describe('with compatibility.unboundTransactions', () => {
    beforeEach(() => restart({ compatibility: { unboundTransactions: true } }));

    it('serves who keeps no cookies, and still binds who proves to be a browser', async () => {
      const plain = new Browser(app.url, false);
      const signIn = { ...SIGN_IN, scope: 'openid' };
      const unbound = await authorize(signIn, plain);
      expect(unbound.headers.get('set-cookie')).toBeNull();
      app.client.approve();
      await app.poll();
      const grant = { grant_type: GRANT, authRequestId: unbound.body['auth_req_id'] };
      const { status, body } = await token(grant, plain);
      expect(status).toBe(201);
      const refresh = { grant_type: 'refresh_token', refresh_token: body['refresh_token'] };
      expect((await token(refresh, plain)).status).toBe(201);

      const { secret, challenge: bindingChallenge } = makeSecret();
      const bound = await authorize({ ...signIn, bindingChallenge }, plain);
      app.client.approve();
      await app.poll();
      const own = { grant_type: GRANT, authRequestId: bound.body['auth_req_id'] };
      expect((await token(own, plain)).body).toMatchObject({ error: 'invalid_grant' });
      expect((await token(own, plain, { 'step-up-binding': secret })).status).toBe(201);
    });
  });

  it('lets no secret into the log, the audit or any answer that is not its own', async () => {
    const tokens = await approved();
    const secrets = [
      'auth-req-id-0',
      'a-client-secret',
      'a-login-hint-token',
      ...[tokens['access_token'], tokens['refresh_token']].map(String),
      ...browser.cookies.values(),
    ];
    await token({ grant_type: 'refresh_token', refresh_token: 'forged' });
    jest.spyOn(app.store, 'read').mockRejectedValue(new Error(secrets.join(' ')));
    const failed = await token({ grant_type: GRANT, authRequestId: 'a'.repeat(43) });
    const { log, warn, error } = app.lines;
    const seen = JSON.stringify([log, warn, error, app.events, failed.text]);
    expect(seen).toContain('OidcController.token');
    expect(seen).toContain('handed_over');
    for (const secret of secrets) expect(seen).not.toContain(secret);
  });
});
