import type { CibaErrorCode } from './ciba.exception.js';

/** What becomes of a transaction or a QR session, for metrics and audit. It holds no secret. */
export interface CibaEvent {
  readonly type:
    | 'started'
    | 'approved'
    | 'denied'
    | 'expired'
    | 'failed'
    | 'cancelled'
    | 'handed_over'
    | 'refreshed'
    | 'revoked'
    | 'rate_limited'
    | 'qr_made'
    | 'qr_claimed'
    | 'qr_refused';
  /** When, in seconds since the Unix epoch. */
  readonly at: number;
  readonly kind?: 'step-up' | 'sign-in';
  /** A name for the transaction or QR session that is not its id: its events have it in common. */
  readonly reference?: string;
  /** The user who steps up, or who signed in. */
  readonly subject?: string;
  /** Address of the browser. */
  readonly remoteAddress?: string;
  /** Address of the phone that claims a QR session, or may not. */
  readonly phoneAddress?: string;
  readonly error?: CibaErrorCode;
}
