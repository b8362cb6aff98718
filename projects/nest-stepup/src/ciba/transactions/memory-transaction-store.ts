import { Logger } from '@nestjs/common';
import { TimeBuckets } from './time-buckets.js';
import {
  TransactionStore,
  type DueClaim,
  type EventCount,
  type RecordTimes,
  type StoredRecord,
} from './transaction-store.js';

/** Options of {@link MemoryTransactionStore}. */
export interface MemoryTransactionStoreOptions {
  /**
   * The most records it keeps. When so many are open, no new one is taken.
   *
   * @default 100_000
   */
  readonly maxRecords?: number | undefined;
}

interface MemoryRecord {
  value: string;
  revision: number;
  expiresAt: number;
  dueAt: number | undefined;
}

const DEFAULT_MAX_RECORDS = 100_000;

/**
 * Keeps transactions in this process: the store of an API that runs as one instance.
 *
 * What it holds is gone after a restart, and unknown to every other instance; in production it says
 * so once in the log. It has no timer: what has expired leaves when the store is next used.
 */
export class MemoryTransactionStore extends TransactionStore {
  override readonly shared = false;
  private readonly maxRecords: number;
  private readonly records = new Map<string, MemoryRecord>();
  private readonly counts = new Map<string, EventCount>();
  private readonly due = new TimeBuckets();
  private readonly recordEnds = new TimeBuckets();
  private readonly countEnds = new TimeBuckets();
  private readonly watchers = new Map<string, Set<{ readonly wake: () => void }>>();
  private sweptAt = -Infinity;
  private warned = false;

  /** @throws {RangeError} When `maxRecords` is not a positive integer. */
  constructor({ maxRecords = DEFAULT_MAX_RECORDS }: MemoryTransactionStoreOptions = {}) {
    super();
    if (!Number.isSafeInteger(maxRecords) || maxRecords < 1) {
      throw new RangeError(
        "Cannot make a store of transactions as 'maxRecords' must be a positive integer: " +
          `current value is ${String(maxRecords)}`,
      );
    }
    this.maxRecords = maxRecords;
  }

  override create(key: string, value: string, times: RecordTimes): Promise<boolean> {
    this.tidy(times.now);
    if (this.find(key, times.now)) return Promise.resolve(false);
    this.forget(key);
    if (this.records.size >= this.maxRecords) this.sweep(times.now);
    if (this.records.size >= this.maxRecords) return Promise.resolve(false);
    this.keep(key, { value, revision: 1, expiresAt: times.expiresAt, dueAt: times.dueAt }, times);
    return Promise.resolve(true);
  }

  override read(key: string, now: number): Promise<StoredRecord | undefined> {
    const record = this.find(key, now);
    return Promise.resolve(record && { value: record.value, revision: record.revision });
  }

  override replace(
    key: string,
    revision: number,
    value: string,
    times: RecordTimes,
  ): Promise<boolean> {
    this.tidy(times.now);
    const record = this.find(key, times.now);
    if (record?.revision !== revision) return Promise.resolve(false);
    this.forget(key);
    const { expiresAt, dueAt } = times;
    this.keep(key, { value, revision: revision + 1, expiresAt, dueAt }, times);
    return Promise.resolve(true);
  }

  override claimDue({ now, leaseUntil, limit }: DueClaim): Promise<readonly string[]> {
    this.tidy(now);
    const claimed: string[] = [];
    for (const key of this.due.until(now)) {
      if (claimed.length >= limit) break;
      const record = this.find(key, now);
      if (record?.dueAt !== undefined && record.dueAt <= now) claimed.push(key);
    }
    // Afterwards, as a lease that falls into a second being gone through would be claimed again.
    for (const key of claimed) this.postpone(key, leaseUntil);
    return Promise.resolve(claimed);
  }

  override count(key: string, windowSeconds: number, now: number): Promise<EventCount> {
    this.tidy(now);
    const known = this.counts.get(key);
    if (known && now < known.resetsAt) {
      const counted = { count: known.count + 1, resetsAt: known.resetsAt };
      this.counts.set(key, counted);
      return Promise.resolve(counted);
    }
    this.forgetCount(key);
    if (this.counts.size >= this.maxRecords) this.forgetOldestCount();
    const counted = { count: 1, resetsAt: now + windowSeconds };
    this.counts.set(key, counted);
    this.countEnds.add(key, counted.resetsAt);
    return Promise.resolve(counted);
  }

  override watch(key: string, wake: () => void): Promise<() => void> {
    const watcher = { wake };
    const watchers = this.watchers.get(key) ?? new Set();
    this.watchers.set(key, watchers.add(watcher));
    return Promise.resolve(() => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.watchers.get(key) === watchers) this.watchers.delete(key);
    });
  }

  override close(): Promise<void> {
    for (const map of [this.records, this.counts, this.watchers]) map.clear();
    for (const buckets of [this.due, this.recordEnds, this.countEnds]) buckets.clear();
    return Promise.resolve();
  }

  private find(key: string, now: number): MemoryRecord | undefined {
    const record = this.records.get(key);
    return record && now < record.expiresAt ? record : undefined;
  }

  private keep(key: string, record: MemoryRecord, { now }: RecordTimes): void {
    // A record that is written as over by now is as good as deleted.
    if (now < record.expiresAt) {
      this.records.set(key, record);
      this.recordEnds.add(key, record.expiresAt);
      if (record.dueAt !== undefined) this.due.add(key, record.dueAt);
    }
    for (const { wake } of this.watchers.get(key) ?? []) queueMicrotask(wake);
  }

  private postpone(key: string, dueAt: number): void {
    const record = this.records.get(key);
    if (record?.dueAt === undefined) return;
    this.due.remove(key, record.dueAt);
    record.dueAt = dueAt;
    this.due.add(key, dueAt);
  }

  private forget(key: string): void {
    const record = this.records.get(key);
    if (!record) return;
    this.records.delete(key);
    this.recordEnds.remove(key, record.expiresAt);
    if (record.dueAt !== undefined) this.due.remove(key, record.dueAt);
  }

  private forgetCount(key: string): void {
    const known = this.counts.get(key);
    if (!known) return;
    this.counts.delete(key);
    this.countEnds.remove(key, known.resetsAt);
  }

  /** The one that began first: who fills the store up gains nothing that waiting would not bring. */
  private forgetOldestCount(): void {
    const [oldest = ''] = this.counts.keys();
    this.forgetCount(oldest);
  }

  /** Lets go of what has expired, at most once for each second of the clock. */
  private tidy(now: number): void {
    this.warnInProduction();
    // Both ways, as a clock that was put back must not keep what has expired for longer.
    if (Math.floor(now) === this.sweptAt) return;
    this.sweptAt = Math.floor(now);
    this.sweep(now);
  }

  private sweep(now: number): void {
    for (const key of this.recordEnds.until(now)) if (!this.find(key, now)) this.forget(key);
    for (const key of this.countEnds.until(now)) {
      if (!(now < (this.counts.get(key)?.resetsAt ?? 0))) this.forgetCount(key);
    }
  }

  /** At the first use, not in the constructor: by then the app's own logger is in place. */
  private warnInProduction(): void {
    if (this.warned) return;
    this.warned = true;
    if (process.env['NODE_ENV'] !== 'production') return;
    new Logger('StepUp').warn(
      'Transactions are kept in this process only: a restart loses them, and a second instance ' +
        "does not know them. Set 'store' to one that is shared, such as redisTransactionStore() " +
        'of nest-stepup/redis (this is told once)',
    );
  }
}
