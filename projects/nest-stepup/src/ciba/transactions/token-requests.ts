import { Inject, Injectable } from '@nestjs/common';
import { finalize, fromEvent, lastValueFrom, NEVER, Observable, share, takeUntil } from 'rxjs';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import type { TransactionRecord } from './transaction-record.js';
import { TransactionRecords, type StoredTransaction } from './transaction-records.js';
import { isOver } from './transaction-state.js';
import { TransactionStore } from './transaction-store.js';
import { TransactionWatch, type Look } from './transaction-watch.js';
import { TransactionWorker } from './transaction-worker.js';
import { WatchList } from './watch-list.js';

/** How long anybody waits for the answer to a token request, in seconds. */
const MOST_SECONDS = 10;

/** How much longer than the interval it may be until the next token request, in seconds. */
const LATENESS_SECONDS = 1;

/**
 * The token requests of this process as those see them who ask for tokens: the answer that counts
 * for them is one that was asked for after they came.
 *
 * All who wait for the same answer wait by one watch.
 */
@Injectable()
export class TokenRequests {
  private readonly awaited = new Map<string, Observable<undefined>>();

  constructor(
    @Inject(CIBA_SETTINGS) private readonly settings: Pick<CibaSettings, 'now'>,
    private readonly store: TransactionStore,
    private readonly records: TransactionRecords,
    private readonly worker: TransactionWorker,
    private readonly watches: WatchList,
  ) {}

  /**
   * Has the first token request sent, and waits for the answer to the next one, if that is soon.
   *
   * @param signal Ends the waiting.
   * @throws {CibaException} `temporarily_unavailable` when the store cannot be reached.
   */
  async settle(key: string, stored: StoredTransaction, signal?: AbortSignal): Promise<void> {
    const { attempts } = stored.record;
    const record = await this.askFirst(key, stored);
    if (signal?.aborted || !this.isAnswerNear(record, attempts)) return;
    const gone = signal ? fromEvent(signal, 'abort') : NEVER;
    const answer = this.answerAfter(key, attempts).pipe(takeUntil(gone));
    await lastValueFrom(answer, { defaultValue: undefined });
  }

  private async askFirst(key: string, stored: StoredTransaction): Promise<TransactionRecord> {
    const { record } = stored;
    if (record.state.phase !== 'waiting' || record.attempts > 0) return record;
    const now = this.settings.now();
    const change = await this.records.update(key, () => ({ type: 'asked', now }), stored);
    // Also when it was due before: whoever is to send it may not have seen it yet.
    this.worker.hurry(key);
    // Where somebody else was faster, they have asked.
    return (change ?? (await this.records.read(key)))?.record ?? record;
  }

  private answerAfter(key: string, attempts: number): Observable<undefined> {
    const name = `${key} ${attempts}`;
    const known = this.awaited.get(name);
    if (known) return known;
    const { store, watches } = this;
    const { now } = this.settings;
    const until = now() + MOST_SECONDS;
    const look = async (): Promise<Look<undefined>> => {
      const record = now() < until ? (await this.records.read(key))?.record : undefined;
      const isNear = record !== undefined && this.isAnswerNear(record, attempts);
      return { value: undefined, isOver: !isNear, changesAt: until };
    };
    const answer = new Observable<undefined>((subscriber) => {
      // Who waits gets an answer soon in any case: the store is asked once.
      const options = { key, store, watches, now, look, mostFailures: 1 };
      const watch = new TransactionWatch(subscriber, options);
      return () => watch.stop();
    }).pipe(
      finalize(() => this.awaited.delete(name)),
      share(),
    );
    this.awaited.set(name, answer);
    return answer;
  }

  /** Whether there will soon be an answer to a token request that is not sent yet, or not answered. */
  private isAnswerNear(record: TransactionRecord, attempts: number): boolean {
    const { state } = record;
    const now = this.settings.now();
    if (isOver(record, now)) return false;
    if (state.phase === 'redeeming') return true;
    if (state.phase !== 'waiting' || record.attempts > attempts) return false;
    const { dueAt = Infinity, fallbackSeconds, intervalSeconds } = state;
    // Until a ping has come, the next request but the first is one for the case that it got lost.
    const near = fallbackSeconds === undefined ? intervalSeconds + LATENESS_SECONDS : 0;
    return dueAt - now <= Math.min(near, MOST_SECONDS);
  }
}
