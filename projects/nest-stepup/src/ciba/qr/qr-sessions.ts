import { Inject, Injectable } from '@nestjs/common';
import { distinctUntilChanged, type Observable } from 'rxjs';
import { CibaException } from '../ciba.exception.js';
import type { QrDevice } from '../ciba.options.js';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import { addressKey } from '../transactions/limit-key.js';
import { RateLimiter } from '../transactions/rate-limiter.js';
import { TransactionAudit } from '../transactions/transaction-audit.js';
import { isSame, randomSecret } from '../transactions/transaction-key.js';
import type { StartedTransaction } from '../transactions/transaction-request.js';
import { Transactions } from '../transactions/transactions.js';
import { QrAdmission } from './qr-admission.js';
import { QrSessionRecords, type StoredQrSession } from './qr-session-records.js';
import type { QrSessionRecord, QrSessionStatus } from './qr-session-record.js';
import {
  claim,
  encounter,
  endsAt,
  isStarting,
  isUnfinished,
  notAdmitted,
  refuse,
  statusOf,
} from './qr-session-state.js';

/** A QR session that was just made. */
export interface NewQrSession {
  readonly sessionId: string;
  /** Where the phone that scanned it posts to. */
  readonly cbUrl: string;
  /** The text of the QR code. */
  readonly qr: string;
  /** When it can be scanned no more, in seconds since the Unix epoch. */
  readonly expiresAt: number;
}

/** A QR session, as the browser that shows it may see it. */
export interface QrSession {
  readonly sessionId: string;
  readonly cbUrl: string;
  readonly status: QrSessionStatus;
  /** In seconds since the Unix epoch. */
  readonly expiresAt: number;
  /** Our own id of the transaction that a phone started from it. */
  readonly authRequestId?: string;
}

/** A QR session, as whoever scanned it may see it: what to show before claiming it. */
export interface ScannedQrSession {
  readonly sessionId: string;
  readonly cbUrl: string;
  readonly status: 'open';
  readonly expiresAt: number;
  /** The browser that shows the code. */
  readonly requestedBy: {
    readonly ipAddress?: string;
    readonly userAgent?: string;
    /** In seconds since the Unix epoch. */
    readonly at: number;
  };
}

/** Whose QR session it is to be. */
export interface QrSessionOwner {
  readonly userAgent?: string;
  /** What `BrowserBinding.establish()` returned for the browser. */
  readonly binding?: string;
}

/** Sign-in by QR code: sessions that one browser shows and one phone claims. */
@Injectable()
export class QrSessions {
  constructor(
    @Inject(CIBA_SETTINGS) private readonly settings: CibaSettings,
    private readonly records: QrSessionRecords,
    private readonly admission: QrAdmission,
    private readonly transactions: Transactions,
    private readonly limiter: RateLimiter,
    private readonly audit: TransactionAudit,
  ) {}

  /**
   * Makes a session for a browser to show.
   *
   * @param ipAddress Of the browser: shown on the phone.
   * @throws {TypeError} Without a binding, unless `compatibility.unboundTransactions` is on.
   * @throws {CibaException} `too_many_requests`, or `temporarily_unavailable`.
   */
  async makeQrAuthSession(ipAddress: string, owner: QrSessionOwner = {}): Promise<NewQrSession> {
    const { binding, userAgent } = owner;
    const { qr, limits, compatibility, now } = this.settings;
    if (binding === undefined && !compatibility.unboundTransactions) {
      throw new TypeError(
        "Cannot make a QR session as 'binding' is missing: pass what BrowserBinding.establish() " +
          'returns for the browser that is to show it',
      );
    }
    const about = { remoteAddress: ipAddress };
    await this.limiter.check('qr', addressKey(ipAddress), limits.perAddress, about);

    const sessionId = randomSecret();
    const expiresAt = now() + qr.expiresInSeconds;
    const record: QrSessionRecord = {
      status: 'open',
      createdAt: now(),
      expiresAt,
      ipAddress,
      ...(binding !== undefined && { binding }),
      ...(userAgent !== undefined && { userAgent }),
    };
    await this.records.create(sessionId, record);
    this.tell('qr_made', sessionId, record);
    const { cbUrl } = this;
    return { sessionId, cbUrl, qr: qr.content({ sessionId, cbUrl }), expiresAt };
  }

  /**
   * Tells where a session stands. For the app's own code: it asks for no binding.
   *
   * @throws {CibaException} `not_found`, or `temporarily_unavailable`.
   */
  async verifyQrAuthSession(sessionId: string): Promise<QrSession> {
    return this.viewOf(sessionId, await this.find(sessionId));
  }

  /**
   * Tells a request where a session stands: its browser everything, anybody else only who shows
   * it, and only while it can be claimed.
   *
   * @throws {CibaException} `not_found`, or `temporarily_unavailable`.
   */
  async view(
    sessionId: string,
    binding: string | undefined,
  ): Promise<QrSession | ScannedQrSession> {
    const session = await this.find(sessionId);
    if (this.isOwner(session.record, binding)) return this.viewOf(sessionId, session);
    const { record } = session;
    if (statusOf(record, this.settings) !== 'open') throw unknownSession();
    const { createdAt, expiresAt } = record;
    return {
      sessionId,
      cbUrl: this.cbUrl,
      status: 'open',
      expiresAt,
      requestedBy: { ...browserOf(record), at: createdAt },
    };
  }

  /** Emits a session as it is, then as it changes, for its browser; completes when that is over. */
  watch(sessionId: string, binding: string | undefined): Observable<QrSession> {
    const read = async () => {
      const session = await this.find(sessionId);
      if (!this.isOwner(session.record, binding)) throw unknownSession();
      const view = await this.viewOf(sessionId, session);
      const isOver =
        view.status === 'claimed' ? view.authRequestId !== undefined : view.status !== 'open';
      return { value: view, isOver, changesAt: endsAt(session.record, this.settings) };
    };
    return this.records
      .watch(sessionId, read)
      .pipe(
        distinctUntilChanged(
          (one, other) => one.status === other.status && one.authRequestId === other.authRequestId,
        ),
      );
  }

  /**
   * Gives a session up, and the transaction that a phone has started from it.
   *
   * @throws {CibaException} `not_found` when it is not the session of this browser.
   */
  async cancel(sessionId: string, binding: string | undefined): Promise<void> {
    const record = await this.records.update(sessionId, (before) => {
      if (!this.isOwner(before, binding)) throw unknownSession();
      return isUnfinished(before) ? { ...before, status: 'cancelled' } : undefined;
    });
    if (!record) throw unknownSession();
    const transactionId = await this.records.transactionOf(sessionId, record);
    if (transactionId !== undefined) await this.transactions.cancel(transactionId, binding);
  }

  /**
   * Claims a session for one phone, and starts what comes of it.
   *
   * @param phone What `qr.admit` is told of it.
   * @param start Starts the transaction, for the browser that shows the session.
   * @throws {CibaException} `invalid_request` with 409 when another phone was first, `not_found`
   *   when there is no such session, `expired_token` when it is too late, `access_denied` with
   *   403 when `qr.admit` refuses the phone; and what `start` throws.
   */
  async claim(
    sessionId: string,
    phone: QrDevice,
    start: (browser: QrDevice, binding: string | undefined) => Promise<StartedTransaction>,
  ): Promise<StartedTransaction> {
    if (this.admission.isAsked) await this.admit(sessionId, phone);
    const claimed = await this.records.update(sessionId, (record) => claim(record, this.settings));
    if (!claimed) throw unknownSession();
    const { binding } = claimed;
    try {
      // Before a phone signs in whoever it names: it may be another browser than the one that shows it.
      if (!(await this.records.isGenuine(sessionId, claimed))) throw unknownSession();
      this.tell('qr_claimed', sessionId, claimed, phone);
      const started = await start(browserOf(claimed), binding);
      const { status } = await this.records.attach(sessionId, claimed, started.transactionId);
      if (status !== 'cancelled') return started;
      await this.transactions.cancel(started.transactionId, binding);
      throw new CibaException('access_denied', 'The browser that shows the QR code has given up');
    } catch (error) {
      await this.fail(sessionId);
      throw error;
    }
  }

  /** The session stays open for another phone, until there were too many. */
  private async admit(sessionId: string, phone: QrDevice): Promise<void> {
    const { records, settings } = this;
    const record = await records.update(sessionId, (before) => encounter(before, settings));
    if (!record) throw unknownSession();
    if (await this.admission.isAdmitted({ browser: browserOf(record), phone })) return;
    this.tell('qr_refused', sessionId, record, phone);
    await records.update(sessionId, refuse);
    throw notAdmitted();
  }

  /** The browser learns that nothing will come of it. Whoever asked gets the first error. */
  private async fail(sessionId: string): Promise<void> {
    try {
      await this.records.update(sessionId, (record) =>
        isStarting(record) ? { ...record, status: 'failed' } : undefined,
      );
    } catch {
      // The store went down as well: a claim from which nothing came expires by itself.
    }
  }

  private async find(sessionId: string): Promise<StoredQrSession> {
    const session = await this.records.read(sessionId);
    if (!session) throw unknownSession();
    return session;
  }

  private async viewOf(sessionId: string, { record }: StoredQrSession): Promise<QrSession> {
    const authRequestId = await this.records.transactionOf(sessionId, record);
    const isUnreadable = record.transaction !== undefined && authRequestId === undefined;
    return {
      sessionId,
      cbUrl: this.cbUrl,
      status: isUnreadable ? 'failed' : statusOf(record, this.settings),
      expiresAt: record.expiresAt,
      ...(authRequestId !== undefined && { authRequestId }),
    };
  }

  private tell(
    type: 'qr_made' | 'qr_claimed' | 'qr_refused',
    sessionId: string,
    { ipAddress: remoteAddress }: QrSessionRecord,
    { ipAddress: phoneAddress }: QrDevice = {},
  ): void {
    this.audit.tell({
      type,
      reference: this.records.referenceOf(sessionId),
      ...(remoteAddress !== undefined && { remoteAddress }),
      ...(phoneAddress !== undefined && { phoneAddress }),
    });
  }

  /** A session that is bound to no browser is anybody's, for as long as there may be such. */
  private isOwner(record: QrSessionRecord, binding: string | undefined): boolean {
    if (record.binding === undefined) return this.settings.compatibility.unboundTransactions;
    return binding !== undefined && isSame(record.binding, binding);
  }

  private get cbUrl(): string {
    return `${this.settings.baseUrl}/oidc/bc-authorize`;
  }
}

/** The browser that shows a session. */
function browserOf({ ipAddress, userAgent }: QrSessionRecord): QrDevice {
  return {
    ...(ipAddress !== undefined && { ipAddress }),
    ...(userAgent !== undefined && { userAgent }),
  };
}

function unknownSession(): CibaException {
  return new CibaException('not_found', 'There is no such QR session');
}
