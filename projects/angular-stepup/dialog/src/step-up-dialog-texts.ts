import { InjectionToken, type Provider } from '@angular/core';
import type { AuthenticationRequirement } from 'angular-stepup';

/**
 * Everything that the dialog says, in one language. Texts of {@link provideStepUpDialogTexts} take
 * the place of the English ones; one that is left out stays English.
 */
export interface StepUpDialogTexts {
  /** Language of these texts (BCP 47), when it is not that of the page. */
  readonly lang?: string;

  /** Heading while the end-user is asked, or is to act. */
  readonly stepUpHeading: string;
  /** As {@link stepUpHeading}, of a sign-in. */
  readonly signInHeading: string;
  /** What is asked of the end-user, in words. acr values mean nothing to one. */
  readonly requirement: (requirement: AuthenticationRequirement) => string;
  /** What `Continue` leads to, of a step-up. */
  readonly ask: string;
  /** As {@link ask}, of a sign-in. */
  readonly askSignIn: string;

  /** Under way in a window of its own, or elsewhere without news. */
  readonly waiting: string;
  /** The page is being left. */
  readonly redirecting: string;
  /** The other device is being asked. */
  readonly starting: string;
  /** The QR code is to be scanned. */
  readonly scanning: string;
  /** The end-user is to answer on the other device. */
  readonly approving: string;
  /** The API cannot be reached at the moment. */
  readonly reconnecting: string;
  /** Approved; the tokens are on their way. */
  readonly completing: string;

  /** Label of the code that both devices show. */
  readonly codeLabel: string;
  /** What to do with the code: the advice that keeps the end-user safe. */
  readonly codeAdvice: string;
  /** Says what the QR code is, for those who do not see it. */
  readonly qrLabel: string;
  /** Stands above the text of the QR code when the picture cannot be shown. */
  readonly qrMissing: string;
  /** The time left, as shown. @param seconds A whole number. */
  readonly timeLeft: (seconds: number) => string;
  /** The time left, as spoken, now and then. @param seconds A whole number. */
  readonly timeLeftSpoken: (seconds: number) => string;

  /** Heading when it did not succeed. */
  readonly endedHeading: string;
  /** The end-user said no. */
  readonly denied: string;
  /** Nobody answered in time. */
  readonly expired: string;
  /** The end-user gave up elsewhere, as by closing the popup. */
  readonly cancelled: string;
  /** Succeeded, but is not enough. */
  readonly unmet: string;
  /** Could not be carried out. */
  readonly failed: string;
  /** The browser blocked the popup. */
  readonly popupBlocked: string;

  readonly continueButton: string;
  readonly cancelButton: string;
  readonly tryAgainButton: string;
  readonly closeButton: string;
}

/** Texts, or what gives them: called again for each dialog, and when a signal that it reads changes. */
export type StepUpDialogTextsSource =
  Partial<StepUpDialogTexts> | (() => Partial<StepUpDialogTexts>);

/** The texts of the app, `{}` for English. {@link provideStepUpDialogTexts} provides it. */
export const STEP_UP_DIALOG_TEXTS = new InjectionToken<StepUpDialogTextsSource>(
  'STEP_UP_DIALOG_TEXTS',
  { providedIn: 'root', factory: () => ({}) },
);

/**
 * Replaces texts of the dialog.
 *
 * @example
 * providers: [provideStepUpDialogTexts(() => (language() === 'de' ? GERMAN : {}))]
 */
export function provideStepUpDialogTexts(texts: StepUpDialogTextsSource): Provider {
  return { provide: STEP_UP_DIALOG_TEXTS, useValue: texts };
}
