import type { Page } from '@playwright/test';
import type { Demo } from './demo.js';
import type { PasskeyDevice } from './passkey-device.js';

/** Something that the authorization server asks of a person. */
export type Step =
  'user name and password' | 'password' | 'one-time code' | 'new passkey' | 'passkey';

/** What the pages of the authorization server ask, by their headings. */
const STEPS: ReadonlyMap<string, Step> = new Map([
  ['Sign in', 'user name and password'],
  ['Confirm that it is you', 'password'],
  ['Enter your one-time code', 'one-time code'],
  ['Create a passkey', 'new passkey'],
  ['Use your passkey', 'passkey'],
]);

/** Someone with an account, an authenticator app and a device that keeps passkeys. */
export class Person {
  constructor(
    readonly account: 'alice' | 'bob' | 'carol',
    private readonly demo: Demo,
    private readonly device: PasskeyDevice,
  ) {}

  /** Opens the demo, and signs in from its first page. */
  async signIn(page: Page): Promise<readonly Step[]> {
    await page.goto('/');
    await page.getByRole('button', { name: 'Sign in' }).first().click();
    await page.waitForURL(/\/interaction\//);
    const steps = await this.authenticate(page);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    return steps;
  }

  /**
   * Does whatever the authorization server asks, until the window has left it or is closed.
   *
   * @returns What was asked, in order.
   */
  async authenticate(window: Page): Promise<readonly Step[]> {
    const steps: Step[] = [];
    while (isAsking(window)) {
      const step = await asked(window);
      steps.push(step);
      await this.answer(window, step);
    }
    return steps;
  }

  /** Does one thing that the authorization server asks. */
  private async answer(window: Page, step: Step): Promise<void> {
    switch (step) {
      case 'user name and password':
        await window.getByLabel('User name').fill(this.account);
        await window.getByLabel('Password').fill(`harbour-${this.account}`);
        return press(window, 'Continue');
      case 'password':
        await window.getByLabel('Password').fill(`harbour-${this.account}`);
        return press(window, 'Continue');
      case 'one-time code':
        await window.getByLabel('One-time code').fill(await this.oneTimeCode(window));
        return press(window, 'Continue');
      case 'new passkey':
        return this.device.use(window, () => press(window, 'Create a passkey'));
      case 'passkey':
        return this.device.use(window, () => press(window, 'Use your passkey'));
    }
  }

  private async oneTimeCode(window: Page): Promise<string> {
    const answer = await window.request.get(`${this.demo.issuerOrigin}/authenticator/codes`);
    const codes: readonly { readonly account: string; readonly code: string }[] =
      await answer.json();
    const shown = codes.find(({ account }) => account === this.account);
    if (!shown) throw new Error(`${this.account} has no authenticator app`);
    return shown.code;
  }
}

/** Presses a button of the authorization server that leads to another page, or closes the window. */
export async function press(window: Page, name: string): Promise<void> {
  const gone = Promise.race([window.waitForEvent('load'), window.waitForEvent('close')]);
  await window.getByRole('button', { name, exact: true }).click();
  await gone;
}

/** What the authorization server asks in a window. */
export async function asked(window: Page): Promise<Step> {
  const heading = await window.getByRole('heading', { level: 1 }).innerText();
  const step = STEPS.get(heading);
  if (step === undefined) throw new Error(`Nobody knows what to do about "${heading}"`);
  return step;
}

function isAsking(window: Page): boolean {
  return !window.isClosed() && new URL(window.url()).pathname.startsWith('/interaction/');
}
