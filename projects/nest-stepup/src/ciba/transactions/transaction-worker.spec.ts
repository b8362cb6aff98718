import { describe, expect, it } from '@jest/globals';
import {
  BINDING,
  startEngine,
  startWorld,
  stepUp,
  until,
} from '../../spec/ciba/transaction-engine.js';
import { StoreUnreachableError } from './transaction-store.js';

type World = Awaited<ReturnType<typeof startWorld>>;

async function pass(world: World, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed++) {
    world.clock.now += 1;
    await world.worker.runDue();
  }
}

const statusOf = (world: Pick<World, 'transactions'>, transactionId: string) =>
  world.transactions.view(transactionId, BINDING).then(({ status }) => status);

/** A promise that the test fulfils. */
function latch() {
  const waiting: (() => void)[] = [];
  const opened = new Promise<void>((resolve) => {
    waiting.push(resolve);
  });
  return { opened, open: () => waiting.forEach((resolve) => resolve()) };
}

const down = () => Promise.reject(new StoreUnreachableError('The store does not answer'));

describe('TransactionWorker', () => {
  it('asks at the interval, and for the last time at expiry', async () => {
    const world = await startWorld();
    world.client.answer = { intervalSeconds: 7, expiresInSeconds: 30 };
    const { now } = world.clock;
    const { transactionId } = await world.transactions.start(stepUp());
    await pass(world, 60);
    expect(world.client.latest.sentAt.map((at) => at - now)).toEqual([7, 14, 21, 28]);
    await expect(statusOf(world, transactionId)).resolves.toBe('expired');
    expect(world.events.at(-1)).toMatchObject({ type: 'expired', error: 'expired_token' });
  });

  it('asks five seconds less often after each slow_down, for good', async () => {
    const world = await startWorld();
    const { now } = world.clock;
    await world.transactions.start(stepUp());
    world.client.latest.outcome = { outcome: 'slow_down' };
    await pass(world, 5);
    world.client.latest.outcome = { outcome: 'pending' };
    await pass(world, 40);
    expect(world.client.latest.sentAt.map((at) => at - now)).toEqual([5, 15, 25, 35, 45]);
  });

  it('outlives an outage of the authorization server, asking ever less often', async () => {
    const world = await startWorld();
    const { now } = world.clock;
    const { transactionId } = await world.transactions.start(stepUp());
    world.client.latest.outcome = { outcome: 'unreachable' };
    await pass(world, 40);
    expect(world.client.latest.sentAt.map((at) => at - now)).toEqual([5, 15, 35]);
    world.client.approve();
    await pass(world, 40);
    await expect(statusOf(world, transactionId)).resolves.toBe('approved');
  });

  it('ends as expired what an outage lasts longer than', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    world.client.latest.outcome = { outcome: 'unreachable', retryAfterSeconds: 3600 };
    await pass(world, 121);
    await expect(statusOf(world, transactionId)).resolves.toBe('pending');
    await pass(world, 1);
    await expect(statusOf(world, transactionId)).resolves.toBe('expired');
    expect(world.client.tokenRequests).toBe(1);
  });

  it.each([
    ['denied', 'access_denied'],
    ['expired', 'expired_token'],
    ['failed', 'transaction_failed'],
  ] as const)('keeps the answer %s, and asks no more', async (outcome, error) => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    world.client.latest.outcome = { outcome, error, description: 'Why' };
    await pass(world, 30);
    expect(world.client.tokenRequests).toBe(1);
    await expect(world.transactions.view(transactionId, BINDING)).resolves.toMatchObject({
      status: outcome,
      error,
      errorDescription: 'Why',
    });
    expect(world.events.at(-1)).toMatchObject({ type: outcome, error, subject: 'alice' });
  });

  it('takes a client that rejects, against its word, for a failure', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    world.client.onRedeem = ({ authReqId }) => {
      throw new Error(`boom ${authReqId}`);
    };
    await pass(world, 30);
    await expect(statusOf(world, transactionId)).resolves.toBe('failed');
    expect(world.client.tokenRequests).toBe(1);
    expect(world.logs.join()).toContain('current error is Error');
    expect(world.logs.join()).not.toContain(world.client.latest.authReqId);
  });

  it('waits for an answer that takes longer than the interval, and then asks at once', async () => {
    const world = await startWorld();
    await world.transactions.start(stepUp());
    const { opened, open } = latch();
    world.client.onRedeem = () => opened;
    world.clock.now += 5;
    const first = world.worker.runDue();
    for (let i = 0; i < 20; i++) {
      world.clock.now += 1;
      void world.worker.runDue();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(world.client.tokenRequests).toBe(1);
    world.client.onRedeem = () => undefined;
    open();
    await first;
    expect(world.client.tokenRequests).toBe(2);
    expect(world.client.latest.mostOpen).toBe(1);
  });

  it('sends no more than 256 requests at once, and gets through them all', async () => {
    const world = await startWorld();
    const users = Array.from({ length: 600 }, (_, i) => `user-${i}`);
    for (const subject of users) await world.transactions.start(stepUp({ subject }));
    let open = 0;
    let mostOpen = 0;
    world.client.onRedeem = async () => {
      mostOpen = Math.max(mostOpen, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      open--;
    };
    await pass(world, 5);
    expect(world.client.tokenRequests).toBe(600);
    expect(mostOpen).toBeLessThanOrEqual(256);
    expect(mostOpen).toBeGreaterThan(100);
  });

  it('goes on after an outage of the store, and tells it once', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    world.client.approve();
    const claimDue = world.store.claimDue.bind(world.store);
    world.store.claimDue = down;
    await pass(world, 20);
    world.store.claimDue = claimDue;
    await pass(world, 1);
    await expect(statusOf(world, transactionId)).resolves.toBe('approved');
    expect(world.logs).toEqual([
      expect.stringContaining('current error is StoreUnreachableError'),
      'The store of transactions can be reached again',
    ]);
  });

  it('keeps tokens that the store could not take, until it can', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    world.client.approve();
    const replace = world.store.replace.bind(world.store);
    world.client.onRedeem = () => {
      world.store.replace = down;
    };
    await pass(world, 10);
    await expect(statusOf(world, transactionId)).resolves.toBe('pending');
    world.store.replace = replace;
    await pass(world, 1);
    await expect(statusOf(world, transactionId)).resolves.toBe('approved');
    await world.transactions.handOver(transactionId, BINDING);
    expect(world.client.tokenRequests).toBe(1);
    expect(world.client.revoked).toEqual([]);
  });

  it('revokes tokens that the store could not take before its claim ran out', async () => {
    const world = await startWorld();
    await world.transactions.start(stepUp());
    world.client.approve();
    world.client.onRedeem = () => {
      world.store.replace = down;
    };
    await pass(world, 5);
    expect(world.client.revoked).toEqual([]);
    await pass(world, 55);
    expect(world.client.revoked).toEqual(['rt auth-req-id-0', 'at auth-req-id-0']);
  });

  it('keeps tokens whose write came about though it seemed to fail', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    world.client.approve();
    const replace = world.store.replace.bind(world.store);
    world.client.onRedeem = () => {
      world.store.replace = async (...write) => {
        world.store.replace = replace;
        await replace(...write);
        return down();
      };
    };
    await pass(world, 6);
    await world.transactions.handOver(transactionId, BINDING);
    expect(world.client.revoked).toEqual([]);
  });

  it('discards and revokes the late answer of a process that was taken for dead', async () => {
    const world = await startWorld();
    const other = await startEngine({
      clock: world.clock,
      store: world.store,
      client: world.client,
    });
    const { transactionId } = await world.transactions.start(stepUp());
    const { opened, open } = latch();
    world.client.approve();
    world.client.onRedeem = () => opened;
    world.clock.now += 5;
    const slow = world.worker.runDue();
    await until(() => world.client.tokenRequests === 1);
    world.client.onRedeem = () => undefined;
    world.clock.now += 54;
    await other.worker.runDue();
    expect(world.client.tokenRequests).toBe(1);
    world.clock.now += 1;
    await other.worker.runDue();
    expect(world.client.tokenRequests).toBe(2);
    open();
    await slow;
    // The authorization server took the grant back as it was redeemed twice.
    await expect(statusOf(world, transactionId)).resolves.toBe('failed');
    expect(world.client.revoked).toEqual(
      expect.arrayContaining(['rt auth-req-id-0', 'at auth-req-id-0']),
    );
  });

  it('ends as failed what was being started by a process that died', async () => {
    const world = await startWorld();
    const started = latch();
    world.client.onAuthenticate = () => started.opened;
    const start = world.transactions.start(stepUp());
    await until(() => world.client.requests.length === 1);
    await pass(world, 54);
    expect(world.events).toEqual([]);
    await pass(world, 1);
    expect(world.events).toMatchObject([{ type: 'failed', error: 'server_error' }]);
    started.open();
    await expect(start).resolves.toMatchObject({ status: 'failed' });
  });

  it('sends nothing more once it is stopped, and waits for what is on its way', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    const { opened, open } = latch();
    world.client.onRedeem = () => opened;
    world.client.approve();
    world.clock.now += 5;
    const run = world.worker.runDue();
    await until(() => world.client.tokenRequests === 1);
    const closed = world.close().then(() => 'closed');
    const aWhile = new Promise((resolve) => setImmediate(resolve, 'a while'));
    await expect(Promise.race([closed, aWhile])).resolves.toBe('a while');
    open();
    await Promise.all([closed, run]);
    await expect(statusOf(world, transactionId)).resolves.toBe('approved');
    await world.transactions.start(stepUp({ subject: 'bob' }));
    await pass(world, 10);
    expect(world.client.latest.sentAt).toEqual([]);
  });

  it('works by a timer of its own once it is started, and leaves none behind', async () => {
    const clock = { now: 1_000_000 };
    const engine = await startEngine({ clock, isTimed: true });
    const { transactionId } = await engine.transactions.start(stepUp());
    const ended = new Promise((resolve) => {
      engine.transactions.watch(transactionId, BINDING).subscribe({
        next: ({ status }) => {
          if (status === 'pending') clock.now += 122;
        },
        complete: () => resolve(true),
      });
    });
    await expect(ended).resolves.toBe(true);
    await engine.close();
    await expect(statusOf(engine, transactionId)).resolves.toBe('expired');
  });
});
