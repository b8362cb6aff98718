import { DOCUMENT, Injectable, inject, signal } from '@angular/core';
import { Router } from '@angular/router';
import { type Observable, Subject } from 'rxjs';
import {
  type Authentication,
  type AuthenticationRequirement,
  type StepUpChallenge,
  type StepUpError,
  type StepUpErrorOptions,
  isStepUpError,
} from 'stepup-core';

import { attemptLedger, requirementKey } from './attempt-ledger';
import { isReturnUrl } from './return-url';
import type { StepUpTransaction } from './step-up';
import { stepUpError } from './step-up-error';
import { STEP_UP_CLOCK } from './step-up-feature';
import { type NamedHandler, StepUpHandlers } from './step-up-handlers';
import { tabTurn } from './tab-turn';

/** What a step-up is started with. */
export interface StepUpOrder {
  readonly requirement: AuthenticationRequirement;
  /** The request that wants it. A guard and the app go by the requirement. */
  readonly initiator?: string;
  /** Router URL to come back to; by default the current one. */
  readonly returnUrl?: string | undefined;
  readonly challenge?: StepUpChallenge;
  /** The 401 that started it. */
  readonly response?: unknown;
}

/** A step-up under way. */
export interface PendingStepUp extends StepUpOrder {
  readonly key: string;
  /** Has a value, and then ends, when the step-up is completed. */
  readonly done: Subject<void>;
  readonly abort: AbortController;
  /** Forgets what was kept in case that the page would be left. */
  stay?: () => void;
}

/** Carries out one step-up at a time. */
@Injectable({ providedIn: 'root' })
export class StepUpRunner {
  readonly #window = inject(DOCUMENT).defaultView;
  readonly handlers = inject(StepUpHandlers);
  readonly #router = inject(Router);
  readonly #turn = tabTurn(this.#window);
  readonly ledger = attemptLedger(this.#window, inject(STEP_UP_CLOCK));

  readonly transaction = signal<StepUpTransaction | undefined>(undefined);
  readonly error = signal<StepUpError | undefined>(undefined);
  /** The step-up to wait for. */
  pending: PendingStepUp | undefined;

  /** Steps up unless the ID token is enough, and after any other step-up that is under way. */
  async ensure(order: StepUpOrder): Promise<void> {
    for (;;) {
      if (this.handlers.satisfies(order.requirement)) {
        this.ledger.forgive(requirementKey(order.requirement));
        return;
      }
      const waitedFor = this.pending;
      const done = waitedFor?.done ?? this.start(order);
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      await new Promise<void>((next, error) => done.subscribe({ next, error }));
      if (!waitedFor) return;
    }
  }

  /** Starts a step-up; there must be no other under way. */
  start(order: StepUpOrder): Observable<void> {
    const pending: PendingStepUp = {
      ...order,
      key: requirementKey(order.requirement),
      done: new Subject(),
      abort: new AbortController(),
    };
    this.pending = pending;
    this.error.set(undefined);
    this.#carryOut(pending).then(
      (isCompleted) => isCompleted && this.#end(pending),
      (error: unknown) => this.#end(pending, { error }),
    );
    return pending.done;
  }

  /** Ends the step-up under way, whatever its handler does. */
  cancel(): void {
    const pending = this.pending;
    if (!pending) return;
    this.#end(pending, { error: stepUpError('CANCELLED', 'it was cancelled', pending) });
    pending.abort.abort();
  }

  /** Shows an error as the last one; returns it. */
  report(error: unknown, order?: StepUpErrorOptions): StepUpError {
    const reported = isStepUpError(error)
      ? error
      : stepUpError('FAILED', 'its handler failed', { ...order, cause: error });
    this.error.set(reported);
    return reported;
  }

  /**
   * Checks what a step-up led to, by the ID token.
   *
   * @param subject Who was signed in before.
   */
  verify(
    authentication: Authentication | undefined,
    handler: NamedHandler,
    subject: string | undefined,
    order: Pick<StepUpOrder, 'requirement' | 'response'>,
  ): void {
    const details = { ...order, authentication };
    if (subject !== undefined && authentication?.subject !== subject) {
      throw stepUpError('DENIED', 'another user signed in', details);
    }
    if (!this.handlers.satisfies(order.requirement, authentication ?? {}, handler)) {
      throw stepUpError('UNMET', 'the new authentication is not enough', details);
    }
  }

  /** Ends a step-up that the page was left for. */
  comeBack(): void {
    this.ledger.comeBack();
    this.#turn.free();
  }

  /** @returns Whether it is completed; otherwise the page is being left. */
  async #carryOut(pending: PendingStepUp): Promise<boolean> {
    const { key, initiator = key, requirement, challenge } = pending;
    const { signal: abortSignal } = pending.abort;
    // The mark that this tab left before a redirect is not to be waited for.
    if (this.ledger.left()) this.#turn.free();
    // What the end-user has just clicked for is no loop.
    if (this.#window?.navigator.userActivation?.isActive) this.ledger.clear();
    if (this.ledger.isExhausted(key)) {
      throw stepUpError('UNMET', 'it was tried too often', pending);
    }
    const chosen = this.handlers.choose(requirement);
    const { name, handler } = chosen;
    const show = (phase: StepUpTransaction['phase']): void => {
      if (this.pending !== pending) return;
      this.transaction.set({ status: 'pending', requirement, challenge, handler: name, phase });
    };

    const wasSatisfied = this.handlers.satisfies(requirement);
    if (this.#turn.isTaken()) {
      show('waiting');
      await this.#turn.wait(abortSignal);
      if (!wasSatisfied && this.handlers.satisfies(requirement)) return true;
      if (abortSignal.aborted) return false;
    }
    show('prompting');

    const { subject } = this.handlers.current() ?? {};
    const { url: fromUrl } = this.#router;
    const returnUrl = isReturnUrl(pending.returnUrl) ? pending.returnUrl : fromUrl;
    const attempt = { key, initiator, requirement, returnUrl, fromUrl, handler: name, subject };
    if (!this.ledger.begin(attempt)) {
      throw stepUpError('FAILED', 'sessionStorage cannot be written', pending);
    }
    this.#turn.take();
    pending.stay = () => {
      this.ledger.undo();
      this.#turn.free();
    };

    const verify = (authentication: Authentication | undefined): void => {
      if (abortSignal.aborted) throw stepUpError('CANCELLED', 'it was cancelled', pending);
      this.verify(authentication, chosen, subject, pending);
    };
    const context = { returnUrl, challenge, signal: abortSignal, verify };
    const outcome: unknown = await handler.stepUp(requirement, context);
    if (outcome === 'redirecting') {
      show(outcome);
      // The end-user may come back by the back button to the page as it was left, waiting.
      this.#window?.addEventListener('pageshow', ({ persisted }) => persisted && this.cancel());
      return false;
    }
    if (outcome !== 'completed') {
      throw stepUpError('FAILED', 'its handler failed', pending);
    }
    // A handler that forgot to ask must not be the reason to believe it.
    verify(handler.authentication());
    this.handlers.use(chosen);
    return true;
  }

  /** @param failure Its error may be anything that a handler rejects with, `undefined` too. */
  #end(pending: PendingStepUp, failure?: { readonly error: unknown }): void {
    if (this.pending !== pending) return;
    this.pending = undefined;
    this.transaction.set(undefined);
    pending.stay?.();
    if (failure) {
      pending.done.error(this.report(failure.error, pending));
    } else {
      pending.done.next();
      pending.done.complete();
    }
  }
}
