import { HttpErrorResponse } from '@angular/common/http';
import { isStepUpError, type StepUpError, type StepUpErrorCode } from 'angular-stepup';
import { requirementInWords } from '../step-up/words';

/** What a person is told about something that went wrong. */
export interface NoticeText {
  readonly title: string;
  readonly text: string;
  /** Whether doing the same again may help. */
  readonly canRetry: boolean;
  /** Whether signing in again is what helps. */
  readonly needsSignIn?: true;
}

/** Finds plain words for any failure; nothing that a server sent is shown, except a problem's detail. */
export function noticeText(error: unknown): NoticeText {
  if (isStepUpError(error)) return STEP_UP_TEXTS[error.code](error);
  if (error instanceof HttpErrorResponse) return httpText(error);
  return {
    title: 'Something went wrong',
    text: 'This page could not do what you asked.',
    canRetry: true,
  };
}

const STEP_UP_TEXTS: Readonly<Record<StepUpErrorCode, (error: StepUpError) => NoticeText>> = {
  ERR_STEPUP_CANCELLED: () => ({
    title: 'You stopped before it was confirmed',
    text: 'Nothing was changed.',
    canRetry: true,
  }),
  ERR_STEPUP_DENIED: ({ authentication }) => ({
    title: authentication ? 'Someone else signed in' : 'It was not confirmed',
    text: authentication
      ? 'Only you can confirm what you are doing. You are still signed in as before.'
      : 'The request was declined. Nothing was changed.',
    canRetry: true,
  }),
  ERR_STEPUP_EXPIRED: () => ({
    title: 'That took too long',
    text: 'The request to confirm ran out before it was answered.',
    canRetry: true,
  }),
  ERR_STEPUP_UNMET: ({ requirement }) => ({
    title: 'That was not enough proof',
    text: requirement
      ? `This needs ${requirementInWords(requirement)}, and your sign-in could not offer it.`
      : 'This needs more proof than your sign-in could offer.',
    canRetry: false,
  }),
  ERR_STEPUP_FAILED: () => ({
    title: 'It could not be confirmed',
    text: 'The sign-in service did not finish its work. Nothing was changed.',
    canRetry: true,
  }),
  ERR_STEPUP_POPUP_BLOCKED: () => ({
    title: 'Your browser blocked the window to confirm in',
    text: 'Try again, allow this page to open windows, or choose another way under “Step up by”.',
    canRetry: true,
  }),
  ERR_STEPUP_CONFIGURATION: () => ({
    title: 'This page is set up wrongly',
    text: 'It cannot ask for more proof. The console says what to mend.',
    canRetry: false,
  }),
};

function httpText(error: HttpErrorResponse): NoticeText {
  if (error.status === 0) {
    return { title: 'The bank cannot be reached', text: 'Is its API running?', canRetry: true };
  }
  if (error.status === 401) {
    return {
      title: 'Your session has ended',
      text: 'Sign in again to go on. What you typed stays on this page.',
      canRetry: false,
      needsSignIn: true,
    };
  }
  if (error.status === 503) {
    return {
      title: 'The bank cannot check your sign-in right now',
      text: 'The sign-in service does not answer. You are still signed in.',
      canRetry: true,
    };
  }
  const canRetry = error.status >= 500;
  return { title: 'The bank refused', text: problemDetail(error.error), canRetry };
}

/** The `detail` of an RFC 9457 body: the API's own text, written for people. */
function problemDetail(body: unknown): string {
  if (typeof body === 'object' && body !== null && 'detail' in body) {
    if (typeof body.detail === 'string') return body.detail;
  }
  return 'It gave no reason.';
}
