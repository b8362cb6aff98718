import { describe, expect, it } from '@jest/globals';
import { ChallengeSyntaxError, isStepUpError, StepUpError } from 'stepup-core';

describe('StepUpError', () => {
  it('carries its code, its cause and what was asked for', () => {
    const cause = new Error('network');
    const error = new StepUpError('ERR_STEPUP_FAILED', 'Cannot step up', {
      cause,
      requirement: { maxAge: 5 },
    });

    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'StepUpError',
      code: 'ERR_STEPUP_FAILED',
      message: 'Cannot step up',
      requirement: { maxAge: 5 },
      cause,
    });
  });

  it('hides the response and the claims from loggers', () => {
    const error = new StepUpError('ERR_STEPUP_UNMET', 'Cannot step up', {
      authentication: { subject: 'alice' },
      response: { status: 401 },
    });

    expect(error.authentication).toEqual({ subject: 'alice' });
    expect(error.response).toEqual({ status: 401 });
    expect(JSON.stringify(error)).toBe('{"name":"StepUpError","code":"ERR_STEPUP_UNMET"}');
  });

  it('has no field that it was not given', () => {
    const error = new StepUpError('ERR_STEPUP_DENIED', 'Cannot step up');

    for (const field of ['cause', 'requirement', 'authentication', 'response']) {
      expect(error).not.toHaveProperty(field);
    }
  });
});

describe('isStepUpError()', () => {
  it('knows an error of another copy of this package by its code', () => {
    const foreign = Object.assign(new Error('Cannot step up'), { code: 'ERR_STEPUP_EXPIRED' });

    expect(isStepUpError(foreign)).toBe(true);
  });

  it.each([
    ['a step-up error', new StepUpError('ERR_STEPUP_DENIED', ''), true],
    ['another error', new Error('a'), false],
    ['a challenge that does not parse', new ChallengeSyntaxError('a', 0), false],
    ['a code of a newer copy', Object.assign(new Error('a'), { code: 'ERR_STEPUP_NEW' }), true],
    ['a code of another kind', Object.assign(new Error('a'), { code: 'ERR_OTHER' }), false],
    ['a code that is no text', Object.assign(new Error('a'), { code: 5 }), false],
    ['an object that is no error', { code: 'ERR_STEPUP_DENIED' }, false],
    ['nothing', undefined, false],
  ])('tells %s', (_, value, answer) => {
    expect(isStepUpError(value)).toBe(answer);
  });
});
