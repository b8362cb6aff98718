import { InjectionToken } from '@angular/core';

/** What to do before the page may be left for a step-up; each returns what undoes it. */
export const LEAVING = new InjectionToken('STEP_UP_LEAVING', {
  providedIn: 'root',
  factory: () => new Set<() => () => void>(),
});
