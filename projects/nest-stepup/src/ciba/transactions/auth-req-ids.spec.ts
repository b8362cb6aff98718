import { describe, expect, it } from '@jest/globals';
import { AuthReqIds } from './auth-req-ids.js';
import { MemoryTransactionStore } from './memory-transaction-store.js';
import { Sealer } from './sealer.js';
import type { TransactionRecord } from './transaction-record.js';

/** A sealer that counts how often it opens something. */
class CountingSealer extends Sealer {
  opened = 0;

  override open(text: string, context: string): Promise<unknown> {
    this.opened++;
    return super.open(text, context);
  }
}

async function start(count = 1) {
  const clock = { now: 1000 };
  const sealer = new CountingSealer({ sealingKeys: [], store: new MemoryTransactionStore() });
  const ids = new AuthReqIds({ now: () => clock.now }, sealer);
  const records: TransactionRecord[] = [];
  for (let i = 0; i < count; i++) {
    const record: TransactionRecord = {
      kind: 'sign-in',
      binding: 'b',
      resource: [],
      startedAt: 1000,
      expiresAt: 1120 + i,
      attempts: 1,
      state: { phase: 'starting', leaseUntil: 1010 },
    };
    const authReqId = await ids.seal(`id ${i}`, `key ${i}`, record);
    const state = { phase: 'waiting', authReqId, intervalSeconds: 5, failures: 0 } as const;
    records.push({ ...record, state });
  }
  const open = (i = 0, changes: Partial<TransactionRecord> = {}) => {
    const record = records[i];
    if (!record) throw new Error('There is no such record');
    return ids.open(`key ${i}`, { ...record, ...changes });
  };
  return { clock, sealer, ids, open };
}

describe('AuthReqIds', () => {
  it('opens an id once for many polls, until it is told to forget it', async () => {
    const { ids, open, sealer } = await start();
    for (let attempts = 1; attempts < 5; attempts++) {
      await expect(open(0, { attempts })).resolves.toBe('id 0');
    }
    expect(sealer.opened).toBe(1);
    ids.forget('key 0');
    await expect(open()).resolves.toBe('id 0');
    expect(sealer.opened).toBe(2);
  });

  it('does not give an id to a record that has changed, though it knows the id', async () => {
    const { open } = await start();
    await open();
    await expect(open(0, { binding: 'other' })).resolves.toBeUndefined();
    await expect(open(0, { resource: ['x'] })).resolves.toBeUndefined();
    await expect(open()).resolves.toBe('id 0');
  });

  it('opens nothing of a record that holds no id', async () => {
    const { open } = await start();
    await open();
    await expect(open(0, { state: { phase: 'cancelled' } })).resolves.toBeUndefined();
  });

  it('lets go of the ids of transactions that are over when it opens others', async () => {
    const { clock, open, sealer } = await start(3);
    await open(0);
    clock.now = 1120;
    await open(1);
    await open(0);
    expect(sealer.opened).toBe(3);
    await open(1);
    expect(sealer.opened).toBe(3);
  });
});
