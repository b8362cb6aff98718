import type { QrSessionRecord, QrSessionStatus } from './qr-session-record.js';

/** What the state of a session depends on besides its record. */
export interface QrSessionClock {
  /** Current time, in seconds since the Unix epoch. */
  readonly now: () => number;
  /** How long the authorization server may take for an answer, in seconds. */
  readonly timeoutSeconds: number;
}

/** Where a session stands now. */
export function statusOf(record: QrSessionRecord, clock: QrSessionClock): QrSessionStatus {
  return isUnfinished(record) && clock.now() >= endsAt(record, clock) ? 'expired' : record.status;
}

/** Whether something can still come of a session that nothing has come of. */
export function isUnfinished(record: QrSessionRecord): boolean {
  return record.status === 'open' || isStarting(record);
}

/** Whether a session was claimed, and the authorization server has not answered yet. */
export function isStarting({ status, transaction }: QrSessionRecord): boolean {
  return status === 'claimed' && transaction === undefined;
}

/** When a session is over if nothing happens before, in seconds since the Unix epoch. */
export function endsAt(record: QrSessionRecord, { timeoutSeconds }: QrSessionClock): number {
  // A phone that claims at the last moment: the authorization server may take its time.
  return record.expiresAt + (isStarting(record) ? 2 * timeoutSeconds : 0);
}
