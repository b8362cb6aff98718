import type { AuthenticationRequirement } from 'angular-stepup';

import type { StepUpDialogTexts } from './step-up-dialog-texts';

/** What the dialog says unless the app brings texts of its own. */
export const ENGLISH_TEXTS: StepUpDialogTexts = {
  stepUpHeading: 'Confirm that it is you',
  signInHeading: 'Sign in',
  requirement: requirementInWords,
  ask: 'Choose Continue to confirm. Nothing that you typed is lost.',
  askSignIn: 'Choose Continue to sign in.',

  waiting: 'Waiting for you to confirm. If a window has opened, go on there.',
  redirecting: 'You are being taken to sign in. You come back to this page afterwards.',
  starting: 'One moment, please.',
  scanning: 'Scan this code with your phone.',
  approving: 'Open the request on your phone and approve it there.',
  reconnecting: 'The connection is lost. Trying to reach the service again.',
  completing: 'Approved. One moment, please.',

  codeLabel: 'Your code',
  codeAdvice:
    'Compare this code with the one on your phone. If it differs, or if you did not start this, choose Deny.',
  qrLabel: 'QR code to scan with your phone',
  qrMissing: 'The picture cannot be shown. This is what it says:',
  timeLeft: (seconds) =>
    `Time left: ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`,
  timeLeftSpoken: (seconds) => `${duration(seconds)} left.`,

  endedHeading: 'This did not work',
  denied: 'The request was denied. If that was not you, do not try again, and tell support.',
  expired: 'The time is up. You can try again.',
  cancelled: 'It was stopped before it was finished. You can try again.',
  unmet: 'You signed in, but in a way that is not enough for this. You can try another way.',
  failed: 'Something went wrong. Check your connection and try again.',
  popupBlocked: 'Your browser blocked the window. Choose Try again to open it.',

  continueButton: 'Continue',
  cancelButton: 'Cancel',
  tryAgainButton: 'Try again',
  closeButton: 'Close',
};

function requirementInWords({ acrValues, maxAge }: AuthenticationRequirement): string {
  if (maxAge === 0) return `This needs a new ${acrValues ? 'and stronger ' : ''}sign-in.`;
  const signIn = `This needs a ${acrValues ? 'stronger' : 'recent'} sign-in`;
  if (maxAge === undefined) return `${signIn}.`;
  // "The last minute", but "the last 5 minutes".
  return `${signIn}, made in the last ${duration(maxAge).replace(/^1 /, '')}.`;
}

/** In the largest unit that it is a whole number of. */
function duration(seconds: number): string {
  const [size, unit] =
    seconds % 3600 === 0 ? [3600, 'hour'] : seconds % 60 === 0 ? [60, 'minute'] : [1, 'second'];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
