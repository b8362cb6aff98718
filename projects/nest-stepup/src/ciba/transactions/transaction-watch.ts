import type { Subscriber } from 'rxjs';
import { CibaException } from '../ciba.exception.js';
import type { TransactionView } from './transaction-request.js';
import type { TransactionStore } from './transaction-store.js';
import type { Watch, WatchList } from './watch-list.js';

/** How often to look though nobody calls, in seconds: a wake-up may get lost. */
const FALLBACK_SECONDS = 10;

/** When to look again after the store did not answer, in seconds. */
const RETRY_SECONDS = 2;

/** How often in a row the store may fail to answer. */
const MOST_FAILURES = 15;

/** What is looked at, and what with. */
export interface WatchOptions {
  readonly key: string;
  readonly store: TransactionStore;
  readonly watches: WatchList;
  /** The current time, in seconds since the Unix epoch. */
  readonly now: () => number;
  /** Reads the transaction, and when it ends if nothing happens. */
  readonly read: () => Promise<{ readonly view: TransactionView; readonly overAt: number }>;
}

/** Tells one subscriber how a transaction stands, at once and whenever that changes. */
export class TransactionWatch implements Watch {
  lookAt = Infinity;
  private unwatch: (() => void) | undefined;
  private isClosed = false;
  private looking: Promise<void> | undefined;
  private isLookedFor = false;
  private failures = 0;
  private told: string | undefined;

  constructor(
    private readonly subscriber: Subscriber<TransactionView>,
    private readonly options: WatchOptions,
  ) {
    this.options.watches.add(this);
    void this.look();
  }

  /** Looks now, or once more after the look that is going on. It does not reject. */
  look(): Promise<void> {
    this.isLookedFor = true;
    this.looking ??= this.lookWhileAsked().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  /** Ends the watch in the store and on the list. */
  stop(): void {
    this.isClosed = true;
    this.options.watches.delete(this);
    this.unwatch?.();
  }

  close(): void {
    this.subscriber.complete();
  }

  private async lookWhileAsked(): Promise<void> {
    while (this.isLookedFor && !this.isClosed) {
      this.isLookedFor = false;
      try {
        await this.lookOnce();
        this.failures = 0;
      } catch (error) {
        this.fail(error);
      }
    }
  }

  private async lookOnce(): Promise<void> {
    const { key, store, now, read } = this.options;
    // First the watch, then the look: what is written in between is not missed.
    if (!this.unwatch) {
      const unwatch = await store.watch(key, () => void this.look());
      if (this.isClosed) unwatch();
      this.unwatch = unwatch;
    }
    const { view, overAt } = await read();
    this.lookAt = Math.min(now() + FALLBACK_SECONDS, overAt);
    this.tell(view);
  }

  private tell(view: TransactionView): void {
    const text = JSON.stringify(view);
    if (text !== this.told && !this.isClosed) this.subscriber.next(view);
    this.told = text;
    if (view.status !== 'pending') this.subscriber.complete();
  }

  private fail(error: unknown): void {
    this.failures++;
    this.lookAt = this.options.now() + RETRY_SECONDS;
    // It is not the transaction's fault that the store is down: only what it answers is final.
    const isAnswer = error instanceof CibaException && error.error !== 'temporarily_unavailable';
    if (isAnswer || this.failures >= MOST_FAILURES) this.subscriber.error(error);
  }
}
