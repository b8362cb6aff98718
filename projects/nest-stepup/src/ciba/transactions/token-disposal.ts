import { Injectable, Logger } from '@nestjs/common';
import { BackchannelClient, type TokenSet } from '../authorization-server/backchannel-client.js';
import { Sealer } from './sealer.js';
import type { TransactionRecord } from './transaction-record.js';

/** What the tokens of a transaction are sealed for. */
export function tokenContext(key: string): string {
  return `tokens ${key}`;
}

/** Revokes tokens that nobody is to have any more, as far as the authorization server can. */
@Injectable()
export class TokenDisposal {
  private readonly logger = new Logger('StepUp');

  constructor(
    private readonly sealer: Sealer,
    private readonly client: BackchannelClient,
  ) {}

  /** Revokes the tokens that a transaction held before it was written last. It does not reject. */
  async ofTransaction(key: string, { state }: TransactionRecord): Promise<void> {
    if (state.phase !== 'ready') return;
    const tokens = await this.sealer.open(state.tokens, tokenContext(key));
    if (isTokenSet(tokens)) await this.of(tokens);
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
