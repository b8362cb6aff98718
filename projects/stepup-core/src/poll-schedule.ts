import { refuse } from './refusal.js';

/** When to send the next token request of a transaction, and how far apart they are. */
export interface PollSchedule {
  /** The least time from sending one request to sending the next, in seconds. It never shrinks. */
  readonly intervalSeconds: number;
  /** When to send the next request, in seconds since the Unix epoch. */
  readonly nextAt: number;
  /** When the authorization server forgets the transaction, in seconds since the Unix epoch. */
  readonly expiresAt: number;
  /** How many requests in a row got no usable answer. */
  readonly failures: number;
}

/** What {@link startPolling} starts from. */
export interface PollingStart {
  /** The current time, in seconds since the Unix epoch. */
  readonly now: number;
  /** When the authorization server forgets the transaction, in seconds since the Unix epoch. */
  readonly expiresAt: number;
  /**
   * What the authorization server said of `interval`, in seconds.
   *
   * @default 5
   */
  readonly intervalSeconds?: number | undefined;
  /**
   * The shortest interval to go by, whatever the authorization server allows, in seconds.
   *
   * @default 1
   */
  readonly minimumIntervalSeconds?: number | undefined;
}

/** What came of a token request that leaves the transaction pending. */
export interface PollAnswer {
  /** `unreachable`: no answer, or one that says to try later, such as a 503. */
  readonly outcome: 'pending' | 'slow_down' | 'unreachable';
  /** When the request was sent, in seconds since the Unix epoch. */
  readonly sentAt: number;
  /** The current time, in seconds since the Unix epoch. */
  readonly now: number;
  /** What the answer said of `Retry-After`, in seconds. Passed over when it is no such number. */
  readonly retryAfterSeconds?: number | undefined;
  /** What the answer said of `interval`, in seconds. It counts when it is the longer one. */
  readonly intervalSeconds?: number | undefined;
}

const START = 'start polling';
const ADVANCE = 'advance polling';
const DEFAULT_INTERVAL_SECONDS = 5;
const DEFAULT_MINIMUM_INTERVAL_SECONDS = 1;
const SLOW_DOWN_SECONDS = 5;
const LONGEST_BACKOFF_SECONDS = 60;

/**
 * Starts the schedule of a transaction: its first request is due after one interval, or when the
 * transaction expires if that is sooner.
 *
 * @throws {TypeError | RangeError} When a time or an interval is not a finite number, or an interval
 *   is not positive.
 * @see [CIBA §7.3](https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#successful_authentication_request_acknowdlegment)
 */
export function startPolling({
  now,
  expiresAt,
  intervalSeconds = DEFAULT_INTERVAL_SECONDS,
  minimumIntervalSeconds = DEFAULT_MINIMUM_INTERVAL_SECONDS,
}: PollingStart): PollSchedule {
  assertTime(START, 'now', now);
  assertTime(START, 'expiresAt', expiresAt);
  assertInterval(START, 'intervalSeconds', intervalSeconds);
  assertInterval(START, 'minimumIntervalSeconds', minimumIntervalSeconds);

  const interval = Math.max(intervalSeconds, minimumIntervalSeconds);
  return Object.freeze({
    intervalSeconds: interval,
    // Nothing has to lie between the first request and an earlier one: it may come sooner.
    nextAt: Math.max(now, Math.min(now + interval, expiresAt)),
    expiresAt,
    failures: 0,
  });
}

/**
 * Works out when to send the next request, from what came of the last one.
 *
 * Requests are `intervalSeconds` apart, counted from when they are sent: after an answer that took
 * longer than that the next request may go at once. `slow_down` lengthens every later wait too, not
 * only the next one. While the server cannot be reached, waits double, up to a minute or the
 * interval if that is longer; they end with the first answer, and never skip the last request, at
 * expiry, that the interval leaves room for.
 *
 * @returns `undefined` when the next request would be sent after the transaction has expired.
 * @throws {TypeError | RangeError} When a time or the interval of the schedule is not a finite
 *   number, the interval is not positive, or there is no such outcome.
 * @see [CIBA §10.1](https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#token_request)
 * @see [CIBA §11](https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#token_error_response)
 * @see [RFC 9110 §10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)
 */
export function advancePolling(
  schedule: PollSchedule,
  answer: PollAnswer,
): PollSchedule | undefined {
  const { outcome, sentAt, now, retryAfterSeconds } = answer;
  assertTime(ADVANCE, 'sentAt', sentAt);
  assertTime(ADVANCE, 'now', now);
  const { expiresAt } = schedule;
  // It may have been kept as text since: polling must neither go on without an end nor a pause.
  assertTime(ADVANCE, 'expiresAt', expiresAt);
  assertInterval(ADVANCE, 'intervalSeconds', schedule.intervalSeconds);

  const intervalSeconds = nextInterval(schedule.intervalSeconds, answer);
  const failures = outcome === 'unreachable' ? schedule.failures + 1 : 0;
  const earliest = Math.max(sentAt + intervalSeconds, now + secondsOf(retryAfterSeconds), now);
  if (earliest > expiresAt) return undefined;

  // What the server asks for is kept to; our own patience must not cost the last request.
  const patient = now + backoff(intervalSeconds, failures);
  const nextAt = Math.max(earliest, Math.min(patient, expiresAt));
  return Object.freeze({ intervalSeconds, nextAt, expiresAt, failures });
}

function nextInterval(current: number, { outcome, intervalSeconds }: PollAnswer): number {
  const demanded = secondsOf(intervalSeconds);
  switch (outcome) {
    case 'pending':
    case 'unreachable':
      return Math.max(current, demanded);
    case 'slow_down':
      return Math.max(current + SLOW_DOWN_SECONDS, demanded);
    default:
      return refuse(ADVANCE, 'there is no such outcome', outcome);
  }
}

function backoff(intervalSeconds: number, failures: number): number {
  if (!(failures > 0)) return 0;
  const longest = Math.max(LONGEST_BACKOFF_SECONDS, intervalSeconds);
  return Math.min(intervalSeconds * 2 ** failures, longest);
}

/** A server's number of seconds; 0, which changes nothing, for what is none. */
function secondsOf(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? Math.max(value, 0) : 0;
}

function assertTime(action: string, name: string, value: number): void {
  if (Number.isFinite(value)) return;
  const kind = typeof value === 'number' ? RangeError : TypeError;
  refuse(action, `'${name}' must be a finite number of seconds`, value, kind);
}

function assertInterval(action: string, name: string, value: number): void {
  assertTime(action, name, value);
  if (value <= 0) refuse(action, `'${name}' must be positive`, value);
}
