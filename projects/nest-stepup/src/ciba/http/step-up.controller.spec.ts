import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  makeSecret,
  startCibaApp,
  type Browser,
  type StartedCibaApp,
} from '../../spec/ciba/ciba-app.js';
import { ADAPTERS } from '../../spec/start-app.js';

const REQUIREMENT = { acrValues: ['phr'], maxAge: 300 };
const GRANT = 'urn:openid:params:grant-type:ciba';

describe.each(ADAPTERS)('POST auth/step-up on %s', (adapter) => {
  let app: StartedCibaApp;
  let browser: Browser;
  let bearer: Readonly<Record<string, string>>;
  beforeEach(async () => {
    app = await startCibaApp({
      adapter,
      ciba: { scope: 'openid offline_access', resource: 'https://api.example.com' },
    });
    browser = app.browser();
    bearer = { authorization: `Bearer ${app.verifier.issue({ subject: 'alice', acr: 'pwd' })}` };
  });
  afterEach(() => app.close());

  it('asks the phone of the user whose token it is, with what the browser is', async () => {
    const body = { ...REQUIREMENT, reason: 'Transfer of\u0000 5000\u202e EUR' };
    const answer = await browser.post('/auth/step-up', body, { ...bearer, 'user-agent': 'Fox' });
    expect(answer.status).toBe(201);
    expect(answer.body).toStrictEqual({
      transactionId: expect.stringMatching(/^[\w-]{43}$/),
      bindingMessage: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/),
      expiresAt: app.clock.now() + 120,
      interval: 5,
    });
    expect(app.client.latest.request).toMatchObject({
      hint: { login_hint: 'alice' },
      scope: 'openid offline_access',
      resource: ['https://api.example.com'],
      acrValues: ['phr'],
      maxAge: 300,
      bindingMessage: answer.body['bindingMessage'],
      requestContext: {
        ipAddress: '127.0.0.1',
        userAgent: 'Fox',
        reason: 'Transfer of  5000  EUR',
      },
    });
  });

  it('gives the tokens to the browser that started it, once, and to no other', async () => {
    const { body } = await browser.post('/auth/step-up', REQUIREMENT, bearer);
    const fetchTokens = (by: Browser) =>
      by.post('/auth/oidc/token', { grant_type: GRANT, authRequestId: body['transactionId'] });
    expect((await fetchTokens(browser)).body).toMatchObject({ error: 'authorization_pending' });
    app.client.approve();
    await app.poll();

    const foreign = await fetchTokens(app.browser());
    expect([foreign.status, foreign.body['error']]).toStrictEqual([400, 'invalid_grant']);
    const tokens = await fetchTokens(browser);
    expect(tokens.status).toBe(201);
    expect(tokens.headers.get('cache-control')).toBe('no-store');
    expect(tokens.body).toStrictEqual({
      access_token: 'at auth-req-id-0',
      token_type: 'Bearer',
      refresh_token: expect.stringMatching(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/),
    });
    expect((await fetchTokens(browser)).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('keeps the secret of the browser in a cookie that scripts and other sites do not have', async () => {
    const answer = await browser.post('/auth/step-up', REQUIREMENT, bearer);
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-stepup=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
    );
    const again = await browser.post('/auth/step-up', REQUIREMENT, bearer);
    expect(again.headers.get('set-cookie')).toBeNull();
  });

  it('takes a secret of the page instead, of which it learns the digest only', async () => {
    const { secret, challenge: bindingChallenge } = makeSecret();
    const { body, headers } = await browser.post(
      '/auth/step-up',
      { ...REQUIREMENT, bindingChallenge },
      bearer,
    );
    expect(headers.get('set-cookie')).toBeNull();
    const path = `/auth/transactions/${String(body['transactionId'])}`;
    expect((await browser.get(path)).status).toBe(404);
    const own = await browser.get(path, { 'step-up-binding': secret });
    expect(own.body).toMatchObject({ status: 'pending' });
    const other = await browser.get(path, { 'step-up-binding': makeSecret().secret });
    expect(other.status).toBe(404);
    // The digest passed for the secret: who reads the store has it.
    expect((await browser.get(path, { 'step-up-binding': bindingChallenge })).status).toBe(404);
  });

  it('leaves the answers of the guard as they are', async () => {
    const answer = await browser.post('/auth/step-up', REQUIREMENT);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="api"');
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const refused = await browser.post('/auth/step-up', REQUIREMENT, {
      authorization: 'Bearer forged',
    });
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(app.client.requests).toHaveLength(0);
  });

  it('refuses a token that names no user', async () => {
    const token = app.verifier.issue({ acr: 'pwd' });
    const answer = await browser.post('/auth/step-up', REQUIREMENT, {
      authorization: `Bearer ${token}`,
    });
    expect([answer.status, answer.body['error']]).toStrictEqual([403, 'access_denied']);
  });

  it.each([
    ['no requirement', {}, "'acrValues' or 'maxAge' is missing"],
    ['a text for a list', { acrValues: 'phr' }, "'acrValues' must be a list of 1 to 20 strings"],
    ['an empty list', { acrValues: [] }, "'acrValues' must be a list of 1 to 20 strings"],
    ['a list of objects', { acrValues: [{}] }, "'acrValues' must be a list of 1 to 20 strings"],
    ['too many', { acrValues: Array(21).fill('a') }, "'acrValues' must be a list of 1 to 20"],
    ['a value with a space', { acrValues: ['a b'] }, "'acrValues' must be values as in RFC 9470"],
    ['a text for a number', { maxAge: '300' }, "'maxAge' must be a non-negative whole number"],
    ['a negative age', { maxAge: -1 }, "'maxAge' must be a non-negative whole number of seconds"],
    ['half a second', { maxAge: 0.5 }, "'maxAge' must be a non-negative whole number of seconds"],
    ['a number as reason', { maxAge: 1, reason: 1 }, "'reason' must be a string"],
    ['a long reason', { maxAge: 1, reason: 'a'.repeat(201) }, "'reason' must have at most 200"],
    ['a short digest', { maxAge: 1, bindingChallenge: 'abc' }, "'bindingChallenge' must be a SHA"],
    ['a long digest', { maxAge: 1, bindingChallenge: 'a'.repeat(44) }, "'bindingChallenge' must"],
    ['an object for a digest', { maxAge: 1, bindingChallenge: {} }, "'bindingChallenge' must be"],
    ['a list', [REQUIREMENT], 'The body must be a JSON object'],
  ])('refuses %s, and says what is wrong', async (_, body, description) => {
    const answer = await browser.post('/auth/step-up', body, bearer);
    expect([answer.status, answer.body['error']]).toStrictEqual([400, 'invalid_request']);
    expect(answer.body['error_description']).toContain(description);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(app.client.requests).toHaveLength(0);
  });

  it('ignores members that come by way of a prototype', async () => {
    const body = '{"__proto__":{"maxAge":1},"constructor":{"maxAge":1}}';
    const headers = { ...bearer, 'content-type': 'application/json' };
    const answer = await browser.send('POST', '/auth/step-up', body, headers);
    expect(answer.status).toBe(400);
    expect(app.client.requests).toHaveLength(0);
  });

  it('refuses a body that a form of another site could send', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
      const headers = { ...bearer, 'content-type': type };
      const answer = await browser.send('POST', '/auth/step-up', 'maxAge=1', headers);
      expect([400, 415]).toContain(answer.status);
    }
    const huge = await browser.post('/auth/step-up', { reason: 'a'.repeat(2_000_000) }, bearer);
    expect(huge.status).toBe(413);
    expect(app.client.requests).toHaveLength(0);
  });

  it('refuses a user who is asked too often, and says when to come back', async () => {
    for (let count = 0; count < 5; count += 1) {
      const answer = await app.browser().post('/auth/step-up', REQUIREMENT, bearer);
      expect(answer.status).toBe(201);
    }
    const answer = await app.browser().post('/auth/step-up', REQUIREMENT, bearer);
    expect([answer.status, answer.body['error']]).toStrictEqual([429, 'too_many_requests']);
    expect(answer.headers.get('retry-after')).toBe('300');
    expect(app.client.requests).toHaveLength(5);
  });

  it('uses the hint that the app makes of the token', async () => {
    await app.close();
    app = await startCibaApp({
      adapter,
      ciba: { hint: ({ claims }) => ({ login_hint: String(claims?.['email']) }) },
    });
    const token = app.verifier.issue({ subject: 'alice', claims: { email: 'alice@example.com' } });
    const headers = { authorization: `Bearer ${token}` };
    await app.browser().post('/auth/step-up', REQUIREMENT, headers);
    expect(app.client.latest.request.hint).toStrictEqual({ login_hint: 'alice@example.com' });
  });
});
