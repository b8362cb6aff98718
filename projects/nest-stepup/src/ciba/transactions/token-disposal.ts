import { Injectable, Logger } from '@nestjs/common';
import { BackchannelClient, type TokenSet } from '../authorization-server/backchannel-client.js';
import { SealedApprovals } from './sealed-approvals.js';
import type { TransactionRecord } from './transaction-record.js';

/** Revokes tokens that nobody is to have any more, as far as the authorization server can. */
@Injectable()
export class TokenDisposal {
  private readonly logger = new Logger('StepUp');

  constructor(
    private readonly approvals: SealedApprovals,
    private readonly client: BackchannelClient,
  ) {}

  /** Revokes the tokens that a transaction held before it was written last. It does not reject. */
  async ofTransaction(key: string, { state }: TransactionRecord): Promise<void> {
    if (state.phase !== 'ready') return;
    const approval = await this.approvals.open(key, state.tokens);
    if (approval) await this.of(approval.tokens);
  }

  /** Revokes tokens that no transaction took. It does not reject. */
  async of({ accessToken, refreshToken }: TokenSet): Promise<void> {
    try {
      // The refresh token first: with it, many servers take back all that came with it.
      if (refreshToken !== undefined) await this.client.revoke(refreshToken, 'refresh_token');
      await this.client.revoke(accessToken, 'access_token');
    } catch (error) {
      const kind = error instanceof Error ? error.name : typeof error;
      this.logger.warn(`Cannot revoke tokens that nobody fetched: current error is ${kind}`);
    }
  }
}
