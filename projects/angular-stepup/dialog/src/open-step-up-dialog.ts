import { Dialog } from '@angular/cdk/dialog';
import { hasModifierKey } from '@angular/cdk/keycodes';
import type { Injector } from '@angular/core';

import type { ConductedFlow } from './conducted-flow';
import { StepUpDialogPanel } from './step-up-dialog-panel';

/** Opens the dialog of a flow; it closes when the flow is over, and starts it unless it asks first. */
export function openStepUpDialog<T>(injector: Injector, conducted: ConductedFlow<T>): void {
  const dialog = injector.get(Dialog).open(StepUpDialogPanel, {
    data: conducted,
    ariaModal: true,
    ariaLabelledBy: 'stepup-dialog-heading',
    ariaDescribedBy: 'stepup-dialog-text',
    // Not a button: a key that was meant for the page must not press it.
    autoFocus: 'first-heading',
    // A click outside is too easily made; Escape is handled below.
    disableClose: true,
    panelClass: 'stepup-dialog-pane',
    backdropClass: ['cdk-overlay-dark-backdrop', 'stepup-dialog-backdrop'],
  });
  dialog.keydownEvents.subscribe((event) => {
    if (event.key !== 'Escape' || hasModifierKey(event)) return;
    event.preventDefault();
    conducted.close();
  });
  // Also when the app ends, or the browser goes back: nobody may wait for a dialog that is gone.
  dialog.closed.subscribe(() => conducted.close());
  void conducted.over.then(() => dialog.close());
  if (!conducted.details.askFirst) conducted.start();
}
