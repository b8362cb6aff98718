import { CibaException } from '../ciba.exception.js';
import type { QrSessionRecord, QrSessionStatus } from './qr-session-record.js';

/** What the state of a session depends on besides its record. */
export interface QrSessionClock {
  /** Current time, in seconds since the Unix epoch. */
  readonly now: () => number;
  /** How long the authorization server may take for an answer, in seconds. */
  readonly timeoutSeconds: number;
}

/** What decides whether a session can be claimed. */
export interface QrSessionRules extends QrSessionClock {
  readonly compatibility: { readonly reusableQrSessions: boolean };
}

/** How many phones the app's rule is asked about for one session. */
const MOST_ENCOUNTERS = 3;

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

/**
 * Counts a phone that the app's rule is asked about: before it is asked, so that phones which come
 * at the same time are no more than those that come one after the other.
 *
 * @throws {CibaException} As {@link claim}; `access_denied` when there were too many.
 */
export function encounter(record: QrSessionRecord, rules: QrSessionRules): QrSessionRecord {
  claim(record, rules);
  const { encounters = 0 } = record;
  if (encounters >= MOST_ENCOUNTERS) throw notAdmitted();
  return { ...record, encounters: encounters + 1 };
}

/** Ends a session whose last phone was not admitted; `undefined`: another one may come. */
export function refuse(record: QrSessionRecord): QrSessionRecord | undefined {
  const { status, encounters = 0 } = record;
  return status === 'open' && encounters >= MOST_ENCOUNTERS
    ? { ...record, status: 'failed' }
    : undefined;
}

/**
 * Claims a session for one phone.
 *
 * @throws {CibaException} `invalid_request` with 409 when another phone was first, `expired_token`
 *   when it is too late.
 */
export function claim(record: QrSessionRecord, rules: QrSessionRules): QrSessionRecord {
  const status = statusOf(record, rules);
  const { reusableQrSessions } = rules.compatibility;
  const isReused = reusableQrSessions && (status === 'claimed' || status === 'failed');
  if (status === 'open' || (isReused && rules.now() < record.expiresAt)) {
    const { transaction: _, encounters: __, ...rest } = record;
    return { ...rest, status: 'claimed' };
  }
  if (status === 'expired') {
    throw new CibaException('expired_token', 'The QR code has expired: scan a new one');
  }
  const description = 'The QR code was used already: scan a new one';
  throw new CibaException('invalid_request', description, { status: 409 });
}

/** What a phone is told that the app's rule keeps away: not why, as it may be an attacker's. */
export function notAdmitted(): CibaException {
  const description = 'This device may not claim the QR code';
  return new CibaException('access_denied', description, { status: 403 });
}
