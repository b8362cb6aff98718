import type { AuthenticationRequirement } from 'stepup-core';
import type { CibaErrorCode } from '../ciba.exception.js';
import type { TransactionKind } from './transaction-request.js';

/**
 * A transaction, as the store keeps it. Times are in seconds since the Unix epoch.
 *
 * What is secret in it is sealed; of what is only compared it holds a digest.
 */
export interface TransactionRecord {
  readonly kind: TransactionKind;
  /** The user who must approve, where it has to be a certain one. */
  readonly subject?: string;
  readonly binding?: string;
  readonly requirement?: AuthenticationRequirement;
  readonly resource: readonly string[];
  readonly bindingMessage?: string;
  readonly startedAt: number;
  /** When the authorization server stops waiting for the user. */
  readonly expiresAt: number;
  /** How often a token request was claimed: an answer to an earlier claim counts no more. */
  readonly attempts: number;
  /** In ping mode only: the digest of the secret in the notification token. */
  readonly notificationHash?: string;
  /** In ping mode only: the digest of the `auth_req_id`, once it is known. */
  readonly authReqIdHash?: string;
  /** Who approved, once somebody has: for the audit only. */
  readonly approvedBy?: string;
  readonly state: TransactionState;
}

/** Where a transaction stands. */
export type TransactionState =
  StartingState | WaitingState | RedeemingState | ReadyState | HandedOverState | EndedState;

/** The authorization server is being asked; the answer is not here yet. */
export interface StartingState {
  readonly phase: 'starting';
  /** Whoever asks has died if it is still starting by then. */
  readonly leaseUntil: number;
  /** The digest of the `auth_req_id` of a ping that overtook the answer. */
  readonly earlyPing?: string;
}

/** What has to be known to send token requests. */
interface Polling {
  /** Sealed. */
  readonly authReqId: string;
  /** The least time between two token requests, in seconds. */
  readonly intervalSeconds: number;
  /** How many requests in a row got no usable answer. */
  readonly failures: number;
  /** The longer pace of the ping mode, for as long as no ping has come, in seconds. */
  readonly fallbackSeconds?: number;
}

/** The user is being asked. */
export interface WaitingState extends Polling {
  readonly phase: 'waiting';
  /** When to send the next token request; absent: there is no time for another before expiry. */
  readonly dueAt?: number;
}

/** A token request is on its way: nobody else may send one. */
export interface RedeemingState extends Polling {
  readonly phase: 'redeeming';
  readonly sentAt: number;
  /** Whoever sent it has died if there is no answer by then. */
  readonly leaseUntil: number;
  /** A ping came after it was sent: it may have been sent too early. */
  readonly pingedMeanwhile?: true;
}

/** The tokens are here, for their browser to fetch. */
export interface ReadyState {
  readonly phase: 'ready';
  /** Sealed. */
  readonly tokens: string;
  readonly readyUntil: number;
}

/** The tokens were given away, once. */
export interface HandedOverState {
  readonly phase: 'handed-over';
}

/** Nothing more will happen. */
export interface EndedState {
  readonly phase: 'denied' | 'expired' | 'failed' | 'cancelled';
  readonly error?: CibaErrorCode;
  readonly errorDescription?: string;
}

/** The name of a {@link TransactionState}. */
export type TransactionPhase = TransactionState['phase'];

/** What is said of a record, or a part of it, that this API has not written. */
export const UNREADABLE_DESCRIPTION = 'What was stored of the transaction cannot be read';

/** What stands in for a record that is not well-formed: failed, and holding nothing of it. */
export const UNREADABLE: TransactionRecord = Object.freeze<TransactionRecord>({
  kind: 'sign-in',
  resource: [],
  startedAt: 0,
  expiresAt: 0,
  attempts: 0,
  state: {
    phase: 'failed',
    error: 'server_error',
    errorDescription: UNREADABLE_DESCRIPTION,
  },
});

/** Writes a record as text. */
export function serializeRecord(record: TransactionRecord): string {
  return JSON.stringify(record);
}

/** Reads a record; {@link UNREADABLE} when it is not well-formed in every part. */
export function readRecord(text: string): TransactionRecord {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return UNREADABLE;
  }
  return isRecord(record) ? record : UNREADABLE;
}

type Guard = (value: unknown) => boolean;

const text: Guard = (value) => typeof value === 'string' && value !== '';
const number: Guard = (value) => Number.isFinite(value);
const texts: Guard = (value) => Array.isArray(value) && value.every(text);
const oneOf =
  (...values: readonly unknown[]): Guard =>
  (value) =>
    values.includes(value);
const optional =
  (guard: Guard): Guard =>
  (value) =>
    value === undefined || guard(value);
const shape =
  (members: Readonly<Record<string, Guard>>): Guard =>
  (value) =>
    isObject(value) &&
    Object.keys(value).every((name) => Object.hasOwn(members, name)) &&
    Object.entries(members).every(([name, guard]) => guard(value[name]));

const polling = {
  authReqId: text,
  intervalSeconds: number,
  failures: number,
  fallbackSeconds: optional(number),
};
const ended = { error: optional(text), errorDescription: optional(text) };

const STATES: ReadonlyMap<unknown, Guard> = new Map(
  Object.entries({
    starting: { leaseUntil: number, earlyPing: optional(text) },
    waiting: { ...polling, dueAt: optional(number) },
    redeeming: {
      ...polling,
      sentAt: number,
      leaseUntil: number,
      pingedMeanwhile: optional(oneOf(true)),
    },
    ready: { tokens: text, readyUntil: number },
    'handed-over': {},
    denied: ended,
    expired: ended,
    failed: ended,
    cancelled: ended,
  } satisfies Record<TransactionPhase, Record<string, Guard>>).map(([phase, members]) => [
    phase,
    shape({ phase: text, ...members }),
  ]),
);

const record = shape({
  kind: oneOf('step-up', 'sign-in'),
  subject: optional(text),
  binding: optional(text),
  requirement: optional(shape({ acrValues: optional(texts), maxAge: optional(number) })),
  resource: texts,
  bindingMessage: optional(text),
  startedAt: number,
  expiresAt: number,
  attempts: number,
  notificationHash: optional(text),
  authReqIdHash: optional(text),
  approvedBy: optional(text),
  state: (value) => isObject(value) && STATES.get(value['phase'])?.(value) === true,
});

function isRecord(value: unknown): value is TransactionRecord {
  return record(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
