import { describe, expect, it } from '@jest/globals';
import {
  BINDING,
  OTHER_BINDING,
  startEngine,
  startWorld,
  stepUp,
  until,
} from '../../spec/ciba/transaction-engine.js';
import { CibaException } from '../ciba.exception.js';
import { StoreUnreachableError } from './transaction-store.js';
import { settled } from '../../spec/ciba/settled.js';

type World = Awaited<ReturnType<typeof startWorld>>;

/** A browser that has a step-up open, and may ask for its tokens. */
async function startBrowser(world: World) {
  const { transactionId } = await world.transactions.start(stepUp());
  let open = 0;
  return {
    transactionId,
    get waiting() {
      return open;
    },
    async fetch(signal?: AbortSignal): Promise<string> {
      open++;
      try {
        const options = signal ? { signal } : {};
        return (await world.transactions.handOver(transactionId, BINDING, options)).accessToken;
      } catch (error) {
        return error instanceof CibaException ? error.error : 'another error';
      } finally {
        open--;
      }
    },
  };
}

/** A promise that the test fulfils. */
function latch() {
  const waiting: (() => void)[] = [];
  const opened = new Promise<void>((resolve) => {
    waiting.push(resolve);
  });
  return { opened, open: () => waiting.forEach((resolve) => resolve()) };
}

/** Counts the watches that are open in a store. */
function countWatches({ store }: World) {
  const watches = { open: 0, most: 0 };
  const watch = store.watch.bind(store);
  store.watch = async (key, wake) => {
    const stop = await watch(key, wake);
    watches.most = Math.max(watches.most, ++watches.open);
    return () => {
      watches.open--;
      stop();
    };
  };
  return watches;
}

async function pass(world: World, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed++) {
    world.clock.now += 1;
    await world.worker.runDue();
  }
}

const sentAfter = ({ client }: World, start: number) =>
  client.latest.sentAt.map((at) => at - start);

describe.each(['poll', 'ping'] as const)('Transactions.handOver() in %s mode', (deliveryMode) => {
  it('has the first token request sent at once, and answers with what comes of it', async () => {
    const world = await startWorld({ deliveryMode });
    const browser = await startBrowser(world);
    await expect(browser.fetch()).resolves.toBe('authorization_pending');
    expect(world.client.tokenRequests).toBe(1);
    const approved = await startBrowser(world);
    world.client.approve();
    await expect(approved.fetch()).resolves.toBe('at auth-req-id-1');
    expect(world.client.latest.sentAt).toEqual([world.clock.now]);
  });

  it('sends one first request for many who ask at once', async () => {
    const world = await startWorld({ deliveryMode });
    const watches = countWatches(world);
    const browser = await startBrowser(world);
    world.client.approve();
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.fetch()));
    expect(answers.filter((answer) => answer === 'at auth-req-id-0')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'invalid_grant')).toHaveLength(19);
    expect(world.client.latest).toMatchObject({ sentAt: [world.clock.now], mostOpen: 1 });
    expect(watches).toStrictEqual({ open: 0, most: 1 });
  });

  it('waits for the answer that is on its way', async () => {
    const world = await startWorld({ deliveryMode });
    const browser = await startBrowser(world);
    const answer = latch();
    world.client.onRedeem = () => answer.opened;
    world.client.approve();
    const first = browser.fetch();
    await until(() => world.client.tokenRequests === 1);
    const second = browser.fetch();
    await settled();
    expect(browser.waiting).toBe(2);
    answer.open();
    const answers = await Promise.all([first, second]);
    expect(new Set(answers)).toStrictEqual(new Set(['at auth-req-id-0', 'invalid_grant']));
    expect(world.client.tokenRequests).toBe(1);
  });

  it('gives up on an answer that does not come within ten seconds', async () => {
    const world = await startWorld({ deliveryMode });
    const { clock, store, client } = world;
    const engine = await startEngine({ clock, store, client, isTimed: true });
    const watches = countWatches(world);
    const { transactionId } = await engine.transactions.start(stepUp());
    const answer = latch();
    client.onRedeem = () => answer.opened;
    const pending = engine.transactions.handOver(transactionId, BINDING);
    await until(() => client.tokenRequests === 1);
    await settled();
    expect(watches.open).toBe(1);
    clock.now += 10;
    await expect(pending).rejects.toMatchObject({ error: 'authorization_pending' });
    expect(watches.open).toBe(0);
    answer.open();
    await engine.close();
  });
});

describe('Transactions.handOver()', () => {
  it('waits for the request that is soon due, and for that one only', async () => {
    const world = await startWorld();
    const start = world.clock.now;
    const browser = await startBrowser(world);
    await browser.fetch();
    const pending = browser.fetch();
    await settled();
    await pass(world, 4);
    expect(browser.waiting).toBe(1);
    expect(sentAfter(world, start)).toEqual([0]);
    await pass(world, 1);
    await expect(pending).resolves.toBe('authorization_pending');
    const approved = browser.fetch();
    world.client.approve();
    await pass(world, 5);
    await expect(approved).resolves.toBe('at auth-req-id-0');
    expect(sentAfter(world, start)).toEqual([0, 5, 10]);
  });

  it('does not take the answer to a request that was sent before it was called', async () => {
    const world = await startWorld();
    const browser = await startBrowser(world);
    const answer = latch();
    world.client.onRedeem = () => answer.opened;
    const early = browser.fetch();
    await until(() => world.client.tokenRequests === 1);
    world.client.onRedeem = () => undefined;
    world.client.approve();
    const late = browser.fetch();
    await settled();
    answer.open();
    await expect(early).resolves.toBe('authorization_pending');
    await pass(world, 5);
    await expect(late).resolves.toBe('at auth-req-id-0');
  });

  it('does not wait for a request that is due later than that', async () => {
    const world = await startWorld();
    world.client.answer = { intervalSeconds: 12 };
    const browser = await startBrowser(world);
    await browser.fetch();
    await expect(browser.fetch()).resolves.toBe('authorization_pending');
    await pass(world, 2);
    const answer = browser.fetch();
    await settled();
    expect(browser.waiting).toBe(1);
    await pass(world, 10);
    await expect(answer).resolves.toBe('authorization_pending');
    expect(world.client.tokenRequests).toBe(2);
  });

  it('keeps to the interval that slow_down has made longer, and does not wait for it', async () => {
    const world = await startWorld();
    const start = world.clock.now;
    const browser = await startBrowser(world);
    world.client.latest.outcome = { outcome: 'slow_down' };
    await browser.fetch();
    world.client.latest.outcome = { outcome: 'slow_down' };
    const second = browser.fetch();
    await settled();
    await pass(world, 10);
    await expect(second).resolves.toBe('authorization_pending');
    for (let passed = 0; passed < 4; passed++) {
      await expect(browser.fetch()).resolves.toBe('authorization_pending');
      await pass(world, 1);
    }
    expect(sentAfter(world, start)).toEqual([0, 10]);
  });

  it('does not wait for the fallback of the ping mode, but for the request after a ping', async () => {
    const world = await startWorld({ deliveryMode: 'ping' });
    const start = world.clock.now;
    const browser = await startBrowser(world);
    await browser.fetch();
    await pass(world, 27);
    await expect(browser.fetch()).resolves.toBe('authorization_pending');
    expect(sentAfter(world, start)).toEqual([0]);
    const { authReqId, request } = world.client.latest;
    world.client.approve();
    await world.transactions.notify(request.notificationToken ?? '', authReqId);
    await expect(browser.fetch()).resolves.toBe('at auth-req-id-0');
    expect(sentAfter(world, start)).toEqual([0, 27]);
  });

  it('gives nothing to a caller that has left, and leaves nothing behind', async () => {
    const world = await startWorld();
    const watches = countWatches(world);
    const browser = await startBrowser(world);
    await browser.fetch();
    const leaving = new AbortController();
    const left = browser.fetch(leaving.signal);
    const stays = browser.fetch();
    await settled();
    expect(watches.open).toBe(1);
    leaving.abort();
    await expect(left).resolves.toBe('authorization_pending');
    world.client.approve();
    await pass(world, 5);
    await expect(stays).resolves.toBe('at auth-req-id-0');
    expect(watches).toStrictEqual({ open: 0, most: 1 });

    const other = await startBrowser(world);
    await other.fetch();
    const alone = new AbortController();
    const last = other.fetch(alone.signal);
    await settled();
    alone.abort();
    await last;
    expect(watches.open).toBe(0);
    world.client.approve();
    await pass(world, 5);
    await expect(other.fetch(alone.signal)).resolves.toBe('authorization_pending');
    await expect(other.fetch()).resolves.toBe('at auth-req-id-1');
  });

  it('gives another browser nothing, and sends nothing for it', async () => {
    const world = await startWorld();
    const { transactionId } = await startBrowser(world);
    for (const binding of [OTHER_BINDING, undefined]) {
      await expect(world.transactions.handOver(transactionId, binding)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    }
    expect(world.client.tokenRequests).toBe(0);
  });

  it('answers when the transaction is cancelled meanwhile', async () => {
    const world = await startWorld();
    const browser = await startBrowser(world);
    await browser.fetch();
    const answer = browser.fetch();
    await settled();
    await world.transactions.cancel(browser.transactionId, BINDING);
    await expect(answer).resolves.toBe('access_denied');
  });

  it('answers at once when the process ends, or the store is down', async () => {
    const world = await startWorld();
    const browser = await startBrowser(world);
    await browser.fetch();
    const answer = browser.fetch();
    await settled();
    await world.close();
    await expect(answer).resolves.toBe('authorization_pending');
    await expect(browser.fetch()).resolves.toBe('authorization_pending');
    expect(world.client.tokenRequests).toBe(1);

    const other = await startWorld();
    const waiting = await startBrowser(other);
    await waiting.fetch();
    other.store.watch = () => Promise.reject(new StoreUnreachableError('down'));
    await expect(waiting.fetch()).resolves.toBe('temporarily_unavailable');
  });

  it('waits at one process for the request that another one sends', async () => {
    const world = await startWorld();
    const { clock, store, client } = world;
    const other = await startEngine({ clock, store, client });
    const { transactionId } = await world.transactions.start(stepUp());
    const fetch = () => other.transactions.handOver(transactionId, BINDING);
    await expect(fetch()).rejects.toMatchObject({ error: 'authorization_pending' });
    const answer = fetch();
    await settled();
    client.approve();
    await pass(world, 5);
    await expect(answer).resolves.toMatchObject({ accessToken: 'at auth-req-id-0' });
    expect(client.latest.mostOpen).toBe(1);
  });
});
