import { refuse } from './refusal.js';
import { defineRequirement, type AuthenticationRequirement } from './requirement.js';

/**
 * How a step-up transaction can end.
 *
 * `denied`: the end-user said no. `expired`: nobody answered in time. `failed`: it could not be
 * carried out. `cancelled`: the client gave up.
 */
export type TransactionOutcome = 'approved' | 'denied' | 'expired' | 'failed' | 'cancelled';

/** Where a step-up transaction stands. Every status but `pending` is final. */
export type TransactionStatus = 'pending' | TransactionOutcome;

/** What can happen to a step-up transaction. */
export type TransactionEvent = 'approve' | 'deny' | 'expire' | 'fail' | 'cancel';

/** One attempt to satisfy one requirement, as an API tells it to the browser. */
export interface StepUpTransaction {
  readonly status: TransactionStatus;
  readonly requirement: AuthenticationRequirement;
  /** Our own random handle. Absent when the transaction takes place in the browser alone. */
  readonly transactionId?: string;
  /** Text that both devices show, so that the end-user can compare. */
  readonly bindingMessage?: string;
  /** The deadline, in seconds since the Unix epoch. */
  readonly expiresAt?: number;
}

const OUTCOMES: ReadonlyMap<TransactionEvent, TransactionOutcome> = /* @__PURE__ */ new Map<
  TransactionEvent,
  TransactionOutcome
>([
  ['approve', 'approved'],
  ['deny', 'denied'],
  ['expire', 'expired'],
  ['fail', 'failed'],
  ['cancel', 'cancelled'],
]);

/**
 * Starts a transaction: it is pending.
 *
 * @throws {TypeError | RangeError} When the requirement is not valid, as {@link defineRequirement}.
 */
export function startTransaction(
  requirement: AuthenticationRequirement,
  details: Pick<StepUpTransaction, 'transactionId' | 'bindingMessage' | 'expiresAt'> = {},
): StepUpTransaction {
  return Object.freeze({
    ...details,
    status: 'pending',
    requirement: defineRequirement(requirement),
  });
}

/**
 * Applies an event to a transaction.
 *
 * The first outcome stands: an event that comes after it, such as an approval after the deadline,
 * changes nothing.
 *
 * @returns The transaction in its new status, or the same object when it had already ended.
 * @throws {RangeError} When there is no such event.
 */
export function advanceTransaction(
  transaction: StepUpTransaction,
  event: TransactionEvent,
): StepUpTransaction {
  const status = OUTCOMES.get(event);
  if (status === undefined) refuse('advance a transaction', 'there is no such event', event);
  return transaction.status === 'pending' ? Object.freeze({ ...transaction, status }) : transaction;
}
