import { isPlatformBrowser } from '@angular/common';
import { DestroyRef, Injectable, Injector, PLATFORM_ID, inject } from '@angular/core';
import { StepUpError } from 'angular-stepup';

import { ConductedFlow } from './conducted-flow';
import { STEP_UP_DIALOG_LOADER } from './step-up-dialog-loader';
import type { StepUpDialogDetails, StepUpFlow } from './step-up-flow';

/** Conducts step-ups and sign-ins in a dialog, one at a time. */
@Injectable({ providedIn: 'root' })
export class StepUpDialog {
  readonly #injector = inject(Injector);
  readonly #load = inject(STEP_UP_DIALOG_LOADER);
  readonly #isBrowser = isPlatformBrowser(inject(PLATFORM_ID));
  readonly #shown = new Set<{ cancel(): void }>();
  #last: Promise<unknown> = Promise.resolve();

  constructor() {
    inject(DestroyRef).onDestroy(() => this.#shown.forEach((flow) => flow.cancel()));
  }

  /**
   * Opens the dialog, runs the flow in it, and closes it again.
   *
   * Two dialogs are never open at once: a flow waits until the one before it is over.
   *
   * @returns What the flow resolves with.
   * @throws {StepUpError} `ERR_STEPUP_CANCELLED` when the end-user cancels or `details.signal` is
   *   aborted; `ERR_STEPUP_FAILED` when the dialog cannot be loaded, or on a server. What the flow
   *   rejected with last, the same object, when the end-user then closes the dialog.
   */
  conduct<T>(flow: StepUpFlow<T>, details: StepUpDialogDetails): Promise<T> {
    const conducted = new ConductedFlow(flow, details);
    if (this.#isBrowser) {
      const turn = this.#last;
      // Not only its own end: it may be given up before its turn.
      this.#last = Promise.all([turn, conducted.over]);
      this.#shown.add(conducted);
      void conducted.over.then(() => this.#shown.delete(conducted));
      void this.#show(conducted, turn);
    } else {
      conducted.fail(failure('there is no browser'));
    }
    return conducted.result;
  }

  async #show<T>(conducted: ConductedFlow<T>, turn: Promise<unknown>): Promise<void> {
    await Promise.race([turn, conducted.over]);
    if (conducted.isOver) return;
    try {
      const { openStepUpDialog } = await this.#load();
      if (!conducted.isOver) openStepUpDialog(this.#injector, conducted);
    } catch (cause) {
      conducted.fail(failure('the dialog cannot be shown', cause));
    }
  }
}

function failure(why: string, cause?: unknown): StepUpError {
  return new StepUpError('ERR_STEPUP_FAILED', `Cannot step up as ${why}`, { cause });
}
