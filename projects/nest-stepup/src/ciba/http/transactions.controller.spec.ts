import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startCibaApp, type Browser, type StartedCibaApp } from '../../spec/ciba/ciba-app.js';
import { ADAPTERS } from '../../spec/start-app.js';
import { StoreUnreachableError } from '../transactions/transaction-store.js';

const NOTHING = () => {};

describe.each(ADAPTERS)('auth/transactions on %s', (adapter) => {
  let app: StartedCibaApp;
  let browser: Browser;
  beforeEach(async () => {
    app = await startCibaApp({
      adapter,
      configure: (nest) => {
        nest.enableCors({ origin: 'https://app.example.com', credentials: true });
      },
    });
    browser = app.browser();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await app.close();
  });

  async function start(by: Browser = browser): Promise<string> {
    const token = app.verifier.issue({ subject: 'alice' });
    const headers = { authorization: `Bearer ${token}` };
    const { body } = await by.post('/auth/step-up', { acrValues: ['phr'] }, headers);
    return `/auth/transactions/${String(body['transactionId'])}`;
  }

  describe('GET :id', () => {
    it('tells the browser that started it how it stands', async () => {
      const path = await start();
      const { status, body, headers } = await browser.get(path);
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(body).toStrictEqual({
        transactionId: path.split('/').at(-1),
        status: 'pending',
        bindingMessage: app.client.latest.request.bindingMessage,
        expiresAt: app.clock.now() + 120,
      });
      app.client.deny();
      await app.poll();
      expect((await browser.get(path)).body).toMatchObject({
        status: 'denied',
        error: 'access_denied',
        error_description: 'The user refused',
      });
    });

    it('says the same of an unknown transaction and of another browser’s', async () => {
      const foreign = await app.browser().get(await start());
      const unknown = await browser.get(`/auth/transactions/${'a'.repeat(43)}`);
      const odd = await browser.get('/auth/transactions/__proto__');
      for (const { status, body, headers } of [foreign, unknown, odd]) {
        expect(status).toBe(404);
        expect(headers.get('cache-control')).toBe('no-store');
        expect(body).toStrictEqual({
          error: 'not_found',
          error_description: 'There is no such transaction',
        });
      }
    });

    it('takes a malformed cookie for none', async () => {
      const path = await start();
      const cookie = [...browser.cookies.values()].join();
      for (const value of [
        '__Host-stepup=abc',
        `__Host-stepup=${cookie}x`,
        `stepup=${cookie}`,
        `__Host-stepup=${cookie}; __Host-stepup=${'A'.repeat(43)}`,
      ]) {
        expect((await app.browser().get(path, { cookie: value })).status).toBe(404);
      }
      expect(
        (await app.browser().get(path, { cookie: `a=b;__Host-stepup=${cookie}` })).status,
      ).toBe(200);
    });

    it('answers 503 with when to come back while the store is down', async () => {
      const path = await start();
      jest
        .spyOn(app.store, 'read')
        .mockRejectedValue(new StoreUnreachableError('down at 10.0.0.1'));
      const { status, body, headers, text } = await browser.get(path);
      expect([status, body['error']]).toStrictEqual([503, 'temporarily_unavailable']);
      expect(headers.get('retry-after')).toBe('5');
      expect(text).not.toContain('10.0.0.1');
    });

    it('answers 500 without the text of an unexpected error, which is logged without it too', async () => {
      const path = await start();
      jest.spyOn(app.store, 'read').mockRejectedValue(new RangeError('secret-token'));
      const { status, body } = await browser.get(path);
      expect(status).toBe(500);
      expect(body).toStrictEqual({
        error: 'server_error',
        error_description: 'The request could not be carried out',
      });
      const log = app.lines.error.join('\n');
      expect(log).toContain('TransactionsController.view');
      expect(log).toContain('current error is RangeError\n    at ');
      expect(log).not.toContain('secret-token');
    });
  });

  describe('GET :id/events', () => {
    it('tells how it stands at once, each change, and ends after the last', async () => {
      const path = await start();
      const events = await browser.open(`${path}/events`, { origin: 'https://app.example.com' });
      expect(events.headers).toMatchObject({
        'content-type': 'text/event-stream',
        'cache-control': 'no-store, no-transform',
        'referrer-policy': 'no-referrer',
        'access-control-allow-origin': 'https://app.example.com',
        'access-control-allow-credentials': 'true',
      });
      await expect(events.next()).resolves.toMatchObject({ status: 'pending' });
      app.client.approve();
      await app.poll();
      await expect(events.next()).resolves.toMatchObject({ status: 'approved' });
      await expect(events.next()).resolves.toBeUndefined();
    });

    it('tells how it ended to who comes too late, and ends', async () => {
      const path = await start();
      app.client.deny();
      await app.poll();
      const events = await browser.open(`${path}/events`);
      await expect(events.next()).resolves.toMatchObject({
        status: 'denied',
        error: 'access_denied',
      });
      await expect(events.next()).resolves.toBeUndefined();
    });

    it('refuses by an ordinary answer what there is no stream for', async () => {
      const path = await start();
      const { status, body, headers } = await app.browser().get(`${path}/events`);
      expect([status, body['error']]).toStrictEqual([404, 'not_found']);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      jest.spyOn(app.store, 'read').mockRejectedValue(new StoreUnreachableError('down'));
      const outage = await browser.get(`${path}/events`);
      expect([outage.status, outage.headers.get('retry-after')]).toStrictEqual([503, '5']);
    });

    it('stops watching when the browser goes away', async () => {
      const path = await start();
      const watch = app.store.watch.bind(app.store);
      let open = 0;
      let onStop = NOTHING;
      jest.spyOn(app.store, 'watch').mockImplementation(async (key, wake) => {
        const stop = await watch(key, wake);
        open += 1;
        return () => {
          stop();
          open -= 1;
          onStop();
        };
      });
      const events = await browser.open(`${path}/events`);
      await events.next();
      expect(open).toBe(1);
      const stopped = new Promise<void>((resolve) => (onStop = resolve));
      events.leave();
      await stopped;
      expect(open).toBe(0);
    });

    it('keeps five streams of one transaction open, and ends the oldest for a sixth', async () => {
      const path = await start();
      const streams = [];
      for (let count = 0; count < 6; count += 1) {
        const events = await browser.open(`${path}/events`);
        await events.next();
        streams.push(events);
      }
      const [oldest, ...others] = streams;
      await expect(oldest?.next()).resolves.toBeUndefined();
      app.client.approve();
      await app.poll();
      for (const events of others) {
        await expect(events.next()).resolves.toMatchObject({ status: 'approved' });
      }
    });

    it('opens no stream for a browser that comes back while the app closes', async () => {
      const path = await start();
      const events = await browser.open(`${path}/events`);
      await events.next();
      let answer = NOTHING;
      let isAsked = NOTHING;
      const asked = new Promise<void>((resolve) => (isAsked = resolve));
      app.client.onRedeem = () => {
        isAsked();
        return new Promise<void>((resolve) => (answer = resolve));
      };
      const polled = app.poll();
      await asked;
      // It waits for the answer to the token request.
      const closed = app.close();
      await expect(events.next()).resolves.toBeUndefined();
      const { status, headers } = await browser.get(`${path}/events`);
      expect([status, headers.get('retry-after')]).toStrictEqual([503, '1']);
      answer();
      await Promise.all([polled, closed]);
      app = await startCibaApp({ adapter });
    });

    it('lets the app close while streams are open', async () => {
      const events = await browser.open(`${await start()}/events`);
      await events.next();
      await app.close();
      await expect(events.next()).resolves.toBeUndefined();
      app = await startCibaApp({ adapter });
    });
  });

  describe('DELETE :id', () => {
    it('gives up, as often as it is called', async () => {
      const path = await start();
      expect((await app.browser().delete(path)).status).toBe(404);
      for (let count = 0; count < 2; count += 1) {
        const { status, text } = await browser.delete(path);
        expect([status, text]).toStrictEqual([204, '']);
      }
      expect((await browser.get(path)).body).toMatchObject({ status: 'cancelled' });
    });
  });
});
