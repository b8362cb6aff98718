import { DOCUMENT } from '@angular/common';
import { Injectable, Injector, NgZone, effect, inject, signal, untracked } from '@angular/core';
import {
  type StepUpContext,
  StepUpHandler,
  type StepUpOutcome,
  type StepUpProgress,
  ɵStepUpHandlers,
} from 'angular-stepup';
import { type AuthenticationRequirement, StepUpError } from 'stepup-core';

import { Approvals, type Flow } from './approval';
import { BrowserBinding } from './browser-binding';
import { CibaApi } from './ciba-api';
import { stepUpErrorFrom } from './ciba-error';
import { CIBA_SETTINGS } from './ciba-options';
import { CibaTokens } from './ciba-tokens';
import { cancellable, inPage, refuseCancelled } from './page-flow';

/** Steps up by approval on another device. */
@Injectable()
export class CibaStepUpHandler extends StepUpHandler {
  readonly #injector = inject(Injector);
  readonly #zone = inject(NgZone);
  readonly #window = inject(DOCUMENT).defaultView;
  readonly #settings = inject(CIBA_SETTINGS);
  readonly #api = inject(CibaApi);
  readonly #binding = inject(BrowserBinding);
  readonly #approvals = inject(Approvals);
  readonly #tokens = inject(CibaTokens);
  readonly #progress = signal<StepUpProgress | undefined>(undefined);

  #runs = 0;

  override readonly authentication = this.#tokens.authentication;
  override readonly progress = this.#progress.asReadonly();

  constructor() {
    super();
    this.#followSignOut();
  }

  override accessToken(): Promise<string | undefined> {
    return this.#tokens.accessToken();
  }

  override async stepUp(
    requirement: AuthenticationRequirement,
    context: StepUpContext,
  ): Promise<StepUpOutcome> {
    const window = this.#window;
    if (!window) {
      throw new StepUpError('ERR_STEPUP_FAILED', 'Cannot step up as there is no browser');
    }
    const run = (this.#runs += 1);
    this.#progress.set({ status: 'pending', phase: 'starting' });
    try {
      // Its timers run for as long as it takes: inside the zone the app would never be stable.
      return await this.#zone.runOutsideAngular(() =>
        inPage(window, [context.signal, this.#tokens.session], (flowSignal) => {
          const show = (progress: StepUpProgress): void => {
            if (!flowSignal.aborted) this.#progress.set(progress);
          };
          return this.#stepUp(requirement, context, { window, signal: flowSignal, show });
        }),
      );
    } catch (error) {
      const { baseUrl, isCrossOrigin } = this.#binding;
      throw stepUpErrorFrom(error, { what: 'step up', requirement, baseUrl, isCrossOrigin });
    } finally {
      // One that was cancelled may end while the next one has begun.
      if (run === this.#runs) this.#progress.set(undefined);
    }
  }

  /**
   * Ends with the session that it stepped up for, or is stepping up: who signs out of the other
   * handler, or signs in there as somebody else, must not stay signed in by the stronger tokens.
   */
  #followSignOut(): void {
    let before: readonly (string | undefined)[] = [];
    effect(() => {
      const { all } = this.#injector.get(ɵStepUpHandlers);
      const others = all.filter(({ handler }) => handler.authentication !== this.authentication);
      const subjects = others.map(({ handler }) => handler.authentication()?.subject);
      const own = untracked(this.authentication)?.subject;
      const isOver = subjects.some((subject, index) => {
        const last = before[index];
        if (subject === last) return false;
        // Without tokens of our own there may be a step-up under way.
        if (last !== undefined && last === (own ?? last)) return true;
        return subject !== undefined && own !== undefined && subject !== own;
      });
      before = subjects;
      if (isOver) untracked(() => this.#tokens.signOut());
    });
  }

  async #stepUp(
    requirement: AuthenticationRequirement,
    context: StepUpContext,
    flow: Flow,
  ): Promise<StepUpOutcome> {
    // Of whichever handler is in use. Not injected earlier: it is what creates this one.
    const accessToken = await this.#injector.get(ɵStepUpHandlers).accessToken();
    if (!accessToken) {
      throw new StepUpError(
        'ERR_STEPUP_FAILED',
        'Cannot step up as nobody is signed in: sign in first, by QrSignIn or with the client of ' +
          'another handler, such as that of withOkta()',
      );
    }
    refuseCancelled(flow.signal);
    const reason = this.#settings.reason?.(requirement, context.challenge);
    const { value: transaction } = await cancellable(
      this.#api.startStepUp(requirement, { accessToken, reason }),
      flow.signal,
      ({ transactionId }) => this.#api.cancelTransaction(transactionId),
    );
    const answer = await this.#approvals.tokensOf(transaction, flow);
    this.#tokens.accept(answer, {
      signal: flow.signal,
      verify: (authentication) => context.verify(authentication),
    });
    return 'completed';
  }
}
