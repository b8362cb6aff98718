import { type Signal, signal } from '@angular/core';
import { StepUpError, type StepUpProgress } from 'angular-stepup';

import type { StepUpDialogDetails, StepUpFlow } from './step-up-flow';

/** Where a flow stands, as the dialog shows it. */
export type FlowStage =
  | { readonly name: 'asking' | 'running' | 'redirecting' }
  /** It rejected: the end-user may try again. */
  | { readonly name: 'ended'; readonly error: unknown };

/** A flow from the opening of its dialog to the end, through as many tries as the end-user makes. */
export class ConductedFlow<T> {
  readonly #stage = signal<FlowStage>({ name: 'asking' });
  readonly stage = this.#stage.asReadonly();
  readonly progress: Signal<StepUpProgress | undefined> | undefined;
  readonly details: StepUpDialogDetails;
  /** What the caller gets. */
  readonly result: Promise<T>;
  /** Resolves when the dialog is to close. */
  readonly over: Promise<void>;
  isOver = false;

  readonly #flow: StepUpFlow<T>;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;
  #leave!: () => void;
  #run: AbortController | undefined;
  readonly #cancel = (): void => this.cancel();

  constructor(flow: StepUpFlow<T>, details: StepUpDialogDetails) {
    this.#flow = flow;
    this.details = details;
    this.progress = flow.progress;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.over = new Promise((resolve) => {
      this.#leave = resolve;
    });
    if (details.signal?.aborted) this.cancel();
    else details.signal?.addEventListener('abort', this.#cancel);
  }

  /** Runs the flow, at once: within a click, so that the browser lets it open a popup. */
  start(): void {
    const { name } = this.#stage();
    // A second click may come before the button is gone.
    if (this.isOver || name === 'running' || name === 'redirecting') return;
    const run = new AbortController();
    this.#run = run;
    this.#stage.set({ name: 'running' });
    // Within a promise, as it may also throw at once.
    new Promise<T>((resolve) => resolve(this.#flow.run(run.signal))).then(
      (value) => this.#succeed(value),
      (error: unknown) => this.#stage.set({ name: 'ended', error }),
    );
  }

  /** Ends it as the end-user gave up, whatever the flow does with its signal. */
  cancel(): void {
    const { kind, requirement } = this.details;
    const what = kind === 'sign-in' ? 'sign in' : 'step up';
    this.fail(
      new StepUpError('ERR_STEPUP_CANCELLED', `Cannot ${what} as it was cancelled`, {
        requirement,
      }),
    );
  }

  /** Leaves the dialog: with the error that it shows, else as {@link cancel}. */
  close(): void {
    const stage = this.#stage();
    if (stage.name === 'ended') this.fail(stage.error);
    else this.cancel();
  }

  /** Ends it with an error. */
  fail(error: unknown): void {
    this.#end();
    this.#reject(error);
  }

  #succeed(value: T): void {
    if (value === 'redirecting') this.#stage.set({ name: 'redirecting' });
    else this.#end();
    this.#resolve(value);
  }

  #end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.details.signal?.removeEventListener('abort', this.#cancel);
    this.#run?.abort();
    this.#leave();
  }
}
