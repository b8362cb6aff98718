import { InjectionToken } from '@angular/core';
import type { DemoConfig } from '../demo-config';

/**
 * How a person steps up: at Okta, in a window of its own or on the page that is left for it; or on
 * the phone, with the page as it is.
 */
export type Interaction = 'popup' | 'redirect' | 'phone';

const KEY = 'demo.interaction';

/** The interaction that this page was started with. */
export const INTERACTION = new InjectionToken<Interaction>('INTERACTION');

/** What there is to choose from: with an Okta org nobody is asked on the demo's phone. */
export function interactionsFor({ phoneUrl }: DemoConfig): readonly Interaction[] {
  return phoneUrl === undefined ? ['popup', 'redirect'] : ['popup', 'redirect', 'phone'];
}

/** The interaction that was chosen in this browser; a popup unless another one was. */
export function storedInteraction(config: DemoConfig): Interaction {
  const stored = localStorage.getItem(KEY);
  return interactionsFor(config).find((interaction) => interaction === stored) ?? 'popup';
}

export function storeInteraction(interaction: Interaction): void {
  localStorage.setItem(KEY, interaction);
}

/** Starts the page again. */
export const RELOAD_PAGE = new InjectionToken<() => void>('RELOAD_PAGE', {
  providedIn: 'root',
  factory: () => () => location.reload(),
});
