import { Inject, Injectable } from '@nestjs/common';
import type { TokenSet } from '../authorization-server/backchannel-client.js';
import { CibaException } from '../ciba.exception.js';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import type { RecordEvent } from './record-event.js';
import { isApprovalOf, SealedApprovals, type Approval } from './sealed-approvals.js';
import { TokenDisposal } from './token-disposal.js';
import { TokenRequests } from './token-requests.js';
import { UNREADABLE_DESCRIPTION, type TransactionRecord } from './transaction-record.js';
import { TransactionRecords, type StoredTransaction } from './transaction-records.js';
import { advanceRecord } from './transaction-state.js';

/** Tokens that were given away, and what has to be known to refresh them. */
export interface HandedOverTokens extends TokenSet {
  /** The APIs that the access token is for. */
  readonly resource: readonly string[];
  /** Who approved. */
  readonly subject?: string;
}

/** Gives the tokens of transactions away. */
@Injectable()
export class TokenHandOver {
  constructor(
    @Inject(CIBA_SETTINGS) private readonly settings: Pick<CibaSettings, 'now'>,
    private readonly records: TransactionRecords,
    private readonly requests: TokenRequests,
    private readonly approvals: SealedApprovals,
    private readonly disposal: TokenDisposal,
  ) {}

  /**
   * As `Transactions.handOver()`.
   *
   * @param read Reads the transaction; it throws when that is not of the browser that asks.
   */
  async handOver(
    key: string,
    read: () => Promise<StoredTransaction>,
    signal: AbortSignal | undefined,
  ): Promise<HandedOverTokens> {
    const stored = await this.readSettled(key, read, signal);
    const { resource } = stored.record;
    const { tokens, subject } = await this.open(key, stored);
    // Nobody is there any more to take them: they are left for whoever asks next.
    if (signal?.aborted) throw pending();
    // Opened first, then taken: what cannot be opened is not marked as delivered.
    const take = (current: TransactionRecord): RecordEvent => {
      this.assertReady(current);
      return { type: 'handed-over', now: this.settings.now() };
    };
    const change = await this.records.update(key, take, stored);
    if (!change) throw new CibaException('invalid_grant', 'There are no tokens to fetch');
    return { ...tokens, resource, ...(subject !== undefined && { subject }) };
  }

  private async readSettled(
    key: string,
    read: () => Promise<StoredTransaction>,
    signal: AbortSignal | undefined,
  ): Promise<StoredTransaction> {
    const stored = await read();
    const { phase } = stored.record.state;
    if (phase !== 'waiting' && phase !== 'redeeming') return stored;
    await this.requests.settle(key, stored, signal);
    return read();
  }

  private async open(key: string, stored: StoredTransaction): Promise<Approval> {
    const approval = await this.approvals.open(key, this.assertReady(stored.record));
    if (approval && isApprovalOf(approval, key, stored.record)) return approval;
    // What another process may be able to open, that has another key, is left to it.
    if (approval) await this.spoil(key, stored);
    throw new CibaException('server_error', UNREADABLE_DESCRIPTION);
  }

  /** Ends a transaction whose record was changed by somebody else after its tokens were sealed. */
  private async spoil(key: string, stored: StoredTransaction): Promise<void> {
    const change = await this.records.update(key, () => ({ type: 'spoiled' }), stored);
    if (change) await this.disposal.ofTransaction(key, change.before);
  }

  /** @returns The sealed tokens. */
  private assertReady(stored: TransactionRecord): string {
    const now = this.settings.now();
    const { state } = advanceRecord(stored, { type: 'lapsed', now });
    switch (state.phase) {
      case 'ready':
        return state.tokens;
      case 'handed-over':
        throw new CibaException('invalid_grant', 'There are no tokens to fetch');
      case 'cancelled':
        throw new CibaException('access_denied', 'The request was cancelled');
      case 'denied':
      case 'expired':
      case 'failed':
        throw new CibaException(
          state.error ?? 'server_error',
          state.errorDescription ?? 'The request has ended',
          { status: 400 },
        );
      default:
        throw pending();
    }
  }
}

function pending(): CibaException {
  return new CibaException('authorization_pending', 'The user has not answered yet');
}
