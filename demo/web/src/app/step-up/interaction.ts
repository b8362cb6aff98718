import { InjectionToken } from '@angular/core';

/** Where a person steps up: in a window of its own, or on the page that is left for it. */
export type Interaction = 'popup' | 'redirect';

const KEY = 'demo.interaction';

/** The interaction that this page was started with. */
export const INTERACTION = new InjectionToken<Interaction>('INTERACTION');

/** The interaction that was chosen in this browser; a popup unless another one was. */
export function storedInteraction(): Interaction {
  return localStorage.getItem(KEY) === 'redirect' ? 'redirect' : 'popup';
}

export function storeInteraction(interaction: Interaction): void {
  localStorage.setItem(KEY, interaction);
}

/** Starts the page again. */
export const RELOAD_PAGE = new InjectionToken<() => void>('RELOAD_PAGE', {
  providedIn: 'root',
  factory: () => () => location.reload(),
});
