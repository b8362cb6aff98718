import type { AuthenticationRequirement, TransactionStatus } from 'stepup-core';
import type {
  BackchannelHint,
  RequestContext,
} from '../authorization-server/backchannel-client.js';
import type { CibaErrorCode } from '../ciba.exception.js';

/** What a transaction is for: a stronger authentication of who is signed in, or signing in. */
export type TransactionKind = 'step-up' | 'sign-in';

/** What a transaction is started with. */
export interface TransactionRequest {
  readonly kind: TransactionKind;
  readonly hint: BackchannelHint;
  readonly scope: string;
  readonly resource: readonly string[];
  /** What the authentication has to satisfy: sent as `acr_values` and `max_age`, and checked. */
  readonly requirement?: AuthenticationRequirement;
  /** The user who must approve: of a step-up, the user of the access token. */
  readonly subject?: string;
  /** What the limit per user counts when there is no subject: the hint. */
  readonly limitKey?: string;
  /**
   * The base64url SHA-256 of a secret that the browser holds. Only with
   * `compatibility.unboundTransactions` may it be absent.
   */
  readonly binding: string | undefined;
  /** Of the browser, shown on the phone where the authorization server supports it. */
  readonly requestContext?: RequestContext;
  /** What the limit per address counts. */
  readonly remoteAddress?: string;
}

/** A transaction, as its browser may see it. */
export interface TransactionView {
  readonly transactionId: string;
  readonly status: TransactionStatus;
  /** Text that both screens show. */
  readonly bindingMessage?: string;
  /** The deadline of the approval, in seconds since the Unix epoch. */
  readonly expiresAt: number;
  readonly error?: CibaErrorCode;
  readonly errorDescription?: string;
  readonly requirement?: AuthenticationRequirement;
}

/** A transaction that has just been started. */
export interface StartedTransaction extends TransactionView {
  /** How often the browser may ask, in seconds. */
  readonly intervalSeconds: number;
}
