import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { test } from './fixtures.js';
import { askingWindow } from './asking-window.js';

const WIDTHS = { narrow: { width: 390, height: 844 }, wide: { width: 1280, height: 900 } } as const;

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [name, viewport] of Object.entries(WIDTHS)) {
    test.describe(`${colorScheme}, ${name}`, () => {
      test.use({ colorScheme, viewport });

      test('every page fits, is legible and can be read by a screen reader', async ({
        page,
        alice,
        demo,
      }) => {
        const shot = `${colorScheme}-${name}`;
        await page.goto('/');
        await look(page, `${shot}-welcome`);
        await page.getByRole('button', { name: 'Sign in' }).first().click();
        await page.waitForURL(/\/interaction\//);
        await look(page, `${shot}-issuer-sign-in`);
        await alice.authenticate(page);
        await page.getByRole('button', { name: 'Sign out' }).waitFor();
        await look(page, `${shot}-overview`);

        for (const place of ['Accounts', 'Transfer']) {
          await page.getByRole('link', { name: place, exact: true }).first().click();
          await page.getByRole('heading', { name: place, level: 1 }).waitFor();
          await page.waitForLoadState('networkidle');
          await look(page, `${shot}-${place.toLowerCase()}`);
        }

        const messages = page.getByRole('link', { name: 'Messages', exact: true }).first();
        const popup = await askingWindow(page, 'popup', () => messages.click());
        await look(popup, `${shot}-issuer-one-time-code`);
        await look(page, `${shot}-messages-waiting`);
        await popup.close();
        await page.getByTestId('notice').waitFor();
        await look(page, `${shot}-messages-cancelled`);

        const again = await askingWindow(page, 'popup', () =>
          page.getByRole('button', { name: 'Try again' }).click(),
        );
        await alice.authenticate(again);
        await page.getByTestId('messages').waitFor();
        await look(page, `${shot}-messages`);
        await page.getByRole('link', { name: 'Profile', exact: true }).first().click();
        await page.getByRole('heading', { name: 'Profile', level: 1 }).waitFor();
        await look(page, `${shot}-profile`);

        await page.goto(`${demo.issuerOrigin}/authenticator`);
        await look(page, `${shot}-issuer-authenticator`);
      });
    });
  }
}

/** Takes a screenshot, and checks what a machine can see in it. */
async function look(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `screenshots/${name}.png`, fullPage: true });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `${name}: nothing is wider than the window`).toBeLessThanOrEqual(0);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    name,
  ).toEqual([]);
}
