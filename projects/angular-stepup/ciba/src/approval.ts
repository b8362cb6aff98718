import { Injectable, inject } from '@angular/core';
import { STEP_UP_CLOCK, type StepUpProgress } from 'angular-stepup';

import { type StartedTransaction, type TokenAnswer, readTransactionState } from './ciba-answers';
import { CibaApi } from './ciba-api';
import { CibaEnding } from './ciba-error';
import { CibaFailure, isTransient } from './ciba-failure';
import { follow } from './follow';
import { backOff, pause } from './pause';

/** The page that a flow is in, how it is ended, and how it shows how it goes on. */
export interface Flow {
  readonly window: Window;
  readonly signal: AbortSignal;
  readonly show: (progress: StepUpProgress) => void;
}

/** As long as an API keeps the tokens of an approved transaction by default. */
const HAND_OVER_SECONDS = 60;

/** Waits for the end-user's approval on the other device, and for the tokens. */
@Injectable({ providedIn: 'root' })
export class Approvals {
  readonly #api = inject(CibaApi);
  readonly #now = inject(STEP_UP_CLOCK);

  /**
   * @throws {CibaEnding} When the transaction does not end well.
   * @throws {CibaFailure} When the API refuses, or answers something else.
   */
  async tokensOf(
    { transactionId, bindingMessage, expiresAt }: StartedTransaction,
    { window, signal, show }: Flow,
  ): Promise<TokenAnswer> {
    let shown = pick({ expiresAt, ...(bindingMessage !== undefined && { bindingMessage }) });
    const showPhase = (phase: 'approving' | 'reconnecting'): void =>
      show({ ...shown, status: 'pending', phase });

    showPhase('approving');
    try {
      const state = await follow(
        {
          open: (streamSignal) => this.#api.transactionEvents(transactionId, streamSignal),
          ask: (askSignal) => this.#api.transaction(transactionId, askSignal),
          read: readTransactionState,
          isFinal: ({ status }) => status !== 'pending',
          expiresAt,
        },
        {
          window,
          now: this.#now,
          signal,
          show: (current) => {
            if (current) shown = { ...shown, ...pick(current) };
            showPhase(current ? 'approving' : 'reconnecting');
          },
        },
      );
      if (state?.status !== 'approved') {
        throw new CibaEnding(state?.status ?? 'expired', state?.error);
      }
      show({ ...shown, status: 'approved', phase: 'completing' });
      return await this.#handOver(transactionId, { window, signal });
    } catch (error) {
      // What the API has forgotten by then has expired.
      const isForgotten = error instanceof CibaFailure && isUnknown(error);
      throw isForgotten && this.#now() >= shown.expiresAt ? new CibaEnding('expired') : error;
    }
  }

  /** The network may go away right now, too: the tokens are there for a while. */
  async #handOver(
    transactionId: string,
    { window, signal }: Omit<Flow, 'show'>,
  ): Promise<TokenAnswer> {
    const until = this.#now() + HAND_OVER_SECONDS;
    for (let failures = 1; ; failures += 1) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
        return await this.#api.redeem(transactionId);
      } catch (error) {
        if (signal.aborted || !isTransient(error) || this.#now() >= until) throw error;
        const seconds = backOff(failures, error.retryAfterSeconds);
        // oxlint-disable-next-line no-await-in-loop -- It is a wait.
        await pause(seconds, { window, signal });
      }
    }
  }
}

type Shown = Pick<StartedTransaction, 'bindingMessage' | 'expiresAt'>;

function pick({ bindingMessage, expiresAt }: Shown): Shown {
  return { ...(bindingMessage !== undefined && { bindingMessage }), expiresAt };
}

function isUnknown({ status, error }: CibaFailure): boolean {
  return (status === 404 && error === 'not_found') || error === 'invalid_grant';
}
