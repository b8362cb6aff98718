import { Injectable, inject } from '@angular/core';
import {
  type Authentication,
  type AuthenticationRequirement,
  defineRequirement,
} from 'stepup-core';

import { isReturnUrl } from './return-url';
import { StepUpHandlers } from './step-up-handlers';
import { StepUpRunner } from './step-up-runner';

/** A step-up for which the page was left, found again by {@link StepUpReturns}. */
export interface StepUpReturn {
  readonly requirement: AuthenticationRequirement;
  /** Router URL that the end-user wanted. */
  readonly returnUrl: string;
  /** As {@link StepUpContext.verify}: to be called before the new tokens are stored. */
  verify(authentication: Authentication): void;
  /** Ends the step-up after the new tokens were stored; returns the router URL to go to. */
  complete(): string;
  /** Ends it with an error, shown by {@link StepUp.error}; returns the page the user came from. */
  fail(error: unknown): string;
}

/**
 * Finds the step-up that this tab left the page for.
 *
 * For the callback route of a handler that redirects, and for the browser only. An app whose
 * handlers stay in the page does not carry it.
 */
@Injectable({ providedIn: 'root' })
export class StepUpReturns {
  readonly #runner = inject(StepUpRunner);
  readonly #handlers = inject(StepUpHandlers);

  /** @returns `undefined` when there is none, or it was left more than ten minutes ago. */
  find(): StepUpReturn | undefined {
    const runner = this.#runner;
    const handlers = this.#handlers;
    const left = runner.ledger.left();
    const requirement = left && readRequirement(left.requirement);
    if (!requirement || !isReturnUrl(left.returnUrl) || !isReturnUrl(left.fromUrl)) {
      return undefined;
    }
    const { returnUrl, fromUrl, subject } = left;
    const chosen =
      handlers.all.find(({ name }) => name === left.handler) ?? handlers.choose(requirement);
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

function readRequirement(stored: AuthenticationRequirement): AuthenticationRequirement | undefined {
  try {
    return defineRequirement(stored);
  } catch {
    // Not what was stored when the page was left.
    return undefined;
  }
}
