import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  makeSecret,
  startCibaApp,
  type Browser,
  type StartedCibaApp,
} from '../../spec/ciba/ciba-app.js';
import { ADAPTERS } from '../../spec/start-app.js';
import type { QrEncounter } from '../ciba.options.js';
import { CibaException } from '../ciba.exception.js';
import { StoreUnreachableError } from '../transactions/transaction-store.js';

const GRANT = 'urn:openid:params:grant-type:ciba';

const NOTHING = () => {};
const isSameKind = (devices: QrEncounter) => devices.browser.userAgent === devices.phone.userAgent;
const content = ({ sessionId }: { sessionId: string }) => `bank://scan/${sessionId}`;

describe.each(ADAPTERS)('auth/qr on %s', (adapter) => {
  let app: StartedCibaApp;
  let browser: Browser;
  let phone: Browser;
  beforeEach(async () => {
    app = await startCibaApp({ adapter });
    browser = app.browser();
    phone = app.browser();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await app.close();
  });

  async function make(by: Browser = browser) {
    const { body } = await by.post('/auth/qr', {}, { 'user-agent': 'Fox on Linux' });
    return { sessionId: String(body['sessionId']), path: `/auth/qr/${String(body['sessionId'])}` };
  }

  const claim = (sessionId: string, by: Browser = phone) =>
    by.post('/auth/oidc/bc-authorize', {
      loginHintKind: 'LOGIN_HINT_TOKEN',
      userIdentifier: 'a-login-hint-token',
      sessionId,
      resource: 'IDP',
      scope: 'openid',
    });

  it('makes a session that tells the phone where to post', async () => {
    const { status, body, headers } = await browser.post('/auth/qr');
    const { sessionId } = body;
    expect(status).toBe(201);
    expect(headers.get('set-cookie')).toContain('__Host-stepup=');
    expect(body).toStrictEqual({
      sessionId: expect.stringMatching(/^[\w-]{43}$/),
      cbUrl: 'https://api.example.com/auth/oidc/bc-authorize',
      qr: `https://api.example.com/auth/oidc/bc-authorize?sessionId=${String(sessionId)}`,
      expiresAt: app.clock.now() + 90,
    });
  });

  it('needs no body', async () => {
    const { status, body } = await browser.send('POST', '/auth/qr');
    expect([status, body['sessionId']]).toStrictEqual([201, expect.any(String)]);
  });

  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=a', 'text/plain'])(
    'gives no cookie in exchange for another to an empty form of another site: %s',
    async (type) => {
      const { status, headers } = await browser.send('POST', '/auth/qr', '', {
        'content-type': type,
      });
      expect([400, 415]).toContain(status);
      expect(headers.get('set-cookie')).toBeNull();
    },
  );

  it('writes the code as the app has it', async () => {
    await app.close();
    app = await startCibaApp({ adapter, ciba: { qr: { content, expiresInSeconds: 10 } } });
    const { body } = await app.browser().post('/auth/qr');
    expect(body).toMatchObject({
      qr: `bank://scan/${String(body['sessionId'])}`,
      expiresAt: app.clock.now() + 10,
    });
  });

  it('shows the phone which browser shows the code, and only while it can be claimed', async () => {
    const { path, sessionId } = await make();
    const scanned = await phone.get(path);
    expect(scanned.body).toStrictEqual({
      sessionId,
      cbUrl: 'https://api.example.com/auth/oidc/bc-authorize',
      status: 'open',
      expiresAt: app.clock.now() + 90,
      requestedBy: { ipAddress: '127.0.0.1', userAgent: 'Fox on Linux', at: app.clock.now() },
    });
    await claim(sessionId);
    expect((await phone.get(path)).status).toBe(404);
    expect((await browser.get(path)).body).toMatchObject({ status: 'claimed' });
  });

  it('signs in the browser that shows the code, and nobody who scanned or saw it', async () => {
    const { path, sessionId } = await make();
    const claimed = await claim(sessionId);
    expect(claimed.status).toBe(201);
    expect(claimed.body).toStrictEqual({
      auth_req_id: expect.stringMatching(/^[\w-]{43}$/),
      expires_in: 120,
      interval: 5,
      binding_message: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/),
    });
    expect(app.client.latest.request).toMatchObject({
      hint: { login_hint_token: 'a-login-hint-token' },
      requestContext: { ipAddress: '127.0.0.1', userAgent: 'Fox on Linux' },
    });
    const authRequestId = claimed.body['auth_req_id'];
    expect((await browser.get(path)).body).toMatchObject({ status: 'claimed', authRequestId });

    app.client.approve();
    await app.poll();
    const fetchTokens = (by: Browser) =>
      by.post('/auth/oidc/token', { grant_type: GRANT, authRequestId });
    for (const thief of [phone, app.browser()]) {
      expect((await fetchTokens(thief)).body).toMatchObject({ error: 'invalid_grant' });
    }
    expect((await fetchTokens(browser)).status).toBe(201);
    expect((await fetchTokens(browser)).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('is claimed by one of ten phones', async () => {
    const { path, sessionId } = await make();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => claim(sessionId, app.browser())),
    );
    const winners = answers.filter(({ status }) => status === 201);
    expect(winners).toHaveLength(1);
    expect(app.client.requests).toHaveLength(1);
    for (const { status, body } of answers) {
      if (status === 201) continue;
      expect([status, body['error']]).toStrictEqual([409, 'invalid_request']);
    }
    const { body } = await browser.get(path);
    expect(body['authRequestId']).toBe(winners[0]?.body['auth_req_id']);
  });

  it('is over for good once it was used', async () => {
    const { sessionId } = await make();
    await claim(sessionId);
    app.client.deny();
    await app.poll();
    expect((await claim(sessionId)).status).toBe(409);
  });

  it('cannot be claimed once it has expired', async () => {
    const { path, sessionId } = await make();
    app.clock.advance(90);
    const { status, body } = await claim(sessionId);
    expect([status, body['error']]).toStrictEqual([400, 'expired_token']);
    expect((await browser.get(path)).body).toMatchObject({ status: 'expired' });
    expect((await phone.get(path)).status).toBe(404);
  });

  it('fails when the authorization server does not take the request, and says so to both', async () => {
    const { path, sessionId } = await make();
    app.client.onAuthenticate = () => {
      throw new CibaException('unknown_user_id', 'There is no such user');
    };
    expect((await claim(sessionId)).body).toMatchObject({ error: 'unknown_user_id' });
    const { body } = await browser.get(path);
    expect(body).not.toHaveProperty('authRequestId');
    expect(body).toMatchObject({ status: 'failed' });
  });

  it('expires when whoever claimed it got no answer and died', async () => {
    const { path, sessionId } = await make();
    let answer = NOTHING;
    let isAsked = NOTHING;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    app.client.onAuthenticate = () => {
      isAsked();
      return new Promise<void>((resolve) => (answer = resolve));
    };
    const claiming = claim(sessionId);
    await asked;
    app.clock.advance(100);
    expect((await browser.get(path)).body).toMatchObject({ status: 'claimed' });
    app.clock.advance(10);
    expect((await browser.get(path)).body).toMatchObject({ status: 'expired' });
    answer();
    await claiming;
  });

  it('is given up by its browser alone, and with it what came of it', async () => {
    const { path, sessionId } = await make();
    expect((await phone.delete(path)).status).toBe(404);
    expect((await browser.delete(path)).status).toBe(204);
    expect((await browser.delete(path)).status).toBe(204);
    expect((await browser.get(path)).body).toMatchObject({ status: 'cancelled' });
    expect((await claim(sessionId)).status).toBe(409);

    const second = await make();
    const { body } = await claim(second.sessionId);
    expect((await browser.delete(second.path)).status).toBe(204);
    const transaction = await browser.get(`/auth/transactions/${String(body['auth_req_id'])}`);
    expect(transaction.body).toMatchObject({ status: 'cancelled' });
  });

  it('takes back what a phone has started when its browser gives up meanwhile', async () => {
    const { path, sessionId } = await make();
    app.client.onAuthenticate = async () => {
      await browser.delete(path);
    };
    const { status, body } = await claim(sessionId);
    expect([status, body['error']]).toStrictEqual([400, 'access_denied']);
    expect((await browser.get(path)).body).toMatchObject({ status: 'cancelled' });
    expect(app.events.map(({ type }) => type)).toContain('cancelled');
  });

  it('tells its browser by events what becomes of it', async () => {
    const { path, sessionId } = await make();
    const events = await browser.open(`${path}/events`);
    await expect(events.next()).resolves.toMatchObject({ sessionId, status: 'open' });
    const { body } = await claim(sessionId);
    await expect(events.next()).resolves.toMatchObject({ status: 'claimed' });
    const authRequestId = body['auth_req_id'];
    await expect(events.next()).resolves.toMatchObject({ status: 'claimed', authRequestId });
    await expect(events.next()).resolves.toBeUndefined();
    expect((await phone.get(`${path}/events`)).status).toBe(404);
  });

  it('keeps the id of the transaction sealed, and its own nowhere, in the store', async () => {
    const writes: string[] = [];
    for (const method of ['create', 'replace'] as const) {
      jest.spyOn(app.store, method).mockImplementation((...args: readonly unknown[]) => {
        writes.push(JSON.stringify(args));
        return Reflect.apply(
          Reflect.get(Object.getPrototypeOf(app.store), method),
          app.store,
          args,
        );
      });
    }
    const { sessionId } = await make();
    const { body } = await claim(sessionId);
    const written = writes.join('\n');
    expect(written).toContain('Fox on Linux');
    for (const secret of [sessionId, String(body['auth_req_id']), ...browser.cookies.values()]) {
      expect(written).not.toContain(secret);
    }
  });

  it('binds to a secret of the page where the API gets no cookies', async () => {
    const { secret, challenge: bindingChallenge } = makeSecret();
    const { body, headers } = await browser.post('/auth/qr', { bindingChallenge });
    expect(headers.get('set-cookie')).toBeNull();
    const path = `/auth/qr/${String(body['sessionId'])}`;
    expect((await browser.get(path)).body).toHaveProperty('requestedBy');
    const own = await browser.get(path, { 'step-up-binding': secret });
    expect(own.body).not.toHaveProperty('requestedBy');
  });

  it('refuses an address that makes too many', async () => {
    for (let count = 0; count < 30; count += 1) await app.browser().post('/auth/qr');
    const { status, headers } = await browser.post('/auth/qr');
    expect([status, headers.get('retry-after')]).toStrictEqual([429, '300']);
    expect(app.events.at(-1)).toStrictEqual({
      type: 'rate_limited',
      error: 'too_many_requests',
      remoteAddress: '127.0.0.1',
      at: app.clock.now(),
    });
  });

  it('answers 503 while the store is down', async () => {
    jest.spyOn(app.store, 'create').mockRejectedValue(new StoreUnreachableError('down'));
    const { status, body, headers } = await browser.post('/auth/qr');
    expect([status, body['error']]).toStrictEqual([503, 'temporarily_unavailable']);
    expect(headers.get('retry-after')).toBe('5');
  });

  it('has no GET without a session unless the app asks for it', async () => {
    expect((await browser.get('/auth/qr')).status).toBe(404);
  });

  it('lets a rule of the app keep a phone away', async () => {
    await app.close();
    app = await startCibaApp({ adapter, ciba: { qr: { admit: isSameKind } } });
    [browser, phone] = [app.browser(), app.browser()];
    const { sessionId, path } = await make();
    const { status, body } = await claim(sessionId);
    expect([status, body]).toStrictEqual([
      403,
      { error: 'access_denied', error_description: 'This device may not claim the QR code' },
    ]);
    expect((await browser.get(path)).body).toMatchObject({ status: 'open' });
    expect(app.client.requests).toHaveLength(0);
  });

  it('tells the audit who made it and that it was claimed, by a name that opens nothing', async () => {
    const { sessionId } = await make();
    await claim(sessionId);
    const [made, claimed, started] = app.events;
    expect(made).toStrictEqual({
      type: 'qr_made',
      at: app.clock.now(),
      reference: expect.stringMatching(/^[\w-]{43}$/),
      remoteAddress: '127.0.0.1',
    });
    expect(claimed).toStrictEqual({ ...made, type: 'qr_claimed', phoneAddress: '127.0.0.1' });
    expect(started).toMatchObject({ type: 'started', kind: 'sign-in' });
    expect(JSON.stringify(app.events)).not.toContain(sessionId);
  });
});
