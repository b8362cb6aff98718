import type { Page } from '@playwright/test';
import type { OktaInteraction } from './fixtures.js';
import type { Person, Step } from './person.js';

const INTERACTION = /\/interaction\//;

/** Does what is refused at first, and what the authorization server then asks. */
export async function stepUp(
  page: Page,
  person: Person,
  interaction: OktaInteraction,
  action: () => Promise<void>,
): Promise<readonly Step[]> {
  return person.authenticate(await askingWindow(page, interaction, action));
}

/** Does what is refused at first. @returns The window in which the authorization server asks. */
export async function askingWindow(
  page: Page,
  interaction: OktaInteraction,
  action: () => Promise<void>,
): Promise<Page> {
  const opened = interaction === 'popup' ? page.waitForEvent('popup') : undefined;
  await action();
  const window = (await opened) ?? page;
  await window.waitForURL(INTERACTION);
  return window;
}
