import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryTransactionStore } from 'nest-stepup/ciba';
import { recordLog } from '../../spec/contract-harness.js';
import { describeTransactionStoreContract } from '../../spec/ciba/transaction-store.contract.js';

const NOW = 1_750_000_000;
const times = { now: NOW, expiresAt: NOW + 120 };

describeTransactionStoreContract({
  name: 'MemoryTransactionStore',
  open: () => {
    const store = new MemoryTransactionStore();
    return Promise.resolve({ stores: [store, store], close: () => store.close() });
  },
});

describe('MemoryTransactionStore', () => {
  it('says that no other process has its records', () => {
    expect(new MemoryTransactionStore().shared).toBe(false);
  });

  it('takes no record more than it may keep, and makes room when some expire', async () => {
    const store = new MemoryTransactionStore({ maxRecords: 2 });
    await store.create('a', '', { now: NOW, expiresAt: NOW + 10 });
    await store.create('b', '', times);
    expect(await store.create('c', '', times)).toBe(false);
    expect(await store.read('c', NOW)).toBeUndefined();
    expect(await store.replace('b', 1, 'still written', times)).toBe(true);
    expect(await store.create('c', '', { ...times, now: NOW + 9.9 })).toBe(false);
    expect(await store.create('c', '', { ...times, now: NOW + 10 })).toBe(true);
    expect(await store.create('d', '', { ...times, now: NOW + 10 })).toBe(false);
  });

  it('makes room when a record expires within the second that it was last used in', async () => {
    const store = new MemoryTransactionStore({ maxRecords: 1 });
    await store.create('a', '', { now: NOW, expiresAt: NOW + 0.5 });
    expect(await store.create('b', '', { ...times, now: NOW + 0.4 })).toBe(false);
    expect(await store.create('b', '', { ...times, now: NOW + 0.6 })).toBe(true);
  });

  it('forgets the count that began first when there are too many', async () => {
    const store = new MemoryTransactionStore({ maxRecords: 2 });
    for (const key of ['a', 'b', 'b', 'c']) await store.count(key, 60, NOW);
    expect(await store.count('b', 60, NOW)).toMatchObject({ count: 3 });
    expect(await store.count('a', 60, NOW)).toMatchObject({ count: 1 });
  });

  it.each([0, -1, 1.5, NaN, Infinity])('refuses to keep at most %p records', (maxRecords) => {
    expect(() => new MemoryTransactionStore({ maxRecords })).toThrow(RangeError);
  });

  it('claims 2,000 of 10,000 records without a look at the rest', async () => {
    const store = new MemoryTransactionStore();
    for (let index = 0; index < 10_000; index += 1) {
      const dueAt = NOW + (index % 5);
      await store.create(`t:${index}`, '', { now: NOW, expiresAt: NOW + 600, dueAt });
    }
    let milliseconds = Infinity;
    for (let second = 0; second < 10; second += 1) {
      const now = NOW + second;
      const start = performance.now();
      const claimed = await store.claimDue({ now, leaseUntil: now + 30, limit: 10_000 });
      milliseconds = Math.min(milliseconds, performance.now() - start);
      expect(claimed).toHaveLength(2000);
      const next = { now, expiresAt: NOW + 600, dueAt: now + 5 };
      const revision = second < 5 ? 1 : 2;
      const written = claimed.map((key) => store.replace(key, revision, '', next));
      expect((await Promise.all(written)).every(Boolean)).toBe(true);
    }
    expect(milliseconds).toBeLessThan(20);
  });
});

describe('MemoryTransactionStore in production', () => {
  const environment = process.env['NODE_ENV'];
  beforeEach(() => {
    process.env['NODE_ENV'] = 'production';
  });
  afterEach(() => {
    process.env['NODE_ENV'] = environment;
  });

  it('says once, when it is first used, that a restart or a second instance loses records', async () => {
    const log = recordLog();
    const store = new MemoryTransactionStore();
    expect(log).toStrictEqual([]);
    await store.claimDue({ now: NOW, leaseUntil: NOW + 30, limit: 10 });
    await store.create('a', '', times);
    expect(log).toHaveLength(1);
    expect(log[0]?.text).toContain('nest-stepup/redis');
  });

  it('says nothing elsewhere', async () => {
    process.env['NODE_ENV'] = 'development';
    const log = recordLog();
    await new MemoryTransactionStore().create('a', '', times);
    expect(log).toStrictEqual([]);
  });
});
