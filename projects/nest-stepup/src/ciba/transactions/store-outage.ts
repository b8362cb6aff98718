import { CibaException } from '../ciba.exception.js';
import { StoreUnreachableError } from './transaction-store.js';

const RETRY_AFTER_SECONDS = 5;

/**
 * Asks the store; when it cannot be reached the caller gets an answer that says so.
 *
 * @throws {CibaException} `temporarily_unavailable` when the store cannot be reached.
 */
export async function askStore<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (cause) {
    if (!(cause instanceof StoreUnreachableError)) throw cause;
    throw unavailable(cause);
  }
}

/** What is answered when transactions cannot be read or written at the moment. */
export function unavailable(cause?: unknown): CibaException {
  return new CibaException(
    'temporarily_unavailable',
    'Transactions cannot be read or written at the moment',
    { retryAfterSeconds: RETRY_AFTER_SECONDS, cause },
  );
}
