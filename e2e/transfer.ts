import { expect, type Page } from '@playwright/test';
import type { Person } from './person.js';
import { codeOn, type Phone } from './phone.js';

/** Fills in a transfer that takes a passkey, and does not send it. */
export async function fillTransfer(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Transfer', exact: true }).first().click();
  await page.getByLabel('To', { exact: true }).fill('Nora Lindqvist');
  await page.getByLabel('Amount in euros').fill('5000');
  await page.getByLabel(/^Reference/).fill('Boat, "Halcyon"');
}

/** Fills in that transfer, and sends it: the API asks for more. */
export async function sendTransfer(page: Page): Promise<void> {
  await fillTransfer(page);
  await page.getByRole('button', { name: 'Send money' }).click();
}

/**
 * Signs a person in, and has them send that transfer.
 *
 * @returns Their phone, which is asked, and the code that the page shows.
 */
export async function askForTransfer(
  page: Page,
  person: Person,
  phoneOf: (account: Person['account']) => Promise<Phone>,
): Promise<{ readonly phone: Phone; readonly code: string }> {
  const phone = await phoneOf(person.account);
  await person.signIn(page);
  await sendTransfer(page);
  return { phone, code: await codeOn(page) };
}

/** Expects the form to be as it was filled in, on the page that it was filled in on. */
export async function expectFormIntact(page: Page): Promise<void> {
  await expect(page).toHaveURL('/transfer');
  await expect(page.getByLabel('To', { exact: true })).toHaveValue('Nora Lindqvist');
  await expect(page.getByLabel('Amount in euros')).toHaveValue('5000');
  await expect(page.getByLabel(/^Reference/)).toHaveValue('Boat, "Halcyon"');
}

export async function expectReceipt(page: Page): Promise<void> {
  const receipt = page.getByTestId('receipt');
  await expect(receipt).toContainText('€5,000.00 is on its way');
  await expect(receipt).toContainText('Nora Lindqvist');
  await expect(receipt).toContainText('Boat, "Halcyon"');
}
