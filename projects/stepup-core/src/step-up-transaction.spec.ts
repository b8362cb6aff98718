import { describe, expect, it } from '@jest/globals';
import {
  advanceTransaction,
  startTransaction,
  type TransactionEvent,
  type TransactionStatus,
} from 'stepup-core';

const requirement = { acrValues: ['phr'] };
const outcomes: Readonly<Record<TransactionEvent, TransactionStatus>> = {
  approve: 'approved',
  deny: 'denied',
  expire: 'expired',
  fail: 'failed',
  cancel: 'cancelled',
};
const statuses: readonly TransactionStatus[] = ['pending', ...Object.values(outcomes)];
const table = statuses.flatMap((status) =>
  Object.entries(outcomes).map(([event, outcome]) => ({
    status,
    event: event as TransactionEvent,
    next: status === 'pending' ? outcome : status,
  })),
);

describe('startTransaction()', () => {
  it('starts as pending, with what it was told', () => {
    const details = { transactionId: 't1', bindingMessage: 'AB-12', expiresAt: 1300 };

    expect(startTransaction(requirement, details)).toEqual({
      status: 'pending',
      requirement,
      ...details,
    });
  });

  it('refuses a requirement that demands nothing', () => {
    expect(() => startTransaction({})).toThrow(RangeError);
  });
});

describe('advanceTransaction()', () => {
  it.each(table)('goes from $status by $event to $next', ({ status, event, next }) => {
    const transaction = { ...startTransaction(requirement, { transactionId: 't1' }), status };

    expect(advanceTransaction(transaction, event)).toEqual({ ...transaction, status: next });
  });

  it('returns an ended transaction as it is', () => {
    const denied = advanceTransaction(startTransaction(requirement), 'deny');

    expect(advanceTransaction(denied, 'approve')).toBe(denied);
  });

  it('leaves the transaction that it was handed untouched', () => {
    const pending = startTransaction(requirement);

    expect(Object.isFrozen(advanceTransaction(pending, 'approve'))).toBe(true);
    expect(pending.status).toBe('pending');
  });

  it.each(['approved', '', 'constructor', undefined])('refuses %p as an event', (event) => {
    const pending = startTransaction(requirement);

    const advance = () => advanceTransaction(pending, event as TransactionEvent);

    expect(advance).toThrow(RangeError);
    expect(advance).toThrow('Cannot advance a transaction as there is no such event: current');
  });
});
