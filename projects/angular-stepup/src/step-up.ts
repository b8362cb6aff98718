import { isPlatformBrowser } from '@angular/common';
import { Injectable, PLATFORM_ID, type Signal, inject, signal } from '@angular/core';
import {
  type Authentication,
  type AuthenticationRequirement,
  type StepUpTransaction as CoreTransaction,
  type StepUpChallenge,
  type StepUpError,
  defineRequirement,
} from 'stepup-core';

import { stepUpError } from './step-up-error';
import { StepUpRunner } from './step-up-runner';

/** A step-up under way in this browser. */
export interface StepUpTransaction extends CoreTransaction {
  /** The API's challenge, when one started it. Its texts are the API's: not to be trusted. */
  readonly challenge: StepUpChallenge | undefined;
  /** Name of the handler that carries it out. */
  readonly handler: string;
  /** `waiting`: another tab prompts; `prompting`: this one; `redirecting`: the page is being left. */
  readonly phase: 'waiting' | 'prompting' | 'redirecting';
}

/** Settings of one call of {@link StepUp.satisfy}. */
export interface SatisfyOptions {
  /**
   * Router URL to come back to after a redirect, with exactly one leading slash; anything else is
   * not used.
   *
   * @default the current one
   */
  readonly returnUrl?: string;
}

/** Carries out step-ups, one at a time for the app. On a server there are none. */
@Injectable({ providedIn: 'root' })
export class StepUp {
  readonly #runner = isPlatformBrowser(inject(PLATFORM_ID)) ? inject(StepUpRunner) : undefined;

  /** The step-up under way, `undefined` when there is none. */
  readonly transaction: Signal<StepUpTransaction | undefined> =
    this.#runner?.transaction.asReadonly() ?? NOTHING;

  /** Why the last step-up failed, `undefined` after one that did not. */
  readonly error: Signal<StepUpError | undefined> = this.#runner?.error.asReadonly() ?? NOTHING;

  /**
   * What the ID token says about the end-user's authentication; `undefined`: not signed in.
   *
   * With two handlers it is the signal of the one in use: do not keep it.
   */
  get authentication(): Signal<Authentication | undefined> {
    return this.#runner?.handlers.authentication ?? NOTHING;
  }

  /**
   * Has the end-user authenticate, unless the ID token satisfies the requirement already.
   *
   * It resolves after a step-up in the page, and stays pending when the page is left for one.
   *
   * @throws {StepUpError} When the step-up could not be completed; on a server.
   * @throws {TypeError | RangeError} When the requirement is not valid, as `defineRequirement()`.
   */
  async satisfy(
    requirement: AuthenticationRequirement,
    { returnUrl }: SatisfyOptions = {},
  ): Promise<void> {
    const defined = defineRequirement(requirement);
    if (!this.#runner) throw stepUpError('FAILED', 'there is no browser');
    return this.#runner.ensure({ requirement: defined, returnUrl });
  }

  /** Gives up the step-up under way: all that wait for it get `ERR_STEPUP_CANCELLED` at once. */
  cancel(): void {
    this.#runner?.cancel();
  }
}

const NOTHING: Signal<undefined> = signal(undefined);
