import { DOCUMENT, isPlatformBrowser } from '@angular/common';
import { Injectable, NgZone, PLATFORM_ID, type Signal, inject, signal } from '@angular/core';
import { STEP_UP_CLOCK, type StepUpProgress } from 'angular-stepup';
import { StepUpError } from 'stepup-core';

import { Approvals, type Flow } from './approval';
import { BrowserBinding } from './browser-binding';
import { type QrSession, type QrState, type StartedTransaction, readQrState } from './ciba-answers';
import { CibaApi } from './ciba-api';
import { CibaEnding, stepUpErrorFrom } from './ciba-error';
import { CibaFailure } from './ciba-failure';
import { CibaTokens } from './ciba-tokens';
import { follow } from './follow';
import { cancellable, inPage } from './page-flow';

const MAX_RENEWALS = 3;

/** Signs in by a QR code that the end-user scans with a phone. */
@Injectable({ providedIn: 'root' })
export class QrSignIn {
  readonly #window = isPlatformBrowser(inject(PLATFORM_ID)) ? inject(DOCUMENT).defaultView : null;
  readonly #zone = inject(NgZone);
  readonly #now = inject(STEP_UP_CLOCK);
  readonly #api = inject(CibaApi);
  readonly #binding = inject(BrowserBinding);
  readonly #approvals = inject(Approvals);
  readonly #tokens = inject(CibaTokens);
  readonly #progress = signal<StepUpProgress | undefined>(undefined);
  #running: AbortController | undefined;

  /** How the sign-in under way goes on; `undefined` when there is none. */
  readonly progress: Signal<StepUpProgress | undefined> = this.#progress.asReadonly();

  /**
   * Shows a QR code until it is scanned, waits for the approval on the phone, and signs in.
   *
   * A code that nobody scans in time is renewed three times. There is one sign-in at a time: a
   * second call cancels the first one, whose code is shown no more.
   *
   * @param cancelSignal Cancels it. Leaving the page does so, too.
   * @throws {StepUpError} `ERR_STEPUP_CANCELLED`, `ERR_STEPUP_EXPIRED` when nobody scanned or
   *   approved in time, `ERR_STEPUP_DENIED`, `ERR_STEPUP_UNMET`, or `ERR_STEPUP_FAILED`; on a
   *   server always.
   */
  async run(cancelSignal?: AbortSignal): Promise<void> {
    const window = this.#window;
    if (!window) {
      throw new StepUpError('ERR_STEPUP_FAILED', 'Cannot sign in as there is no browser');
    }
    this.#running?.abort();
    const running = new AbortController();
    const cancel = (): void => running.abort();
    cancelSignal?.addEventListener('abort', cancel);
    if (cancelSignal?.aborted) cancel();
    this.#running = running;
    try {
      // Its timers run for as long as it takes: inside the zone the app would never be stable.
      await this.#zone.runOutsideAngular(() =>
        inPage(window, [running.signal], (flow) =>
          this.#signIn({
            window,
            signal: flow,
            show: (progress) => {
              if (!flow.aborted) this.#progress.set(progress);
            },
          }),
        ),
      );
    } catch (error) {
      const { baseUrl, isCrossOrigin } = this.#binding;
      throw stepUpErrorFrom(error, { what: 'sign in', baseUrl, isCrossOrigin });
    } finally {
      cancelSignal?.removeEventListener('abort', cancel);
      if (this.#running === running) {
        this.#running = undefined;
        this.#progress.set(undefined);
      }
    }
  }

  async #signIn(flow: Flow): Promise<void> {
    const { signal: abort } = flow;
    flow.show({ status: 'pending', phase: 'starting' });
    const { value: transaction } = await cancellable(
      this.#untilScanned(flow),
      abort,
      ({ transactionId }) => this.#api.cancelTransaction(transactionId),
    );
    const answer = await this.#approvals.tokensOf(transaction, flow);
    this.#tokens.accept(answer, { signal: abort });
  }

  /** @returns The transaction that the phone started; its own deadline comes with its state. */
  async #untilScanned(flow: Flow): Promise<StartedTransaction> {
    for (let renewals = 0; ; renewals += 1) {
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      const { value: session, settle } = await cancellable(
        this.#api.startQr(),
        flow.signal,
        ({ sessionId }) => this.#api.cancelQr(sessionId),
      );
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      const state = await this.#scanOf(session, flow);
      settle();
      const { status = 'expired', authRequestId, expiresAt = 0 } = state ?? {};
      if (status === 'claimed' && authRequestId !== undefined) {
        return { transactionId: authRequestId, expiresAt };
      }
      // Without a state the API cannot be reached: a new code is not to be had either.
      if (status !== 'expired' || !state || renewals === MAX_RENEWALS) throw new CibaEnding(status);
    }
  }

  async #scanOf(
    { sessionId, qr, expiresAt }: QrSession,
    { window, signal: abort, show }: Flow,
  ): Promise<QrState | undefined> {
    const showCode = (): void => show({ status: 'pending', phase: 'scanning', qr, expiresAt });
    showCode();
    try {
      return await follow(
        {
          open: (streamSignal) => this.#api.qrEvents(sessionId, streamSignal),
          ask: (askSignal) => this.#api.qr(sessionId, askSignal),
          read: readQrState,
          isFinal: ({ status, authRequestId }) =>
            status !== 'open' && (status !== 'claimed' || authRequestId !== undefined),
          expiresAt,
        },
        {
          window,
          now: this.#now,
          signal: abort,
          show: (state) => {
            // Claimed: the phone is asking, and the code is of no more use.
            if (state?.status === 'claimed') show({ status: 'pending', phase: 'starting' });
            else if (state) showCode();
            else show({ status: 'pending', phase: 'reconnecting', expiresAt });
          },
        },
      );
    } catch (error) {
      const isForgotten = error instanceof CibaFailure && error.error === 'not_found';
      if (isForgotten && this.#now() >= expiresAt) return { status: 'expired', expiresAt };
      throw error;
    }
  }
}
