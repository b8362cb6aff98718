import { StepUpError, type StepUpErrorCode, type StepUpErrorOptions } from 'stepup-core';

/**
 * Makes the error of this package.
 *
 * @param code Without its prefix.
 * @param why Ends the sentence "Cannot step up as …".
 */
export function stepUpError(
  code: StepUpErrorCode extends `ERR_STEPUP_${infer Code}` ? Code : never,
  why: string,
  details?: StepUpErrorOptions,
): StepUpError {
  return new StepUpError(`ERR_STEPUP_${code}`, `Cannot step up as ${why}`, details);
}
