import { InjectionToken } from '@angular/core';

/** Loads what only an open dialog needs. */
export const STEP_UP_DIALOG_LOADER = new InjectionToken('STEP_UP_DIALOG_LOADER', {
  providedIn: 'root',
  factory: () => () => import('./open-step-up-dialog'),
});
