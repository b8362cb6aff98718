import { expect, type Page } from '@playwright/test';
import { test } from './fixtures.js';
import { codeOn, dialogOn } from './phone.js';
import { expectReceipt, sendTransfer } from './transfer.js';

test.use({ interaction: 'phone' });

test('signs in by a QR code that the phone scans', async ({ page, phoneOf }) => {
  const phone = await phoneOf('alice');
  const content = await shownCode(page);
  await phone.scan(content);
  await expect(phone.heading).toHaveText('Sign in on that browser?');
  await expect(phone.page.getByText('Chrome on Linux')).toBeVisible();
  await expect(phone.page.getByText('this computer')).toBeVisible();
  await phone.page.getByRole('button', { name: 'Yes, go on' }).click();

  const code = await codeOn(page);
  await expect(phone.request(code)).toContainText('Sign in to Harbour Bank?');
  await phone.approve(code);

  await expect(page.getByTestId('user')).toHaveText('Alice Marlow');
  await expect(dialogOn(page)).toBeHidden();
  await page.getByRole('link', { name: 'Accounts' }).first().click();
  await expect(page.getByText('XX12 HRBR').first()).toBeVisible();
});

test('steps up by phone who has signed in by phone, and signs out', async ({ page, phoneOf }) => {
  const phone = await phoneOf('alice');
  await phone.scan(await shownCode(page));
  await phone.page.getByRole('button', { name: 'Yes, go on' }).click();
  await phone.approve(await codeOn(page));
  await expect(page.getByTestId('user')).toHaveText('Alice Marlow');

  await phone.open();
  await sendTransfer(page);
  await phone.approve(await codeOn(page));
  await expectReceipt(page);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in with your phone' })).toBeVisible();
  await page.reload();
  await expect(page.getByTestId('user')).toBeHidden();
});

test('stays signed in when the access token has expired', async ({
  page,
  phoneOf,
  letTimePass,
}) => {
  const phone = await phoneOf('alice');
  await phone.scan(await shownCode(page));
  await phone.page.getByRole('button', { name: 'Yes, go on' }).click();
  await phone.approve(await codeOn(page));
  await expect(page.getByTestId('user')).toHaveText('Alice Marlow');

  await letTimePass(page, 3700);
  await page.getByRole('link', { name: 'Accounts' }).first().click();

  await expect(page.getByText('XX12 HRBR').first()).toBeVisible();
  await expect(page.getByTestId('user')).toHaveText('Alice Marlow');
});

test('tells a second phone that a QR code was used already', async ({ page, phoneOf }) => {
  const [phone, second] = [await phoneOf('alice'), await phoneOf('bob')];
  const content = await shownCode(page);
  await second.scan(content);
  await expect(second.heading).toHaveText('Sign in on that browser?');
  await phone.scan(content);
  await phone.page.getByRole('button', { name: 'Yes, go on' }).click();
  const code = await codeOn(page);

  // Whether it has looked before, or comes now.
  await second.page.getByRole('button', { name: 'Yes, go on' }).click();
  await expect(second.page.getByRole('alert')).toContainText('used by a phone already');
  await second.scan(content);
  await expect(second.page.getByRole('alert')).toContainText('used by a phone already');
  await second.open();
  await expect(second.requests).toHaveCount(0);

  await phone.approve(code);
  await expect(page.getByTestId('user')).toHaveText('Alice Marlow');
});

test('ends in a message when the phone denies the sign-in', async ({ page, phoneOf }) => {
  const phone = await phoneOf('alice');
  await phone.scan(await shownCode(page));
  await phone.page.getByRole('button', { name: 'Yes, go on' }).click();
  await phone.deny(await codeOn(page));

  await expect(dialogOn(page)).toContainText('The request was denied');
  await dialogOn(page).getByRole('button', { name: 'Close' }).click();
  await expect(page.getByTestId('user')).toBeHidden();
});

test('sets the phone up first when its owner has not yet, and keeps the code', async ({
  page,
  browser,
}) => {
  const content = await shownCode(page);
  const context = await browser.newContext();
  const phone = await context.newPage();
  await phone.goto(content);
  await phone.getByLabel('User name').fill('alice');
  await phone.getByLabel('Password').fill('harbour-alice');
  await phone.getByRole('button', { name: 'Make this my phone' }).click();
  await expect(phone.getByRole('heading', { level: 1 })).toHaveText('Sign in on that browser?');
  await context.close();
});

test('takes no code that is not the bank’s', async ({ phoneOf }) => {
  const phone = await phoneOf('alice');
  await phone.page.getByRole('link', { name: 'Scan a QR code' }).click();
  await phone.page.getByLabel('What the QR code says').fill('https://evil.example/');
  await phone.page.getByRole('button', { name: 'Continue' }).click();
  await expect(phone.page.getByRole('alert')).toContainText('not a sign-in code');
});

/** Starts a sign-in by phone. @returns What the QR code says that the dialog shows. */
async function shownCode(page: Page): Promise<string> {
  await page.goto('/');
  const made = page.waitForResponse(
    (response) => response.url().endsWith('/auth/qr') && response.request().method() === 'POST',
  );
  await page.getByRole('button', { name: 'Sign in with your phone' }).click();
  const { qr }: { readonly qr: string } = await (await made).json();
  await expect(dialogOn(page).getByRole('img', { name: /QR code/ })).toBeVisible();
  return qr;
}
