import { Inject, Injectable } from '@nestjs/common';
import { Observable } from 'rxjs';
import { CibaException } from '../ciba.exception.js';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import { TokenDisposal } from './token-disposal.js';
import { TokenHandOver, type HandedOverTokens } from './token-hand-over.js';
import { digestOf, isSame, keyOfTransaction, readNotificationToken } from './transaction-key.js';
import { UNREADABLE, type TransactionRecord } from './transaction-record.js';
import { TransactionRecords, type StoredTransaction } from './transaction-records.js';
import type {
  StartedTransaction,
  TransactionRequest,
  TransactionView,
} from './transaction-request.js';
import { TransactionStart } from './transaction-start.js';
import { isDue, overAt } from './transaction-state.js';
import { TransactionStore } from './transaction-store.js';
import { viewOf } from './transaction-view.js';
import { TransactionWatch } from './transaction-watch.js';
import { TransactionWorker } from './transaction-worker.js';
import { WatchList } from './watch-list.js';

/** How to be told apart from all other browsers, and from an unknown transaction by none of them. */
type Unknown = 'not_found' | 'invalid_grant';

/**
 * Transactions: each is one request to a user's phone, for one browser.
 *
 * Every method throws a {@link CibaException} `temporarily_unavailable` when the store cannot be
 * reached. A transaction of another browser is as good as unknown.
 */
@Injectable()
export class Transactions {
  constructor(
    @Inject(CIBA_SETTINGS)
    private readonly settings: Pick<CibaSettings, 'now' | 'compatibility'>,
    private readonly store: TransactionStore,
    private readonly records: TransactionRecords,
    private readonly disposal: TokenDisposal,
    private readonly starts: TransactionStart,
    private readonly handOvers: TokenHandOver,
    private readonly worker: TransactionWorker,
    private readonly watches: WatchList,
  ) {}

  /**
   * Asks the authorization server to ask the user. A step-up ends the one that the same user has
   * open in the same browser.
   *
   * @throws {CibaException} `too_many_requests`, or what the authorization server answers.
   */
  start(request: TransactionRequest): Promise<StartedTransaction> {
    return this.starts.start(request);
  }

  /**
   * How a transaction stands.
   *
   * @param binding The base64url SHA-256 of the browser's secret.
   * @throws {CibaException} `not_found`
   */
  async view(transactionId: string, binding: string | undefined): Promise<TransactionView> {
    return (await this.look(transactionId, binding)).value;
  }

  /**
   * How a transaction stands, at once and at each change, until that is final.
   *
   * It ends without a final status when the process ends. The subscriber gets an error as
   * {@link view} throws it, and when the store is down for longer.
   */
  watch(transactionId: string, binding: string | undefined): Observable<TransactionView> {
    return new Observable((subscriber) => {
      const { store, watches } = this;
      const { now } = this.settings;
      const look = () => this.look(transactionId, binding);
      const key = keyOfTransaction(transactionId);
      if (key === undefined) {
        subscriber.error(refusal('not_found'));
        return undefined;
      }
      const watch = new TransactionWatch(subscriber, { key, store, watches, now, look });
      return () => watch.stop();
    });
  }

  /**
   * Gives the tokens of an approved transaction away: to its browser, once.
   *
   * It waits, at most ten seconds, for the answer to a token request that is on its way or soon due.
   * The first one is sent now.
   *
   * @param options.signal Says that the caller waits no more: nothing is then given away.
   * @returns The tokens, the APIs that the access token is for, and whose they are.
   * @throws {CibaException} `authorization_pending`; `access_denied` also when it was cancelled;
   *   `expired_token` also when the tokens were not fetched in time; `invalid_grant` when it is
   *   unknown or its tokens were handed over already; otherwise why it failed.
   */
  async handOver(
    transactionId: string,
    binding: string | undefined,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<HandedOverTokens> {
    const key = this.keyOf(transactionId, 'invalid_grant');
    const read = async (): Promise<StoredTransaction> => {
      const stored = await this.records.read(key);
      this.assertOwn(stored?.record, binding, 'invalid_grant');
      if (!stored) throw refusal('invalid_grant');
      return stored;
    };
    return this.handOvers.handOver(key, read, signal);
  }

  /**
   * Ends a transaction. What has ended stays as it is; tokens that were not fetched are revoked.
   *
   * @throws {CibaException} `not_found`
   */
  async cancel(transactionId: string, binding: string | undefined): Promise<void> {
    const key = this.keyOf(transactionId, 'not_found');
    let isKnown = false;
    const change = await this.records.update(key, (record) => {
      this.assertOwn(record, binding, 'not_found');
      isKnown = true;
      return { type: 'cancelled' };
    });
    if (!isKnown) throw refusal('not_found');
    if (change) await this.disposal.ofTransaction(key, change.before);
  }

  /**
   * Takes a ping: the outcome is fetched, and nobody waits for that here.
   *
   * @returns Whether the token is valid and belongs to that request; `false` is answered with 401.
   * @see [CIBA §10.2](https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#ping_callback)
   */
  async notify(notificationToken: string, authReqId: string): Promise<boolean> {
    const token = readNotificationToken(notificationToken);
    if (!token || typeof authReqId !== 'string') return false;
    const authReqIdHash = digestOf(authReqId);
    let isValid = false;
    const change = await this.records.update(token.key, (record) => {
      isValid = isAbout(record, token.secret, authReqIdHash);
      if (!isValid) return undefined;
      return { type: 'pinged', now: this.settings.now(), authReqIdHash };
    });
    if (change && isDue(change.record, this.settings.now())) this.worker.hurry(token.key);
    return isValid;
  }

  private async look(transactionId: string, binding: string | undefined) {
    const key = this.keyOf(transactionId, 'not_found');
    const stored = (await this.records.read(key))?.record;
    const record = this.assertOwn(stored, binding, 'not_found');
    const value = viewOf(transactionId, record, this.settings.now());
    return { value, isOver: value.status !== 'pending', changesAt: overAt(record) ?? Infinity };
  }

  private keyOf(transactionId: string, unknown: Unknown): string {
    const key = keyOfTransaction(transactionId);
    if (key === undefined) throw refusal(unknown);
    return key;
  }

  private assertOwn(
    record: TransactionRecord | undefined,
    binding: string | undefined,
    unknown: Unknown,
  ): TransactionRecord {
    // Nothing is left in it that would belong to somebody.
    if (record === UNREADABLE) return record;
    if (!record || !this.isOwn(record, binding)) throw refusal(unknown);
    return record;
  }

  private isOwn(record: TransactionRecord, binding: string | undefined): boolean {
    if (record.binding === undefined) return this.settings.compatibility.unboundTransactions;
    return typeof binding === 'string' && isSame(record.binding, binding);
  }
}

/** Whether a ping is about this transaction. Before the id is known, the first ping says which. */
function isAbout(record: TransactionRecord, secret: string, authReqIdHash: string): boolean {
  const { notificationHash, state } = record;
  if (notificationHash === undefined || !isSame(notificationHash, digestOf(secret))) return false;
  const expected = state.phase === 'starting' ? state.earlyPing : record.authReqIdHash;
  return expected === undefined || isSame(expected, authReqIdHash);
}

function refusal(error: Unknown): CibaException {
  const descriptions: Record<Unknown, string> = {
    not_found: 'There is no such transaction',
    invalid_grant: 'There are no tokens to fetch',
  };
  return new CibaException(error, descriptions[error]);
}
