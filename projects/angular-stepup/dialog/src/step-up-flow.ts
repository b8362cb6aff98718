import type { Signal } from '@angular/core';
import type { AuthenticationRequirement, StepUpProgress } from 'angular-stepup';

import type { StepUpDialogTextsSource } from './step-up-dialog-texts';

/** What the dialog conducts: `QrSignIn` of `angular-stepup/ciba` is one. */
export interface StepUpFlow<T> {
  /** How it goes on elsewhere: the code to compare, the QR code, the deadline. */
  readonly progress?: Signal<StepUpProgress | undefined>;
  /**
   * Carries it out. It is called again when the end-user tries again.
   *
   * @param signal Aborted when the end-user cancels; what comes afterwards is not used.
   * @returns `'redirecting'` when the page is being left: the dialog then stays.
   */
  run(signal: AbortSignal): Promise<T>;
}

/** What the dialog says about a flow, and how it begins. */
export interface StepUpDialogDetails {
  readonly kind: 'step-up' | 'sign-in';
  /** What is asked of the end-user: the dialog says it in words. */
  readonly requirement?: AuthenticationRequirement | undefined;
  /** Why it is asked, in the app's own words. */
  readonly reason?: string | undefined;
  /**
   * Whether the flow waits for a click on "Continue"; otherwise it starts when the dialog is open.
   *
   * @default false
   */
  readonly askFirst?: boolean | undefined;
  /** Cancels the flow and closes the dialog when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Texts of this dialog alone; they go before those of `provideStepUpDialogTexts()`. */
  readonly texts?: StepUpDialogTextsSource | undefined;
}
