import type { AuthenticationResult } from '../authorization-server/backchannel-client.js';
import { checkResult, type ResultRefusal } from '../authorization-server/check-result.js';
import type { CibaSettings } from '../ciba.settings.js';
import type { TransactionRecord } from './transaction-record.js';

/**
 * Says why an approval does not do for a transaction; `undefined` when it does.
 *
 * `max_age` is about the time of the request. Whoever authenticated after that is as fresh as can
 * be, however long the tokens took to get here; an older authentication is measured now, as the API
 * that is called next will measure it.
 */
export function objectionTo(
  result: AuthenticationResult,
  { subject, requirement, startedAt }: TransactionRecord,
  settings: Pick<CibaSettings, 'now' | 'clockToleranceSeconds' | 'acrRanking'>,
): ResultRefusal | undefined {
  const { clockToleranceSeconds, acrRanking: ranking } = settings;
  const now = settings.now();
  const { authTime = -Infinity } = result.authentication;
  const isFresh = authTime >= startedAt - clockToleranceSeconds && authTime <= now;
  return checkResult(
    result,
    { subject, requirement },
    { now: isFresh ? authTime : now, clockToleranceSeconds, ranking },
  );
}
