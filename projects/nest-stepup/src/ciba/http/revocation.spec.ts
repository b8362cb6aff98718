import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  Browser,
  makeSecret,
  startCibaApp,
  type CibaAppUnderTest,
  type StartedCibaApp,
} from '../../spec/ciba/ciba-app.js';
import { ADAPTERS } from '../../spec/start-app.js';
import type { RevocationOutcome } from '../authorization-server/backchannel-client.js';
import { StoreUnreachableError } from '../transactions/transaction-store.js';

const GRANT = 'urn:openid:params:grant-type:ciba';
const SIGN_IN = {
  loginHintKind: 'LOGIN_HINT_TOKEN',
  userIdentifier: 'a-login-hint-token',
  resource: 'IDP',
  scope: 'openid',
};

describe.each(ADAPTERS)('POST auth/oidc/revoke on %s', (adapter) => {
  let app: StartedCibaApp;
  let browser: Browser;
  const start = async (ciba: CibaAppUnderTest['ciba'] = {}) => {
    app = await startCibaApp({ adapter, ciba });
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

  const revoke = (token: unknown, by: Browser = browser, headers = {}) =>
    by.post('/auth/oidc/revoke', { token }, headers);

  /** A refresh token, as a browser gets it that signs in. */
  async function signIn(by: Browser = browser, { challenge = '', secret = '' } = {}) {
    const bindingChallenge = challenge === '' ? {} : { bindingChallenge: challenge };
    const { body } = await by.post('/auth/oidc/bc-authorize', { ...SIGN_IN, ...bindingChallenge });
    app.client.approve();
    await app.poll();
    const grant = { grant_type: GRANT, authRequestId: body['auth_req_id'] };
    const headers = secret === '' ? {} : { 'step-up-binding': secret };
    const tokens = await by.post('/auth/oidc/token', grant, headers);
    return String(tokens.body['refresh_token']);
  }

  it('revokes a refresh token for the browser that got it, and tells the audit', async () => {
    const upstream = jest.spyOn(app.client, 'revoke');
    const { status, text, headers } = await revoke(await signIn());
    expect([status, text]).toStrictEqual([204, '']);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(upstream.mock.calls).toStrictEqual([['rt auth-req-id-0', 'refresh_token']]);
    expect(app.events.at(-1)).toStrictEqual({
      type: 'revoked',
      at: app.clock.now(),
      subject: 'alice',
      remoteAddress: '127.0.0.1',
    });
  });

  it('knows the browser by its header as well', async () => {
    const own = makeSecret();
    const plain = new Browser(app.url, false);
    const refreshToken = await signIn(plain, own);
    for (const headers of [{}, { 'step-up-binding': makeSecret().secret }]) {
      expect((await revoke(refreshToken, plain, headers)).status).toBe(204);
    }
    expect(app.client.revoked).toStrictEqual([]);
    await revoke(refreshToken, plain, { 'step-up-binding': own.secret });
    expect(app.client.revoked).toStrictEqual(['rt auth-req-id-0']);
  });

  it("leaves another browser's refresh token alone, and gives the same answer", async () => {
    const refreshToken = await signIn();
    const events = app.events.length;
    const other = app.browser();
    await signIn(other);
    const told = app.events.length;
    expect(told).toBeGreaterThan(events);
    for (const thief of [other, new Browser(app.url, false)]) {
      const { status, text } = await revoke(refreshToken, thief);
      expect([status, text]).toStrictEqual([204, '']);
    }
    expect(app.client.revoked).toStrictEqual([]);
    expect(app.events).toHaveLength(told);
    const refresh = { grant_type: 'refresh_token', refresh_token: refreshToken };
    expect((await browser.post('/auth/oidc/token', refresh)).status).toBe(201);
  });

  it.each([
    ['a JWT', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl'],
    ['opaque', '2YotnFZFEjr1zCsicMWpAA~._+/=='],
    ['as long as a token may be', 'a'.repeat(16_384)],
  ])('revokes an access token that is %s for whoever has it', async (_, token) => {
    const upstream = jest.spyOn(app.client, 'revoke');
    const { status, text } = await revoke(token, new Browser(app.url, false));
    expect([status, text]).toStrictEqual([204, '']);
    expect(upstream.mock.calls).toStrictEqual([[token, 'access_token']]);
    expect(app.events).toStrictEqual([
      { type: 'revoked', at: app.clock.now(), remoteAddress: '127.0.0.1' },
    ]);
  });

  it('answers 204 as often as it is asked', async () => {
    const refreshToken = await signIn();
    for (let count = 0; count < 2; count += 1) {
      expect((await revoke(refreshToken)).status).toBe(204);
    }
  });

  it('answers 204 where the server does not revoke the token, and tells no audit', async () => {
    jest.spyOn(app.client, 'revoke').mockResolvedValue({ outcome: 'refused' });
    const refreshToken = await signIn();
    const events = app.events.length;
    const { status, text } = await revoke(refreshToken);
    expect([status, text]).toStrictEqual([204, '']);
    expect(app.events).toHaveLength(events);
  });

  it.each<[RevocationOutcome, string]>([
    [{ outcome: 'unreachable' }, '5'],
    [{ outcome: 'unreachable', retryAfterSeconds: 6.2 }, '7'],
  ])('says that the token may still be good after %j', async (outcome, retryAfter) => {
    jest.spyOn(app.client, 'revoke').mockResolvedValue(outcome);
    for (const token of [await signIn(), 'an-access-token']) {
      const events = app.events.length;
      const { status, body, headers } = await revoke(token);
      expect([status, body['error']]).toStrictEqual([503, 'temporarily_unavailable']);
      expect(headers.get('retry-after')).toBe(retryAfter);
      expect(app.events).toHaveLength(events);
    }
  });

  it.each([
    ['no token', undefined, "'token' is missing"],
    ['an empty token', '', "'token' is missing"],
    ['a list', ['a'], "'token' must be a string"],
    ['an object', { $ne: 1 }, "'token' must be a string"],
    ['a huge token', 'a'.repeat(16_385), "'token' must have at most 16384 characters"],
    ['two words', 'a b', "'token' is not a well-formed token"],
    ['a line break', 'a\n', "'token' is not a well-formed token"],
    ['what no header can have', 'tökén', "'token' is not a well-formed token"],
  ])('refuses %s, and says what is wrong', async (_, token, description) => {
    const { status, body, headers } = await revoke(token);
    expect([status, body]).toStrictEqual([
      400,
      { error: 'invalid_request', error_description: description },
    ]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(app.client.revoked).toStrictEqual([]);
  });

  it('takes no form, which another site could send', async () => {
    const { status } = await browser.send('POST', '/auth/oidc/revoke', 'token=a', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(status).toBe(400);
    expect(app.client.revoked).toStrictEqual([]);
  });

  it('refuses an address that asks too often, and does not let it ask on', async () => {
    await restart({ limits: { perAddress: { limit: 2, windowSeconds: 60 } } });
    const other = app.browser();
    for (const by of [browser, other]) expect((await revoke('token', by)).status).toBe(204);
    const { status, body, headers } = await revoke('token', app.browser());
    expect([status, body['error']]).toStrictEqual([429, 'too_many_requests']);
    expect(headers.get('retry-after')).toBe('60');
    expect(app.client.revoked).toHaveLength(2);
    expect(app.events.at(-1)).toMatchObject({ type: 'rate_limited', remoteAddress: '127.0.0.1' });
    // What starts a sign-in is counted by itself.
    expect((await browser.post('/auth/oidc/bc-authorize', SIGN_IN)).status).toBe(201);
  });

  it('answers 503 while the store is down, as nobody can count then', async () => {
    jest.spyOn(app.store, 'count').mockRejectedValue(new StoreUnreachableError('x'));
    expect((await revoke('an-access-token')).status).toBe(503);
    expect(app.client.revoked).toStrictEqual([]);
  });

  it('lets no token into the log, the audit or the answer', async () => {
    const tokens = [await signIn(), 'an-access-token'];
    jest.spyOn(app.client, 'revoke').mockRejectedValue(new Error(tokens.join(' ')));
    const answers = [];
    for (const token of tokens) answers.push((await revoke(token)).text);
    const { log, warn, error } = app.lines;
    const seen = JSON.stringify([log, warn, error, app.events, answers]);
    expect(seen).toContain('OidcController.revoke');
    for (const token of [...tokens, 'rt auth-req-id-0']) expect(seen).not.toContain(token);
  });

  it('serves who keeps no cookies with compatibility.unboundTransactions', async () => {
    await restart({ compatibility: { unboundTransactions: true } });
    const plain = new Browser(app.url, false);
    await revoke(await signIn(plain), plain);
    expect(app.client.revoked).toStrictEqual(['rt auth-req-id-0']);
  });
});
