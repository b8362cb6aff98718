import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TransactionStore } from 'nest-stepup/ciba';
import { describeWatchContract } from './watch.contract.js';

const NOW = 1_750_000_000;
const times = { now: NOW, expiresAt: NOW + 120 };
const at = (dueAt: number) => ({ ...times, dueAt });

/** A store that is held against the contract. */
export interface StoreUnderTest {
  readonly name: string;
  /** Opens the stores of two instances over the same, empty, place; the same one if it has but one. */
  open(): Promise<{
    readonly stores: readonly [TransactionStore, TransactionStore];
    close(): Promise<void>;
  }>;
}

const wins = (results: readonly boolean[]) => results.filter(Boolean).length;

/** What every store of transactions does, wherever it keeps them. */
export function describeTransactionStoreContract(subject: StoreUnderTest): void {
  let opened: Awaited<ReturnType<StoreUnderTest['open']>>;
  let store: TransactionStore;
  let other: TransactionStore;

  beforeEach(async () => {
    opened = await subject.open();
    [store, other] = opened.stores;
  });
  afterEach(() => opened.close());

  /** Does something many times at once, by both instances in turn. */
  const racing = <Result>(times_: number, act: (by: TransactionStore, index: number) => Result) =>
    Promise.all(
      Array.from({ length: times_ }, (_, index) => act(index % 2 ? other : store, index)),
    );

  describe(`${subject.name}.create()`, () => {
    it('keeps a record as revision 1, for all instances', async () => {
      expect(await store.create('a', 'value', times)).toBe(true);
      expect(await store.read('a', NOW)).toStrictEqual({ value: 'value', revision: 1 });
      expect(await other.read('a', NOW)).toStrictEqual({ value: 'value', revision: 1 });
    });

    it.each(['', '{"a":"b\\n\0"}', 'zażółć gęślą jaźń 🔑', 'x'.repeat(100_000)])(
      'keeps any text as it is',
      async (value) => {
        await store.create('a', value, times);
        expect(await other.read('a', NOW)).toStrictEqual({ value, revision: 1 });
      },
    );

    it('takes one of many that race for a key', async () => {
      const results = await racing(50, (by, index) => by.create('a', `${index}`, times));
      expect(wins(results)).toBe(1);
      expect(await store.read('a', NOW)).toStrictEqual({
        value: `${results.indexOf(true)}`,
        revision: 1,
      });
    });

    it('leaves a record alone that is there already', async () => {
      await store.create('a', 'first', times);
      expect(await other.create('a', 'second', at(NOW))).toBe(false);
      expect(await store.read('a', NOW)).toStrictEqual({ value: 'first', revision: 1 });
      expect(await store.claimDue({ now: NOW, leaseUntil: NOW + 30, limit: 10 })).toStrictEqual([]);
    });

    it('takes a key whose record has expired', async () => {
      await store.create('a', 'first', at(NOW + 1));
      const later = { now: NOW + 120, expiresAt: NOW + 240 };
      expect(await other.create('a', 'second', later)).toBe(true);
      expect(await store.read('a', NOW + 120)).toStrictEqual({ value: 'second', revision: 1 });
      const claim = { now: NOW + 120, leaseUntil: NOW + 150, limit: 10 };
      expect(await store.claimDue(claim)).toStrictEqual([]);
    });
  });

  describe(`${subject.name}.read()`, () => {
    it('knows a record up to its end, not a moment longer', async () => {
      await store.create('a', 'value', { now: NOW, expiresAt: NOW + 0.5 });
      expect(await store.read('a', NOW + 0.4)).toBeDefined();
      expect(await store.read('a', NOW + 0.5)).toBeUndefined();
    });

    it('knows no record that was never made, nor at a time that is none', async () => {
      await store.create('a', 'value', times);
      expect(await store.read('b', NOW)).toBeUndefined();
      expect(await store.read('a', NaN)).toBeUndefined();
    });
  });

  describe(`${subject.name}.replace()`, () => {
    it('writes over the revision that was read, and counts it up', async () => {
      await store.create('a', 'first', times);
      expect(await other.replace('a', 1, 'second', times)).toBe(true);
      expect(await store.read('a', NOW)).toStrictEqual({ value: 'second', revision: 2 });
      expect(await store.replace('a', 2, 'third', times)).toBe(true);
      expect(await other.read('a', NOW)).toStrictEqual({ value: 'third', revision: 3 });
    });

    it.each([0, 1, 3, -1, 1.5, NaN])(
      'loses with revision %p when it is 2 by now',
      async (stale) => {
        await store.create('a', 'first', times);
        await other.replace('a', 1, 'second', times);
        expect(await store.replace('a', stale, 'lost', at(NOW))).toBe(false);
        expect(await store.read('a', NOW)).toStrictEqual({ value: 'second', revision: 2 });
        expect(await store.claimDue({ now: NOW, leaseUntil: NOW + 30, limit: 10 })).toStrictEqual(
          [],
        );
      },
    );

    it('lets one of many win that race with the same revision', async () => {
      await store.create('a', 'first', times);
      for (const revision of [1, 2, 3]) {
        const results = await racing(50, (by, index) =>
          by.replace('a', revision, `${revision}-${index}`, times),
        );
        expect(wins(results)).toBe(1);
        expect(await store.read('a', NOW)).toStrictEqual({
          value: `${revision}-${results.indexOf(true)}`,
          revision: revision + 1,
        });
      }
    });

    it.each([0, 1])('brings no record back that is gone, with revision %p', async (revision) => {
      await store.create('a', 'value', times);
      const later = { now: NOW + 120, expiresAt: NOW + 240 };
      expect(await other.replace('a', revision, 'late', later)).toBe(false);
      expect(await other.replace('b', revision, 'late', times)).toBe(false);
      expect(await store.read('a', NOW + 120)).toBeUndefined();
      expect(await store.read('b', NOW)).toBeUndefined();
    });

    it('gives the record its new end', async () => {
      await store.create('a', 'first', times);
      await store.replace('a', 1, 'longer', { now: NOW, expiresAt: NOW + 300 });
      expect(await other.read('a', NOW + 299)).toBeDefined();
      await store.replace('a', 2, 'shorter', { now: NOW, expiresAt: NOW + 10 });
      expect(await other.read('a', NOW + 10)).toBeUndefined();
    });

    it('drops a record that it writes as over', async () => {
      await store.create('a', 'first', at(NOW));
      expect(await store.replace('a', 1, 'last', { ...at(NOW), expiresAt: NOW })).toBe(true);
      expect(await other.read('a', NOW)).toBeUndefined();
      expect(await store.claimDue({ now: NOW, leaseUntil: NOW + 30, limit: 10 })).toStrictEqual([]);
      expect(await other.create('a', 'again', times)).toBe(true);
    });
  });

  describe(`${subject.name}.claimDue()`, () => {
    const claim = { now: NOW + 10, leaseUntil: NOW + 40, limit: 100 };

    it('names what is due, the longest due first, and nothing else', async () => {
      await store.create('second', '', at(NOW + 5.25));
      await store.create('later', '', at(NOW + 10.5));
      await store.create('first', '', at(NOW + 2));
      await store.create('third', '', at(NOW + 10));
      await store.create('never', '', times);
      const claimed = await other.claimDue(claim);
      // Within one second the order does not matter.
      expect(claimed).toStrictEqual(['first', 'second', 'third']);
    });

    it('names each once, however many ask at once', async () => {
      const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`);
      await Promise.all(keys.map((key, index) => store.create(key, '', at(NOW + (index % 7)))));
      const claimed = await racing(20, (by) => by.claimDue({ ...claim, limit: 7 }));
      expect(claimed.every(({ length }) => length <= 7)).toBe(true);
      expect(claimed.flat()).toHaveLength(keys.length);
      expect(new Set(claimed.flat())).toStrictEqual(new Set(keys));
    });

    it('names it again when the lease is over and nobody has written it', async () => {
      await store.create('a', 'value', at(NOW));
      await store.claimDue(claim);
      expect(await other.claimDue({ ...claim, now: NOW + 39.9 })).toStrictEqual([]);
      const again = { ...claim, now: NOW + 40, leaseUntil: NOW + 70 };
      expect(await other.claimDue(again)).toStrictEqual(['a']);
      expect(await store.read('a', NOW + 40)).toStrictEqual({ value: 'value', revision: 1 });
    });

    it('goes by what was written last', async () => {
      await store.create('a', '', at(NOW));
      await store.create('b', '', at(NOW));
      await store.create('c', '', at(NOW + 60));
      await store.claimDue(claim);
      await store.replace('a', 1, '', at(NOW + 20));
      await store.replace('b', 1, '', times);
      await store.replace('c', 1, '', at(NOW + 15));
      expect(await other.claimDue({ ...claim, now: NOW + 20 })).toStrictEqual(['c', 'a']);
      expect(await other.claimDue({ ...claim, now: NOW + 100 })).toHaveLength(2);
    });

    it('passes over what has expired, and names as many as it may all the same', async () => {
      const shortly = { now: NOW, expiresAt: NOW + 5, dueAt: NOW + 1 };
      for (const key of ['x', 'y', 'z']) await store.create(key, '', shortly);
      for (const key of ['a', 'b']) await store.create(key, '', at(NOW + 2));
      const claimed = await other.claimDue({ ...claim, limit: 2 });
      expect(claimed).toHaveLength(2);
      expect(new Set(claimed)).toStrictEqual(new Set(['a', 'b']));
    });

    it('names nothing twice by a lease that is over already', async () => {
      await store.create('a', '', at(NOW));
      await store.create('b', '', at(NOW + 1));
      const claimed = await store.claimDue({ ...claim, leaseUntil: NOW + 9 });
      expect(claimed).toStrictEqual(['a', 'b']);
    });
  });

  describe(`${subject.name}.count()`, () => {
    it('counts within a window that begins with the first', async () => {
      const resetsAt = NOW + 0.25 + 60;
      expect(await store.count('k', 60, NOW + 0.25)).toStrictEqual({ count: 1, resetsAt });
      expect(await other.count('k', 60, NOW + 30)).toStrictEqual({ count: 2, resetsAt });
      expect(await store.count('k', 60, NOW + 60)).toStrictEqual({ count: 3, resetsAt });
      expect(await other.count('k', 60, resetsAt)).toStrictEqual({
        count: 1,
        resetsAt: resetsAt + 60,
      });
    });

    it('misses none of many at once', async () => {
      const counts = await racing(50, (by) => by.count('k', 60, NOW));
      const all = Array.from({ length: 50 }, (_, index) => index + 1);
      expect(new Set(counts.map(({ count }) => count))).toStrictEqual(new Set(all));
    });

    it('keeps keys apart, and apart from records', async () => {
      await store.create('k', 'value', times);
      await store.count('k', 60, NOW);
      expect(await store.count('j', 60, NOW)).toMatchObject({ count: 1 });
      expect(await store.read('k', NOW)).toStrictEqual({ value: 'value', revision: 1 });
      expect(await store.read('j', NOW)).toBeUndefined();
    });
  });

  describeWatchContract(subject.name, () => opened.stores);
}
