import { Inject, Injectable } from '@nestjs/common';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import type { RecordEvent } from './record-event.js';
import { askStore, unavailable } from './store-outage.js';
import { TransactionAudit } from './transaction-audit.js';
import { readRecord, serializeRecord, type TransactionRecord } from './transaction-record.js';
import { advanceRecord, dueAt } from './transaction-state.js';
import { TransactionStore, type RecordTimes } from './transaction-store.js';

/** How long an ended transaction is remembered: a latecomer is told how it ended, in seconds. */
const MEMORY_SECONDS = 60;

/** More writers at once than there can be of one transaction. */
const MOST_WRITERS = 16;

/** A transaction, and how often it was written. */
export interface StoredTransaction {
  readonly record: TransactionRecord;
  readonly revision: number;
}

/** A write that came about: from what, to what. */
export interface RecordChange extends StoredTransaction {
  readonly before: TransactionRecord;
}

/** The transactions in the store. Every change is one event, applied once, whoever else writes. */
@Injectable()
export class TransactionRecords {
  constructor(
    @Inject(CIBA_SETTINGS)
    private readonly settings: Pick<CibaSettings, 'now' | 'handOverSeconds'>,
    private readonly store: TransactionStore,
    private readonly audit: TransactionAudit,
  ) {}

  /** @returns Whether the store took it. */
  create(key: string, record: TransactionRecord): Promise<boolean> {
    return askStore(this.store.create(key, serializeRecord(record), this.timesOf(record)));
  }

  /** Reads a transaction; `undefined` when there is none. */
  async read(key: string): Promise<StoredTransaction | undefined> {
    const stored = await askStore(this.store.read(key, this.settings.now()));
    return stored && { record: readRecord(stored.value), revision: stored.revision };
  }

  /**
   * Applies an event to a transaction.
   *
   * @param decide Says which event, from the record as it is; it is asked again when somebody else
   *   has written in between. What it throws is thrown.
   * @param known The transaction as the caller has just written it: spares reading it.
   * @returns `undefined` when nothing was written: there is no such transaction, or no such event,
   *   or it changes nothing.
   */
  async update(
    key: string,
    decide: (record: TransactionRecord) => RecordEvent | undefined,
    known?: StoredTransaction,
  ): Promise<RecordChange | undefined> {
    let stored = known ?? (await this.read(key));
    for (let writers = 0; writers < MOST_WRITERS; writers++) {
      if (!stored) return undefined;
      const { record: before, revision } = stored;
      const event = decide(before);
      const record = event ? advanceRecord(before, event) : before;
      if (record === before) return undefined;
      if (await this.replace(key, revision, record)) {
        if (record.state.phase !== before.state.phase) this.audit.reached(key, record);
        return { before, record, revision: revision + 1 };
      }
      stored = await this.read(key);
    }
    throw unavailable();
  }

  private replace(key: string, revision: number, record: TransactionRecord): Promise<boolean> {
    const text = serializeRecord(record);
    return askStore(this.store.replace(key, revision, text, this.timesOf(record)));
  }

  private timesOf(record: TransactionRecord): RecordTimes {
    const { state, expiresAt } = record;
    const fetchedBy =
      state.phase === 'ready' ? state.readyUntil : expiresAt + this.settings.handOverSeconds;
    return {
      now: this.settings.now(),
      expiresAt: fetchedBy + MEMORY_SECONDS,
      dueAt: dueAt(record),
    };
  }
}
