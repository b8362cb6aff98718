import { Injector, type Signal, inject } from '@angular/core';
import {
  type Authentication,
  type AuthenticationRequirement,
  StepUp,
  type StepUpChallenge,
  type StepUpContext,
  StepUpError,
  StepUpHandler,
  type StepUpOutcome,
  type StepUpProgress,
} from 'angular-stepup';

import { StepUpDialog } from './step-up-dialog';
import type { StepUpDialogTextsSource } from './step-up-dialog-texts';

/** How `withDialog()` asks. */
export interface StepUpDialogOptions {
  /**
   * Whether the step-up waits for a click on "Continue". That click lets the browser open a popup,
   * and nobody is taken away from a page unasked.
   *
   * @default true, unless the handler shows its progress in the dialog (as `withCiba()` does): that
   *   one starts at once, as it stays in the page and can be cancelled there
   */
  readonly askFirst?: boolean | ((requirement: AuthenticationRequirement) => boolean);
  /**
   * Says why a step-up is needed, in the app's own words. The challenge's texts are the API's: show
   * them only when it is one to trust.
   */
  readonly reason?: (
    requirement: AuthenticationRequirement,
    challenge: StepUpChallenge | undefined,
  ) => string | undefined;
  /** Texts of this handler's dialog; they go before those of `provideStepUpDialogTexts()`. */
  readonly texts?: StepUpDialogTextsSource;
}

/** Lets another handler step up in a dialog. */
export class DialogStepUpHandler extends StepUpHandler {
  readonly #dialog = inject(StepUpDialog);
  readonly #injector = inject(Injector);
  readonly #inner: StepUpHandler;
  readonly #options: StepUpDialogOptions;

  override readonly authentication: Signal<Authentication | undefined>;
  declare readonly progress?: Signal<StepUpProgress | undefined>;

  constructor(inner: StepUpHandler, options: StepUpDialogOptions) {
    super();
    this.#inner = inner;
    this.#options = options;
    this.authentication = inner.authentication;
    if (inner.progress) this.progress = inner.progress;
  }

  override accessToken(): string | undefined | Promise<string | undefined> {
    return this.#inner.accessToken();
  }

  override stepUp(
    requirement: AuthenticationRequirement,
    context: StepUpContext,
  ): Promise<StepUpOutcome> {
    const { askFirst = !this.progress, reason, texts } = this.#options;
    return this.#dialog.conduct(
      {
        ...(this.progress && { progress: this.progress }),
        run: (signal) => this.#run(requirement, { ...context, signal }, context),
      },
      {
        kind: 'step-up',
        requirement,
        reason: reason?.(requirement, context.challenge),
        askFirst: typeof askFirst === 'function' ? askFirst(requirement) : askFirst,
        signal: context.signal,
        texts,
      },
    );
  }

  async #run(
    requirement: AuthenticationRequirement,
    own: StepUpContext,
    outer: StepUpContext,
  ): Promise<StepUpOutcome> {
    const { signal } = own;
    const outcome = await this.#inner.stepUp(requirement, {
      ...own,
      verify: (authentication) => {
        // The outer step-up may live on: without this, a cancelled try could still store tokens.
        if (signal.aborted) {
          throw new StepUpError('ERR_STEPUP_CANCELLED', 'Cannot step up as it was cancelled', {
            requirement,
          });
        }
        outer.verify(authentication);
      },
    });
    // The end-user who cancels instead of leaving the page frees all who wait for the step-up.
    if (outcome === 'redirecting') {
      signal.addEventListener('abort', () => {
        // Given up already, another one may be under way by now.
        if (!outer.signal.aborted) this.#injector.get(StepUp).cancel();
      });
    }
    return outcome;
  }
}
