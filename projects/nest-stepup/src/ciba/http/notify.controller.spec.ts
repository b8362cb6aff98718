import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startCibaApp, type Browser, type StartedCibaApp } from '../../spec/ciba/ciba-app.js';
import { ADAPTERS } from '../../spec/start-app.js';

describe.each(ADAPTERS)('POST auth/ciba/notify on %s', (adapter) => {
  let app: StartedCibaApp;
  let server: Browser;
  const start = async (deliveryMode: 'poll' | 'ping') => {
    app = await startCibaApp({ adapter, ciba: { deliveryMode } });
    server = app.browser();
  };
  beforeEach(() => start('ping'));
  afterEach(() => app.close());

  async function stepUp() {
    const browser = app.browser();
    const headers = { authorization: `Bearer ${app.verifier.issue({ subject: 'alice' })}` };
    const { body } = await browser.post('/auth/step-up', { acrValues: ['phr'] }, headers);
    const path = `/auth/transactions/${String(body['transactionId'])}/events`;
    const events = await browser.open(path);
    await events.next();
    const { request, authReqId } = app.client.latest;
    return { events, token: String(request.notificationToken), authReqId };
  }
  const ping = (token: string | undefined, body: unknown) =>
    server.post('/auth/ciba/notify', body, {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    });

  it('answers 204 and fetches the outcome at once', async () => {
    const { events, token, authReqId } = await stepUp();
    app.client.approve();
    const { status, text } = await ping(token, { auth_req_id: authReqId });
    expect([status, text]).toStrictEqual([204, '']);
    await expect(events.next()).resolves.toMatchObject({ status: 'approved' });
  });

  it('answers 204 to the same ping again, and asks for no token again', async () => {
    const { events, token, authReqId } = await stepUp();
    app.client.approve();
    await ping(token, { auth_req_id: authReqId });
    await events.next();
    expect((await ping(token, { auth_req_id: authReqId })).status).toBe(204);
    expect(app.client.latest.sentAt).toHaveLength(1);
  });

  it('answers 401 to who does not have the token of that request', async () => {
    const { token, authReqId } = await stepUp();
    const { token: another } = await stepUp();
    const body = { auth_req_id: authReqId };
    for (const answer of [
      await ping(undefined, body),
      await ping('a b', body),
      await ping(`${token}x`, body),
      await ping('a'.repeat(2000), body),
      await ping(another, body),
      await ping(token, { auth_req_id: 'another' }),
      await server.post('/auth/ciba/notify', body, { authorization: `Basic ${token}` }),
    ]) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.text).not.toContain(token);
    }
    expect(app.client.tokenRequests).toBe(0);
  });

  it.each([
    ['no id', {}],
    ['an id in a list', { auth_req_id: ['a'] }],
    ['a list', []],
    ['a huge id', { auth_req_id: 'a'.repeat(8193) }],
  ])('refuses %s', async (_, body) => {
    const { token } = await stepUp();
    const answer = await ping(token, body);
    expect([answer.status, answer.body['error']]).toStrictEqual([400, 'invalid_request']);
  });

  it('is not there in poll mode', async () => {
    await app.close();
    await start('poll');
    const { status, body } = await ping('a.b', { auth_req_id: 'a' });
    expect([status, body['error']]).toStrictEqual([404, 'not_found']);
  });
});
