import { Inject, Injectable } from '@nestjs/common';
import { Observable } from 'rxjs';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import { Sealer } from '../transactions/sealer.js';
import { askStore, unavailable } from '../transactions/store-outage.js';
import { digestOf } from '../transactions/transaction-key.js';
import { TransactionStore } from '../transactions/transaction-store.js';
import { readQrSession, serializeQrSession, type QrSessionRecord } from './qr-session-record.js';

/** A QR session, and how often it was written. */
export interface StoredQrSession {
  readonly record: QrSessionRecord;
  readonly revision: number;
}

/** What one look at a session has to tell. */
export interface Look<T> {
  readonly value: T;
  /** Whether nothing will change any more. */
  readonly isOver: boolean;
  /** When to look again even if nobody writes, in seconds since the Unix epoch. */
  readonly changesAt: number;
}

/** How often to look though nobody calls, in seconds: a wake-up may get lost. */
const FALLBACK_SECONDS = 10;

/** More writers at once than there can be of one session. */
const MOST_WRITERS = 64;

/** The QR sessions in the store: under a digest of their id, which itself is nowhere in it. */
@Injectable()
export class QrSessionRecords {
  constructor(
    @Inject(CIBA_SETTINGS)
    private readonly settings: Pick<
      CibaSettings,
      'now' | 'timeoutSeconds' | 'requestedExpirySeconds' | 'handOverSeconds'
    >,
    private readonly store: TransactionStore,
    private readonly sealer: Sealer,
  ) {}

  /** @throws {CibaException} `temporarily_unavailable` when the store takes no more. */
  async create(sessionId: string, record: QrSessionRecord): Promise<void> {
    const seal = await this.sealer.seal('made here', sealContextOf(sessionId, record));
    const text = serializeQrSession({ ...record, seal });
    const isKept = await askStore(this.store.create(keyOf(sessionId), text, this.timesOf(record)));
    if (!isKept) throw unavailable();
  }

  /** Reads a session; `undefined` when there is none. */
  async read(sessionId: string): Promise<StoredQrSession | undefined> {
    const stored = await askStore(this.store.read(keyOf(sessionId), this.settings.now()));
    const record = stored && readQrSession(stored.value);
    return record && { record, revision: stored.revision };
  }

  /**
   * Changes a session, whoever else does at the same time.
   *
   * @param change Is asked again when somebody else has written in between; `undefined`: leave it.
   * @returns The session as it is now; `undefined` when there is none.
   */
  async update(
    sessionId: string,
    change: (record: QrSessionRecord) => QrSessionRecord | undefined,
  ): Promise<QrSessionRecord | undefined> {
    for (let writers = 0; writers < MOST_WRITERS; writers++) {
      const stored = await this.read(sessionId);
      if (!stored) return undefined;
      const changed = change(stored.record);
      if (!changed) return stored.record;
      const text = serializeQrSession(changed);
      const key = keyOf(sessionId);
      const times = this.timesOf(changed);
      if (await askStore(this.store.replace(key, stored.revision, text, times))) return changed;
    }
    throw unavailable();
  }

  /** Whether a session is still the one that was made: of the same browser, and as long. */
  async isGenuine(sessionId: string, record: QrSessionRecord): Promise<boolean> {
    const { seal = '' } = record;
    return (await this.sealer.open(seal, sealContextOf(sessionId, record))) !== undefined;
  }

  /**
   * Notes which transaction came of a session, unless that was given up meanwhile.
   *
   * Its id is sealed: with a session that is bound to no browser, it opens the tokens.
   *
   * @param claimed The session that the transaction was started for.
   */
  async attach(
    sessionId: string,
    claimed: QrSessionRecord,
    transactionId: string,
  ): Promise<QrSessionRecord> {
    const context = transactionContextOf(sessionId, claimed);
    const transaction = await this.sealer.seal(transactionId, context);
    const record = await this.update(sessionId, (before) =>
      before.status === 'cancelled' ? undefined : { ...before, transaction },
    );
    if (!record) throw unavailable();
    return record;
  }

  /** Which transaction came of a session, if one did. */
  async transactionOf(sessionId: string, record: QrSessionRecord): Promise<string | undefined> {
    if (record.transaction === undefined) return undefined;
    const context = transactionContextOf(sessionId, record);
    const opened = await this.sealer.open(record.transaction, context);
    return typeof opened === 'string' ? opened : undefined;
  }

  /** A name for a session, in audit events, that opens nothing. */
  referenceOf(sessionId: string): string {
    return digestOf(sessionId);
  }

  /** Looks at a session after each write of it, when its time is over, and now and then. */
  watch<T>(sessionId: string, look: () => Promise<Look<T>>): Observable<T> {
    return new Observable((subscriber) => {
      let timer: NodeJS.Timeout | undefined;
      // One look at a time, in order: the last one sees the last write.
      let looks = Promise.resolve();
      const lookOnce = async () => {
        if (subscriber.closed) return;
        const { value, isOver, changesAt } = await look();
        clearTimeout(timer);
        subscriber.next(value);
        if (isOver) return subscriber.complete();
        if (subscriber.closed) return;
        const seconds = Math.max(changesAt - this.settings.now(), 0.05);
        timer = setTimeout(wake, Math.min(seconds, FALLBACK_SECONDS) * 1000).unref();
      };
      const wake = () => {
        looks = looks.then(lookOnce).catch((error: unknown) => subscriber.error(error));
      };
      // In force before the first look: no write is missed.
      const watching = askStore(this.store.watch(keyOf(sessionId), wake));
      watching.then(wake, (error: unknown) => subscriber.error(error));
      return () => {
        clearTimeout(timer);
        watching.then(
          (stop) => stop(),
          () => undefined, // It was told to the subscriber.
        );
      };
    });
  }

  private timesOf({ expiresAt }: QrSessionRecord) {
    const { now, timeoutSeconds, requestedExpirySeconds, handOverSeconds } = this.settings;
    // The browser finds its transaction by it for as long as there is one.
    const afterwards = 2 * timeoutSeconds + requestedExpirySeconds + handOverSeconds;
    return { now: now(), expiresAt: expiresAt + afterwards };
  }
}

function keyOf(sessionId: string): string {
  return `q:${digestOf(sessionId)}`;
}

function sealContextOf(sessionId: string, record: QrSessionRecord): string {
  return `QR session ${digestOfSession(sessionId, record)}`;
}

function transactionContextOf(sessionId: string, record: QrSessionRecord): string {
  return `transaction of QR session ${digestOfSession(sessionId, record)}`;
}

/** Over what never changes in a session, by position: no two sessions have the same text. */
function digestOfSession(sessionId: string, record: QrSessionRecord): string {
  const { binding, createdAt, expiresAt, ipAddress, userAgent } = record;
  const texts = [binding ?? null, ipAddress ?? null, userAgent ?? null];
  return digestOf(JSON.stringify([sessionId, createdAt, expiresAt, ...texts]));
}
