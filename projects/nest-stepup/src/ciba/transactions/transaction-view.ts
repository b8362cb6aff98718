import type { TransactionStatus } from 'stepup-core';
import type { TransactionPhase, TransactionRecord } from './transaction-record.js';
import type { TransactionView } from './transaction-request.js';
import { advanceRecord } from './transaction-state.js';

const STATUS: Readonly<Record<TransactionPhase, TransactionStatus>> = {
  starting: 'pending',
  waiting: 'pending',
  redeeming: 'pending',
  ready: 'approved',
  'handed-over': 'approved',
  denied: 'denied',
  expired: 'expired',
  failed: 'failed',
  cancelled: 'cancelled',
};

/**
 * What the browser may see of a transaction.
 *
 * It is as of `now`: a transaction whose time is up has expired, whether or not it is written yet.
 *
 * @param now Current time, in seconds since the Unix epoch.
 */
export function viewOf(
  transactionId: string,
  stored: TransactionRecord,
  now: number,
): TransactionView {
  const { state, bindingMessage, expiresAt, requirement } = advanceRecord(stored, {
    type: 'lapsed',
    now,
  });
  return {
    transactionId,
    status: STATUS[state.phase],
    expiresAt,
    ...(bindingMessage !== undefined && { bindingMessage }),
    ...(requirement !== undefined && { requirement }),
    ...('error' in state && state.error !== undefined && { error: state.error }),
    ...('errorDescription' in state &&
      state.errorDescription !== undefined && { errorDescription: state.errorDescription }),
  };
}
