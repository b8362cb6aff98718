/** A record, and how often it was written: what a compare-and-set compares. */
export interface StoredRecord {
  readonly value: string;
  readonly revision: number;
}

/** When a record is over, and when it has to be looked at. In seconds since the Unix epoch. */
export interface RecordTimes {
  /** Current time, by the clock of the module. */
  readonly now: number;
  /** From then on the store knows nothing of the record. */
  readonly expiresAt: number;
  /** When {@link TransactionStore.claimDue} is to name it; absent: never. */
  readonly dueAt?: number | undefined;
}

/** What {@link TransactionStore.claimDue} is asked for. In seconds since the Unix epoch. */
export interface DueClaim {
  readonly now: number;
  /** When a claimed record is due again, should whoever claimed it not write it before. */
  readonly leaseUntil: number;
  /** The most keys to claim. */
  readonly limit: number;
}

/**
 * Where transactions are kept between two requests, for one process or for all instances of an API.
 *
 * It knows nothing of what it keeps: a record is a text under a key, with a revision. Every write is
 * a compare-and-set, in one round trip, so that of two instances one wins.
 *
 * Every method rejects with a `StoreUnreachableError`, soon, when the store cannot be reached.
 */
export abstract class TransactionStore {
  /** Whether other processes have the same records: secrets in them then need a key of all. */
  abstract readonly shared: boolean;

  /**
   * Keeps a new record, as revision 1.
   *
   * @returns Whether it did: `false` when the key is in use, or no record more is taken.
   */
  abstract create(key: string, value: string, times: RecordTimes): Promise<boolean>;

  /** Reads a record; `undefined` when there is none, or it has expired. */
  abstract read(key: string, now: number): Promise<StoredRecord | undefined>;

  /**
   * Writes a record if nobody else has written it since it was read, and wakes who watches it.
   *
   * @param revision The one that was read; the new one is one higher.
   * @returns Whether it did.
   */
  abstract replace(
    key: string,
    revision: number,
    value: string,
    times: RecordTimes,
  ): Promise<boolean>;

  /** Claims records that are due, each for one caller: all others see it due at `leaseUntil`. */
  abstract claimDue(claim: DueClaim): Promise<readonly string[]>;

  /**
   * Counts one more event under a key, within a window that begins with the first.
   *
   * @returns How many there are in the window, and when it ends, in seconds since the Unix epoch.
   */
  abstract count(key: string, windowSeconds: number, now: number): Promise<EventCount>;

  /**
   * Calls `wake` after each write of a record by any instance, and possibly without one.
   *
   * It resolves once the watch is in force: read the record after that, and no write is missed.
   *
   * @returns Ends the watch.
   */
  abstract watch(key: string, wake: () => void): Promise<() => void>;

  /** Lets go of timers and connections of its own. The client that an app passed stays open. */
  abstract close(): Promise<void>;
}

/** What {@link TransactionStore.count} counted. */
export interface EventCount {
  readonly count: number;
  /** When the window ends, in seconds since the Unix epoch. */
  readonly resetsAt: number;
}

/** The store does not answer: answered with 503. Its message holds nothing that was stored. */
export class StoreUnreachableError extends Error {
  override readonly name = 'StoreUnreachableError';
}
