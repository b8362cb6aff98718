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

import { requirementKey } from './attempt-ledger';
import { isReturnUrl } from './return-url';
import { stepUpError } from './step-up-error';
import type { StepUpReturn } from './step-up-handler';
import { StepUpHandlers } from './step-up-handlers';
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
   * Router URL to come back to after a redirect, with exactly one leading slash.
   *
   * @default the current one
   */
  readonly returnUrl?: string;
}

/** Carries out step-ups, one at a time for the app. On a server there are none. */
@Injectable({ providedIn: 'root' })
export class StepUp {
  readonly #isBrowser = isPlatformBrowser(inject(PLATFORM_ID));
  readonly #runner = this.#isBrowser ? inject(StepUpRunner) : undefined;
  readonly #handlers = this.#isBrowser ? inject(StepUpHandlers) : undefined;

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
    return this.#handlers?.authentication ?? NOTHING;
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
    if (returnUrl !== undefined && !isReturnUrl(returnUrl)) {
      throw stepUpError(
        'CONFIGURATION',
        `'returnUrl' must be a router URL with one leading slash: current value is ${JSON.stringify(returnUrl)}`,
      );
    }
    if (!this.#runner) throw stepUpError('FAILED', 'there is no browser');
    const initiator = `app ${requirementKey(defined)}`;
    return this.#runner.ensure({ requirement: defined, initiator, returnUrl });
  }

  /** Gives up the step-up under way: all that wait for it get `ERR_STEPUP_CANCELLED` at once. */
  cancel(): void {
    this.#runner?.cancel();
  }

  /**
   * Finds the step-up that this tab left the page for, at most ten minutes ago.
   *
   * For the callback route of a handler that redirects.
   */
  returned(): StepUpReturn | undefined {
    const runner = this.#runner;
    const handlers = this.#handlers;
    const left = runner?.ledger.left();
    if (!runner || !handlers || !left) return undefined;
    const { requirement, returnUrl, fromUrl, subject } = left;
    const chosen = handlers.named(left.handler) ?? handlers.choose(requirement);
    const verify = (authentication: Authentication | undefined): void =>
      runner.verify(authentication, chosen, subject, { requirement });
    const fail = (error: unknown): string => {
      runner.report(error, { requirement });
      runner.comeBack();
      return fromUrl;
    };
    const complete = (): string => {
      try {
        verify(chosen.handler.authentication());
      } catch (error) {
        return fail(error);
      }
      handlers.use(chosen);
      runner.comeBack();
      return returnUrl;
    };
    return { requirement, returnUrl, verify, complete, fail };
  }
}

const NOTHING = signal(undefined).asReadonly();
