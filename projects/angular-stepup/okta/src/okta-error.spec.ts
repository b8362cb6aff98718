import { describe, expect, it } from '@jest/globals';
import { StepUpError } from 'stepup-core';

import { sdkError } from './fake-okta-auth';
import { stepUpErrorFrom } from './okta-error';

describe('stepUpErrorFrom()', () => {
  it.each([
    ['ERR_STEPUP_DENIED', sdkError('OAuthError', 'access_denied')],
    ['ERR_STEPUP_UNMET', sdkError('OAuthError', 'unmet_authentication_requirements')],
    ['ERR_STEPUP_FAILED', sdkError('OAuthError', 'server_error')],
    ['ERR_STEPUP_EXPIRED', sdkError('AuthSdkError', 'INTERNAL', 'OAuth flow timed out')],
    [
      'ERR_STEPUP_CANCELLED',
      sdkError('AuthSdkError', 'INTERNAL', 'Unable to parse OAuth flow response'),
    ],
    [
      'ERR_STEPUP_FAILED',
      sdkError(
        'AuthSdkError',
        'INTERNAL',
        'Unable to parse OAuth flow response: response type "id_token" was requested',
      ),
    ],
    ['ERR_STEPUP_FAILED', new TypeError('fetch failed')],
    ['ERR_STEPUP_FAILED', 'not an error'],
  ])('gives %s', (code, cause) => {
    const requirement = { maxAge: 60 };
    expect(stepUpErrorFrom(cause, requirement)).toMatchObject({ code, cause, requirement });
  });

  it('passes a StepUpError on as the same object', () => {
    const error = new StepUpError('ERR_STEPUP_UNMET', 'Cannot step up');
    expect(stepUpErrorFrom(error)).toBe(error);
  });

  it('keeps the text of the authorization server out of its own message', () => {
    const error = stepUpErrorFrom(sdkError('OAuthError', 'access_denied', '<b>alice</b>'));
    expect(error.message).toBe('Cannot step up as it was refused at the authorization server');
  });
});
