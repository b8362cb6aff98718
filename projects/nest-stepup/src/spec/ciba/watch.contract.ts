import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TransactionStore } from 'nest-stepup/ciba';
import { WakeUps } from './wake-ups.js';

const NOW = 1_750_000_000;
const times = { now: NOW, expiresAt: NOW + 120 };

/** How every store wakes who watches its records. */
export function describeWatchContract(
  name: string,
  opened: () => readonly [TransactionStore, TransactionStore],
): void {
  let store: TransactionStore;
  let other: TransactionStore;
  beforeEach(() => {
    [store, other] = opened();
  });

  describe(`${name}.watch()`, () => {
    it('wakes for every write that follows, by whichever instance', async () => {
      await store.create('a', '0', times);
      for (let revision = 1; revision <= 20; revision += 1) {
        const by = revision % 2 ? other : store;
        const wakeUps = new WakeUps();
        const stop = await store.watch('a', wakeUps.wake);
        const woken = wakeUps.next();
        await by.replace('a', revision, `${revision}`, times);
        await woken;
        stop();
      }
    });

    it('wakes for a record that is made, and for one that is dropped', async () => {
      const wakeUps = new WakeUps();
      const stop = await store.watch('a', wakeUps.wake);
      let woken = wakeUps.next();
      await other.create('a', '', times);
      await woken;
      woken = wakeUps.next();
      await other.replace('a', 1, '', { now: NOW, expiresAt: NOW });
      await woken;
      stop();
    });

    it('wakes each watcher, until it stops, and for no other record', async () => {
      const [stopped, staying, elsewhere] = [new WakeUps(), new WakeUps(), new WakeUps()];
      await store.create('a', '', times);
      const stop = await store.watch('a', stopped.wake);
      const stops = [
        await store.watch('a', staying.wake),
        await store.watch('b', elsewhere.wake),
        stop,
      ];
      stop();
      const before = { stopped: stopped.count, elsewhere: elsewhere.count };
      const woken = staying.next();
      await other.replace('a', 1, '', times);
      await woken;
      expect({ stopped: stopped.count, elsewhere: elsewhere.count }).toStrictEqual(before);
      for (const again of stops) again();
    });

    it('wakes again who watches again right after having stopped', async () => {
      await store.create('a', '', times);
      const first = await store.watch('a', () => undefined);
      first();
      const wakeUps = new WakeUps();
      const stop = await store.watch('a', wakeUps.wake);
      first();
      const woken = wakeUps.next();
      await other.replace('a', 1, '', times);
      await woken;
      stop();
    });

    it('lets the same function watch twice', async () => {
      await store.create('a', '', times);
      const wakeUps = new WakeUps();
      const stops = [await store.watch('a', wakeUps.wake), await store.watch('a', wakeUps.wake)];
      stops[0]?.();
      const woken = wakeUps.next();
      await other.replace('a', 1, '', times);
      await woken;
      stops[1]?.();
    });
  });

  describe(`${name}.close()`, () => {
    it('ends its watches, and may be called again', async () => {
      const wakeUps = new WakeUps();
      await store.watch('a', wakeUps.wake);
      await store.close();
      await store.close();
      const before = wakeUps.count;
      const witness = new WakeUps();
      await other.create('a', '', times);
      const stop = await other.watch('a', witness.wake);
      const woken = witness.next();
      await other.replace('a', 1, '', times);
      await woken;
      stop();
      expect(wakeUps.count).toBe(before);
    });
  });
}
