import { type AuthenticationRequirement, StepUpError, isStepUpError } from 'stepup-core';

/**
 * Says in the terms of this package why the SDK gave up; the SDK's error is the `cause`.
 *
 * @param requirement What was asked, when it is a step-up that failed.
 */
export function stepUpErrorFrom(
  error: unknown,
  requirement?: AuthenticationRequirement,
): StepUpError {
  if (isStepUpError(error)) return error;
  const details = { cause: error, requirement };
  const { name, errorCode, message } = fieldsOf(error);

  if (name === 'OAuthError') return errorOfServer(errorCode, details);
  if (name === 'AuthSdkError' && message === 'Unable to parse OAuth flow response') {
    return new StepUpError(
      'ERR_STEPUP_CANCELLED',
      'Cannot step up as the popup was closed before an answer came',
      details,
    );
  }
  if (name === 'AuthSdkError' && message === 'OAuth flow timed out') {
    return new StepUpError(
      'ERR_STEPUP_EXPIRED',
      'Cannot step up as no answer came from the popup in time',
      details,
    );
  }
  return new StepUpError(
    'ERR_STEPUP_FAILED',
    'Cannot step up as the authorization request could not be carried out',
    details,
  );
}

/**
 * The error for an `error` that the authorization server answered with.
 *
 * @see [RFC 6749 §4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1)
 * @see [RFC 9470 §5](https://www.rfc-editor.org/rfc/rfc9470#section-5)
 */
export function errorOfServer(
  error: string | undefined,
  details: {
    readonly cause?: unknown;
    readonly requirement?: AuthenticationRequirement | undefined;
  },
): StepUpError {
  switch (error) {
    case 'access_denied':
      return new StepUpError(
        'ERR_STEPUP_DENIED',
        'Cannot step up as it was refused at the authorization server',
        details,
      );
    case 'unmet_authentication_requirements':
      return new StepUpError(
        'ERR_STEPUP_UNMET',
        'Cannot step up as the authorization server cannot meet the requirement',
        details,
      );
    default:
      return new StepUpError(
        'ERR_STEPUP_FAILED',
        'Cannot step up as the authorization server answered with an error',
        details,
      );
  }
}

function fieldsOf(error: unknown): { name?: string; errorCode?: string; message?: string } {
  if (!(error instanceof Error)) return {};
  const { name, message } = error;
  const errorCode = 'errorCode' in error ? error.errorCode : undefined;
  return { name, message, ...(typeof errorCode === 'string' && { errorCode }) };
}
