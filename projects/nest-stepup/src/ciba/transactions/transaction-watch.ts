import type { Subscriber } from 'rxjs';
import { CibaException } from '../ciba.exception.js';
import { askStore } from './store-outage.js';
import type { TransactionStore } from './transaction-store.js';
import type { Watch, WatchList } from './watch-list.js';

/** How often to look though nobody calls, in seconds: a wake-up may get lost. */
const FALLBACK_SECONDS = 10;

/** When to look again after the store did not answer, in seconds. */
const RETRY_SECONDS = 2;

const MOST_FAILURES = 15;

/** What one look at a transaction has to tell. */
export interface Look<T> {
  readonly value: T;
  /** Whether nothing will change any more. */
  readonly isOver: boolean;
  /** When to look again even if nobody writes, in seconds since the Unix epoch. */
  readonly changesAt: number;
}

/** What is looked at, and what with. */
export interface WatchOptions<T> {
  readonly key: string;
  readonly store: TransactionStore;
  readonly watches: WatchList;
  /** The current time, in seconds since the Unix epoch. */
  readonly now: () => number;
  readonly look: () => Promise<Look<T>>;
  /**
   * How often in a row the store may fail to answer.
   *
   * @default 15
   */
  readonly mostFailures?: number;
}

/** Tells one subscriber how a transaction stands, at once and whenever that changes. */
export class TransactionWatch<T> implements Watch {
  lookAt = Infinity;
  private unwatch: (() => void) | undefined;
  private isClosed = false;
  private looking: Promise<void> | undefined;
  private isLookedFor = false;
  private failures = 0;
  private told: string | undefined;

  constructor(
    private readonly subscriber: Subscriber<T>,
    private readonly options: WatchOptions<T>,
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
    const { key, store, now, look } = this.options;
    // First the watch, then the look: what is written in between is not missed.
    if (!this.unwatch) {
      const unwatch = await askStore(store.watch(key, () => void this.look()));
      if (this.isClosed) unwatch();
      this.unwatch = unwatch;
    }
    const found = await look();
    this.lookAt = Math.min(now() + FALLBACK_SECONDS, found.changesAt);
    this.tell(found);
  }

  private tell({ value, isOver }: Look<T>): void {
    const text = JSON.stringify(value);
    if (text !== this.told && !this.isClosed) this.subscriber.next(value);
    this.told = text;
    if (isOver) this.subscriber.complete();
  }

  private fail(error: unknown): void {
    this.failures++;
    this.lookAt = this.options.now() + RETRY_SECONDS;
    // It is not the transaction's fault that the store is down: only what it answers is final.
    const isAnswer = error instanceof CibaException && error.error !== 'temporarily_unavailable';
    const { mostFailures = MOST_FAILURES } = this.options;
    if (isAnswer || this.failures >= mostFailures) this.subscriber.error(error);
  }
}
