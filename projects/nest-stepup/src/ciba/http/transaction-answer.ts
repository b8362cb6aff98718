import type { TransactionView } from '../transactions/transaction-request.js';

/** A transaction, as the wire has it. */
export function transactionAnswer(view: TransactionView) {
  const { transactionId, status, bindingMessage, expiresAt, error, errorDescription } = view;
  return {
    transactionId,
    status,
    ...(bindingMessage !== undefined && { bindingMessage }),
    expiresAt,
    ...(error !== undefined && { error }),
    ...(errorDescription !== undefined && { error_description: errorDescription }),
  };
}
