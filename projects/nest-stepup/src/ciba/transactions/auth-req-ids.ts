import { Inject, Injectable } from '@nestjs/common';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import { digestOfRecord } from './record-digest.js';
import { Sealer } from './sealer.js';
import { digestOf } from './transaction-key.js';
import type { TransactionRecord } from './transaction-record.js';

/** The most ids that are kept open. */
const MOST_OPENED = 20_000;

interface OpenedId {
  /** Of the sealed text, and of what it was sealed for. */
  readonly digest: string;
  readonly authReqId: string;
  readonly expiresAt: number;
}

/**
 * The `auth_req_id` of transactions: sealed in their records, each for its own.
 *
 * Those of transactions that this process polls stay open in its memory, as to open one takes more
 * time than all else that a poll does here.
 */
@Injectable()
export class AuthReqIds {
  private readonly opened = new Map<string, OpenedId>();

  constructor(
    @Inject(CIBA_SETTINGS) private readonly settings: Pick<CibaSettings, 'now'>,
    private readonly sealer: Sealer,
  ) {}

  /** @param record As it was made in this process, not as the store has it. */
  seal(authReqId: string, key: string, record: TransactionRecord): Promise<string> {
    return this.sealer.seal(authReqId, contextOf(key, record));
  }

  /** @returns `undefined` when it was not sealed for the record as it is now. */
  async open(key: string, record: TransactionRecord): Promise<string | undefined> {
    const sealed = 'authReqId' in record.state ? record.state.authReqId : '';
    const context = contextOf(key, record);
    const digest = digestOf(`${context} ${sealed}`);
    const known = this.opened.get(key);
    if (known?.digest === digest) return known.authReqId;
    const authReqId = await this.sealer.open(sealed, context);
    if (typeof authReqId !== 'string') return undefined;
    this.keep(key, { digest, authReqId, expiresAt: record.expiresAt });
    return authReqId;
  }

  /** Lets go of the id of a transaction that needs no token request any more. */
  forget(key: string): void {
    this.opened.delete(key);
  }

  /** The oldest comes first in a map: it is over the soonest. */
  private keep(key: string, opened: OpenedId): void {
    const now = this.settings.now();
    for (const [oldest, { expiresAt }] of this.opened) {
      if (now < expiresAt && this.opened.size < MOST_OPENED) break;
      this.opened.delete(oldest);
    }
    this.opened.set(key, opened);
  }
}

function contextOf(key: string, record: TransactionRecord): string {
  return `auth_req_id ${digestOfRecord(key, record)}`;
}
