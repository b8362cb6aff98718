import { describe, expect, it } from '@jest/globals';
import { BINDING, OTHER_BINDING, startWorld, stepUp } from '../../spec/ciba/transaction-engine.js';
import { keyOfTransaction } from './transaction-key.js';
import type { TransactionRecord } from './transaction-record.js';

type World = Awaited<ReturnType<typeof startWorld>>;

const API = 'https://api.example.com';

async function readRecord({ store, clock }: World, key: string) {
  const { value = '{}', revision = 0 } = (await store.read(key, clock.now)) ?? {};
  return { record: JSON.parse(value) as TransactionRecord, revision };
}

/** As somebody can who writes to the store, but has no key. */
async function tamper(world: World, key: string, changes: Partial<TransactionRecord>) {
  const { record, revision } = await readRecord(world, key);
  const { now } = world.clock;
  const times = { now, expiresAt: now + 300, dueAt: now };
  await world.store.replace(key, revision, JSON.stringify({ ...record, ...changes }), times);
}

async function poll(world: World): Promise<void> {
  world.clock.now += 5;
  await world.worker.runDue();
}

async function start(world: World) {
  const { transactionId } = await world.transactions.start(stepUp({ resource: [API] }));
  return { transactionId, key: keyOfTransaction(transactionId) ?? '' };
}

const CHANGES: readonly (readonly [string, Partial<TransactionRecord>])[] = [
  ['binding', { binding: OTHER_BINDING }],
  ['subject', { subject: 'mallory' }],
  ['requirement', { requirement: { acrValues: ['pwd'], maxAge: 300 } }],
  ['requirement.maxAge', { requirement: { acrValues: ['phr'], maxAge: 30_000 } }],
  ['resource', { resource: ['https://evil.example.com'] }],
  ['kind', { kind: 'sign-in' }],
  ['startedAt', { startedAt: 0 }],
  ['bindingMessage', { bindingMessage: 'AA11-AA11' }],
];

describe.each(CHANGES)('a record whose %s was changed in the store', (name, changes) => {
  const binding = name === 'binding' ? OTHER_BINDING : BINDING;

  it('ends as failed before a token request is sent', async () => {
    const world = await startWorld();
    const { transactionId, key } = await start(world);
    await tamper(world, key, changes);
    world.client.approve();
    await poll(world);
    const view = await world.transactions.view(transactionId, binding);
    expect(view).toMatchObject({ status: 'failed', error: 'server_error' });
    expect(world.client.tokenRequests).toBe(0);
    await expect(world.transactions.handOver(transactionId, binding)).rejects.toMatchObject({
      error: 'server_error',
    });
  });

  it('ends as failed although it was polled before', async () => {
    const world = await startWorld();
    const { transactionId, key } = await start(world);
    await poll(world);
    await tamper(world, key, changes);
    world.client.approve();
    await poll(world);
    const view = await world.transactions.view(transactionId, binding);
    expect(view).toMatchObject({ status: 'failed', error: 'server_error' });
    expect(world.client.tokenRequests).toBe(1);
  });

  it('delivers nothing while a token request is on its way', async () => {
    const world = await startWorld();
    const { transactionId, key } = await start(world);
    world.client.approve();
    world.client.onRedeem = () => tamper(world, key, changes);
    await poll(world);
    await expectRevoked(world, transactionId);
  });

  it('delivers nothing, and its tokens are revoked, when it was approved before', async () => {
    const world = await startWorld();
    const { transactionId, key } = await start(world);
    world.client.approve();
    await poll(world);
    await tamper(world, key, changes);
    await expectRevoked(world, transactionId);
  });

  async function expectRevoked(world: World, transactionId: string): Promise<void> {
    await expect(world.transactions.handOver(transactionId, binding)).rejects.toMatchObject({
      error: 'server_error',
    });
    expect(world.client.revoked).toEqual(['rt auth-req-id-0', 'at auth-req-id-0']);
    expect(world.events.at(-1)).toMatchObject({ type: 'failed', error: 'server_error' });
    const view = await world.transactions.view(transactionId, binding);
    expect(view.status).toBe('failed');
  }
});

describe('a record that was changed in the store', () => {
  it('is caught when it was changed before the authorization server had answered', async () => {
    const world = await startWorld();
    let key = '';
    const create = world.store.create.bind(world.store);
    world.store.create = (created, ...others) => {
      if (created.startsWith('t:')) key = created;
      return create(created, ...others);
    };
    world.client.onAuthenticate = () => tamper(world, key, { binding: OTHER_BINDING });
    const { transactionId } = await world.transactions.start(stepUp());
    world.client.approve();
    await poll(world);
    const view = await world.transactions.view(transactionId, OTHER_BINDING);
    expect(view.status).toBe('failed');
    expect(world.client.tokenRequests).toBe(0);
  });

  it.each(['waiting', 'ready'] as const)(
    'is worth nothing with what is sealed in one of another that is %s',
    async (phase) => {
      const world = await startWorld();
      const mine = await start(world);
      const { transactionId: theirId } = await world.transactions.start(
        stepUp({ subject: 'bob', binding: OTHER_BINDING, resource: [API] }),
      );
      world.client.approve({ subject: 'bob' });
      if (phase === 'ready') await poll(world);
      const { record: theirs } = await readRecord(world, keyOfTransaction(theirId) ?? '');
      expect(theirs.state.phase).toBe(phase);
      await tamper(world, mine.key, { state: theirs.state });
      await poll(world);
      await expect(world.transactions.handOver(mine.transactionId, BINDING)).rejects.toMatchObject({
        error: 'server_error',
      });
    },
  );

  it('still tells who approved, by what was sealed', async () => {
    const world = await startWorld();
    const { subject: _, ...signIn } = stepUp({ kind: 'sign-in' });
    const { transactionId } = await world.transactions.start(signIn);
    world.client.approve({ subject: 'carol' });
    await poll(world);
    await tamper(world, keyOfTransaction(transactionId) ?? '', { approvedBy: 'mallory' });
    const { subject } = await world.transactions.handOver(transactionId, BINDING);
    expect(subject).toBe('carol');
  });
});
