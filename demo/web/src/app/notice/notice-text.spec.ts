import { HttpErrorResponse } from '@angular/common/http';
import { StepUpError, type StepUpErrorCode } from 'angular-stepup';
import { noticeText } from './notice-text';

const SECRET = 'text-of-the-server';

const textOf = (error: unknown): string =>
  noticeText(new HttpErrorResponse({ status: 422, error })).text;

describe('noticeText()', () => {
  it.each<[StepUpErrorCode, string, boolean]>([
    ['ERR_STEPUP_CANCELLED', 'You stopped before it was confirmed', true],
    ['ERR_STEPUP_DENIED', 'It was not confirmed', true],
    ['ERR_STEPUP_EXPIRED', 'That took too long', true],
    ['ERR_STEPUP_UNMET', 'That was not enough proof', false],
    ['ERR_STEPUP_FAILED', 'It could not be confirmed', true],
    ['ERR_STEPUP_POPUP_BLOCKED', 'Your browser blocked the window to confirm in', true],
    ['ERR_STEPUP_CONFIGURATION', 'This page is set up wrongly', false],
  ])('has words of its own for %s', (code, title, canRetry) => {
    const notice = noticeText(new StepUpError(code, SECRET));
    expect(notice).toMatchObject({ title, canRetry });
    expect(JSON.stringify(notice)).not.toContain(SECRET);
  });

  it('says what was asked for when it could not be reached', () => {
    const requirement = { acrValues: ['phr'], maxAge: 300 };
    const error = new StepUpError('ERR_STEPUP_UNMET', SECRET, { requirement });
    expect(noticeText(error).text).toContain('a passkey, used in the last 5 minutes');
  });

  it('tells a refusal from another person who signed in', () => {
    const authentication = { subject: 'mallory' };
    const error = new StepUpError('ERR_STEPUP_DENIED', SECRET, { authentication });
    expect(noticeText(error).title).toBe('Someone else signed in');
    expect(noticeText(error).text).not.toContain('mallory');
  });

  it.each([
    [0, 'The bank cannot be reached', true],
    [400, 'The bank refused', false],
    [401, 'Your session has ended', false],
    [422, 'The bank refused', false],
    [500, 'The bank refused', true],
    [503, 'The bank cannot check your sign-in right now', true],
  ])('has words for an answer of %i', (status, title, canRetry) => {
    expect(noticeText(new HttpErrorResponse({ status }))).toMatchObject({ title, canRetry });
  });

  it('shows the detail of a problem, and of nothing else', () => {
    expect(textOf({ detail: 'There is not enough money.' })).toBe('There is not enough money.');
    expect(textOf({ detail: 5 })).toBe('It gave no reason.');
    expect(textOf('<b>no</b>')).toBe('It gave no reason.');
  });

  it('has words for what it does not know', () => {
    expect(noticeText(new Error(SECRET)).title).toBe('Something went wrong');
    expect(noticeText(undefined).text).not.toContain(SECRET);
  });
});
