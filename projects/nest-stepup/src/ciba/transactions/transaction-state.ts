import { advancePolling, startPolling } from 'stepup-core';
import type { RecordEvent } from './record-event.js';
import {
  UNREADABLE,
  type EndedState,
  type RedeemingState,
  type TransactionRecord,
  type TransactionState,
  type WaitingState,
} from './transaction-record.js';

/**
 * How long after its expiry a transaction can still be approved, in seconds: the last token request
 * may be sent at expiry, and whoever sends it is a moment late.
 */
export const EXPIRY_GRACE_SECONDS = 2;

/**
 * How long it may take from the claim of a token request until it is sent, in seconds: it is signed,
 * and waits for its turn.
 */
const SENDING_SECONDS = 1;

/**
 * Applies an event to a transaction.
 *
 * @returns The same object when the event changes nothing: it comes too late, twice, or from
 *   somebody whose claim is no longer in force.
 */
export function advanceRecord(record: TransactionRecord, event: RecordEvent): TransactionRecord {
  if (event.type === 'lapsed') return isOver(record, event.now) ? lapse(record) : record;
  if (event.type === 'cancelled') {
    return isOpen(record) ? withState(record, { phase: 'cancelled' }) : record;
  }
  if (event.type === 'spoiled')
    return isOpen(record) ? withState(record, UNREADABLE.state) : record;
  const { state } = record;
  switch (state.phase) {
    case 'starting':
      if (event.type === 'accepted') return accept(record, event, state.earlyPing);
      if (event.type === 'pinged' && state.earlyPing === undefined) {
        return withState(record, { ...state, earlyPing: event.authReqIdHash });
      }
      return event.type === 'ended' ? end(record, event) : record;
    case 'waiting':
      if (event.type === 'pinged') return ping(record, state, event.now);
      if (event.type === 'asked') return ask(record, state, event.now);
      return event.type === 'claimed' && isDue(record, event.now)
        ? claim(record, state, event)
        : record;
    case 'redeeming':
      return advanceRedeeming(record, state, event);
    case 'ready':
      return event.type === 'handed-over' && !isOver(record, event.now)
        ? withState(record, { phase: 'handed-over' })
        : record;
    default:
      return record;
  }
}

/** When a transaction has to be looked at, whoever does it; `undefined`: never. */
export function dueAt(record: TransactionRecord): number | undefined {
  const { state } = record;
  if (state.phase === 'redeeming') return state.leaseUntil;
  return state.phase === 'waiting' ? (state.dueAt ?? overAt(record)) : overAt(record);
}

/** When a transaction ends if nothing happens; `undefined`: it has ended. */
export function overAt({ state, expiresAt }: TransactionRecord): number | undefined {
  switch (state.phase) {
    case 'starting':
      return state.leaseUntil;
    case 'waiting':
      return expiresAt + EXPIRY_GRACE_SECONDS;
    case 'redeeming':
      // While an answer can come, nobody may be told that there will be none.
      return Math.max(expiresAt + EXPIRY_GRACE_SECONDS, state.leaseUntil);
    case 'ready':
      return state.readyUntil;
    default:
      return undefined;
  }
}

/** Whether a transaction's time is up, though nobody may have written so yet. */
export function isOver(record: TransactionRecord, now: number): boolean {
  const overTime = overAt(record);
  return overTime !== undefined && now >= overTime;
}

/** Whether a token request is to be sent now. */
export function isDue(record: TransactionRecord, now: number): boolean {
  const { state } = record;
  if (isOver(record, now)) return false;
  if (state.phase === 'redeeming') return now >= state.leaseUntil;
  return state.phase === 'waiting' && state.dueAt !== undefined && now >= state.dueAt;
}

function isOpen(record: TransactionRecord): boolean {
  return overAt(record) !== undefined;
}

function accept(
  record: TransactionRecord,
  event: Extract<RecordEvent, { type: 'accepted' }>,
  earlyPing: string | undefined,
): TransactionRecord {
  const { now, authReqId, authReqIdHash, expiresAt, intervalSeconds, fallbackSeconds } = event;
  const schedule = startPolling({
    now,
    expiresAt,
    intervalSeconds,
    minimumIntervalSeconds: fallbackSeconds,
  });
  const state: WaitingState = {
    phase: 'waiting',
    authReqId,
    intervalSeconds,
    failures: 0,
    ...(fallbackSeconds !== undefined && { fallbackSeconds }),
    dueAt: schedule.nextAt,
  };
  const { notificationHash } = record;
  const accepted: TransactionRecord = {
    ...record,
    expiresAt,
    ...(notificationHash !== undefined && { authReqIdHash }),
    state,
  };
  // A ping that overtook this answer counts only if it was about the same request.
  return earlyPing === authReqIdHash ? ping(accepted, state, now) : accepted;
}

/** Only the first ping counts: a flood of them is not to become a flood of token requests. */
function ping(record: TransactionRecord, state: WaitingState, now: number): TransactionRecord {
  const { fallbackSeconds, ...rest } = state;
  if (fallbackSeconds === undefined || isOver(record, now)) return record;
  return withState(record, { ...rest, dueAt: now });
}

/** Between requests there is an interval, before the first there is none. */
function ask(record: TransactionRecord, state: WaitingState, now: number): TransactionRecord {
  const isSent = record.attempts > 0;
  if (isSent || isOver(record, now) || (state.dueAt ?? Infinity) <= now) return record;
  return withState(record, { ...state, dueAt: now });
}

function claim(
  record: TransactionRecord,
  state: WaitingState | RedeemingState,
  { now, leaseUntil }: Extract<RecordEvent, { type: 'claimed' }>,
): TransactionRecord {
  const { authReqId, intervalSeconds, failures, fallbackSeconds } = state;
  return {
    ...record,
    attempts: record.attempts + 1,
    state: {
      phase: 'redeeming',
      authReqId,
      intervalSeconds,
      failures,
      ...(fallbackSeconds !== undefined && { fallbackSeconds }),
      sentAt: now,
      leaseUntil,
    },
  };
}

function advanceRedeeming(
  record: TransactionRecord,
  state: RedeemingState,
  event: RecordEvent,
): TransactionRecord {
  switch (event.type) {
    case 'pinged': {
      const { fallbackSeconds, ...rest } = state;
      if (fallbackSeconds === undefined) return record;
      return withState(record, { ...rest, pingedMeanwhile: true });
    }
    case 'claimed':
      return isDue(record, event.now) ? claim(record, state, event) : record;
    case 'postponed':
      return event.attempt === record.attempts ? postpone(record, state, event) : record;
    case 'approved': {
      if (event.attempt !== record.attempts) return record;
      const { tokens, readyUntil, subject } = event;
      const approved = withState(record, { phase: 'ready', tokens, readyUntil });
      return subject === undefined ? approved : { ...approved, approvedBy: subject };
    }
    case 'ended':
      return event.attempt === record.attempts ? end(record, event) : record;
    default:
      return record;
  }
}

function postpone(
  record: TransactionRecord,
  { authReqId, fallbackSeconds, pingedMeanwhile, ...state }: RedeemingState,
  { now, outcome, retryAfterSeconds, intervalSeconds }: Extract<RecordEvent, { type: 'postponed' }>,
): TransactionRecord {
  const { expiresAt } = record;
  // An answer that comes soon says that the request was sent before: never is the next one early.
  const sentAt = Math.min(now, state.sentAt + SENDING_SECONDS);
  const schedule = advancePolling(
    { intervalSeconds: state.intervalSeconds, nextAt: now, expiresAt, failures: state.failures },
    { outcome, retryAfterSeconds, intervalSeconds, sentAt, now },
  );
  const nextAt = pingedMeanwhile ? now : schedule?.nextAt;
  const fallbackAt = Math.min(sentAt + (fallbackSeconds ?? 0), expiresAt);
  return withState(record, {
    phase: 'waiting',
    authReqId,
    intervalSeconds: schedule?.intervalSeconds ?? state.intervalSeconds,
    failures: schedule?.failures ?? state.failures,
    ...(fallbackSeconds !== undefined && { fallbackSeconds }),
    ...(nextAt !== undefined && { dueAt: Math.max(nextAt, fallbackAt) }),
  });
}

function end(
  record: TransactionRecord,
  { phase, error, errorDescription }: Extract<RecordEvent, { type: 'ended' }>,
): TransactionRecord {
  return withState(record, { phase, error, errorDescription });
}

const INTERRUPTED: EndedState = {
  phase: 'failed',
  error: 'server_error',
  errorDescription: 'The request was interrupted before the authorization server answered',
};
const EXPIRED: EndedState = {
  phase: 'expired',
  error: 'expired_token',
  errorDescription: 'The request was not approved in time',
};
const NOT_FETCHED: EndedState = {
  phase: 'expired',
  error: 'expired_token',
  errorDescription: 'The tokens were not fetched in time',
};

function lapse(record: TransactionRecord): TransactionRecord {
  const { phase } = record.state;
  if (phase === 'starting') return withState(record, INTERRUPTED);
  return withState(record, phase === 'ready' ? NOT_FETCHED : EXPIRED);
}

function withState(record: TransactionRecord, state: TransactionState): TransactionRecord {
  return { ...record, state };
}
