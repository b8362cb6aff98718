import { Injectable } from '@nestjs/common';
import type { TokenSet } from '../authorization-server/backchannel-client.js';
import { digestOfRecord } from './record-digest.js';
import { Sealer } from './sealer.js';
import type { TransactionRecord } from './transaction-record.js';

/** What an approval brought, and what was known of the transaction when it came. */
export interface Approval {
  readonly tokens: TokenSet;
  /** Who approved. */
  readonly subject?: string;
  /** The digest of the record that it is of. */
  readonly record: string;
}

/** Tokens, as a record holds them: sealed together with what the record has to be. */
@Injectable()
export class SealedApprovals {
  constructor(private readonly sealer: Sealer) {}

  /** @param record As it was when the tokens were asked for. */
  seal(
    key: string,
    record: TransactionRecord,
    { tokens, subject }: Omit<Approval, 'record'>,
  ): Promise<string> {
    const approval: Approval = {
      tokens,
      ...(subject !== undefined && { subject }),
      record: digestOfRecord(key, record),
    };
    return this.sealer.seal(approval, contextOf(key));
  }

  /**
   * Opens what was sealed for a transaction, also when its record was changed since: whether it may
   * be used, `isApprovalOf()` tells.
   *
   * @returns `undefined` when it was sealed for something else, or by a key that is not known.
   */
  async open(key: string, sealed: string): Promise<Approval | undefined> {
    const approval = await this.sealer.open(sealed, contextOf(key));
    return isApproval(approval) ? approval : undefined;
  }
}

/** Whether an approval is of a record as it is now. */
export function isApprovalOf(approval: Approval, key: string, record: TransactionRecord): boolean {
  return approval.record === digestOfRecord(key, record);
}

/** Whether a value is a set of tokens: what was unsealed, or came from a client. */
export function isTokenSet(value: unknown): value is TokenSet {
  return (
    typeof value === 'object' &&
    value !== null &&
    'accessToken' in value &&
    typeof value.accessToken === 'string' &&
    value.accessToken !== ''
  );
}

function isApproval(value: unknown): value is Approval {
  return (
    typeof value === 'object' &&
    value !== null &&
    'record' in value &&
    typeof value.record === 'string' &&
    'tokens' in value &&
    isTokenSet(value.tokens)
  );
}

function contextOf(key: string): string {
  return `tokens ${key}`;
}
