import { expect } from '@playwright/test';
import { test } from './fixtures.js';
import { WIDTHS, lookInEachWidth } from './look.js';
import { codeOn, dialogOn } from './phone.js';
import { sendTransfer } from './transfer.js';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, viewport: WIDTHS.narrow, interaction: 'phone' });

    test('the phone and the dialog fit, are legible and can be read by a screen reader', async ({
      page,
      phoneOf,
    }) => {
      const phone = await phoneOf('alice');
      await lookInEachWidth(phone.page, colorScheme, 'phone-empty');

      await page.goto('/');
      const made = page.waitForResponse((response) => response.url().endsWith('/auth/qr'));
      await page.getByRole('button', { name: 'Sign in with your phone' }).click();
      const { qr } = await (await made).json();
      await expect(dialogOn(page).getByRole('img')).toBeVisible();
      await lookInEachWidth(page, colorScheme, 'dialog-qr');

      await phone.scan(qr);
      await expect(phone.heading).toHaveText('Sign in on that browser?');
      await lookInEachWidth(phone.page, colorScheme, 'phone-scanned');
      await phone.page.getByRole('button', { name: 'Yes, go on' }).click();
      await phone.approve(await codeOn(page));
      await lookInEachWidth(phone.page, colorScheme, 'phone-approved');
      await expect(page.getByTestId('user')).toBeAttached();

      await sendTransfer(page);
      const code = await codeOn(page);
      await lookInEachWidth(page, colorScheme, 'dialog-code');
      await phone.open();
      await expect(phone.request(code)).toBeVisible();
      await lookInEachWidth(phone.page, colorScheme, 'phone-request');
      await phone.deny(code);
      await expect(dialogOn(page)).toContainText('The request was denied');
      await lookInEachWidth(page, colorScheme, 'dialog-denied');

      await phone.open();
      await phone.page.getByRole('link', { name: 'Scan a QR code' }).click();
      await expect(phone.heading).toHaveText('Scan a QR code');
      await lookInEachWidth(phone.page, colorScheme, 'phone-scan');
      await phone.open();
      await phone.page.getByRole('button', { name: 'Remove this phone' }).click();
      await expect(phone.heading).toHaveText('Set up this phone');
      await lookInEachWidth(phone.page, colorScheme, 'phone-set-up');
    });
  });
}
