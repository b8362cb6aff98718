import { test } from './fixtures.js';
import { askingWindow } from './asking-window.js';
import { WIDTHS, look } from './look.js';

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
