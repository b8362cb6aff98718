import { expect, type Page } from '@playwright/test';
import { askingWindow } from './asking-window.js';
import { test } from './fixtures.js';
import { codeOn, dialogOn } from './phone.js';
import { handsOver, transactionStartedOn } from './transaction.js';
import { askForTransfer, expectFormIntact, expectReceipt } from './transfer.js';

test.use({ interaction: 'phone' });

test('sends a transfer that is approved on the phone, without leaving the page', async ({
  page,
  alice,
  phoneOf,
}) => {
  const { phone, code } = await askForTransfer(page, alice, phoneOf);
  let left = false;
  page.on('framenavigated', () => {
    left = true;
  });

  const request = phone.request(code);
  await expect(request).toContainText('Harbour Bank asks: is it you?');
  const reason = 'Harbour Bank asks for a passkey, used in the last 5 minutes.';
  await expect(dialogOn(page)).toContainText(reason);
  await expect(request).toContainText(reason);
  await expect(request).toContainText('a passkey, not older than 5 minutes');
  await expect(request).toContainText('Chrome on Linux');
  await expect(request).toContainText('this computer');
  await expectFormIntact(page);
  await phone.approve(code);

  await expectReceipt(page);
  await expect(page).toHaveURL('/transfer');
  expect(left).toBe(false);
  await expect(page.getByTestId('user')).toHaveText('Alice Marlow');
  await expect(page.getByTestId('activity')).toContainText('The API had the phone asked');
  await expect(page.getByTestId('id-token')).toContainText('hwk user mfa');
});

test('keeps what was approved over a reload, and forgets it at the sign-out', async ({
  page,
  alice,
  phoneOf,
}) => {
  const phone = await phoneOf('alice');
  await alice.signIn(page);
  await page.getByRole('link', { name: 'Messages' }).first().click();
  await phone.approve(await codeOn(page));
  await expect(page.getByTestId('messages')).toBeVisible();

  await page.reload();
  await expect(page.getByTestId('messages')).toBeVisible();
  await expect(dialogOn(page)).toBeHidden();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in', exact: true }).first()).toBeVisible();
  await page.goto('/');
  await expect(page.getByTestId('user')).toBeHidden();
});

test('ends in a message when the phone denies, with the form as it was', async ({
  page,
  alice,
  phoneOf,
}) => {
  const { phone, code } = await askForTransfer(page, alice, phoneOf);
  await phone.deny(code);

  await expect(dialogOn(page)).toContainText('The request was denied');
  await dialogOn(page).getByRole('button', { name: 'Close' }).click();
  await expect(page.getByTestId('notice')).toContainText('It was not confirmed');
  await expectFormIntact(page);
});

test('can be tried again in the dialog after it was denied', async ({ page, alice, phoneOf }) => {
  const { phone, code: first } = await askForTransfer(page, alice, phoneOf);
  await phone.deny(first);
  await dialogOn(page).getByRole('button', { name: 'Try again' }).click();

  const second = await codeOn(page);
  expect(second).not.toBe(first);
  await phone.open();
  await phone.approve(second);
  await expectReceipt(page);
});

test('ends in a message when nobody answers in time', async ({
  page,
  alice,
  phoneOf,
  letTimePass,
}) => {
  const { phone, code } = await askForTransfer(page, alice, phoneOf);
  const request = phone.request(code);
  await expect(request).toBeVisible();
  const answer = await request.locator('form').first().getAttribute('action');
  await letTimePass(page, 125);

  await expect(dialogOn(page)).toContainText('The time is up');
  await expect(request).toBeHidden();
  const late = await phone.page.request.post(new URL(answer ?? '', phone.page.url()).href, {
    form: {},
  });
  expect(late.status()).toBe(409);
  expect(await late.text()).toContain('This request has run out');
  await dialogOn(page).getByRole('button', { name: 'Close' }).click();
  await expectFormIntact(page);
});

test('is over for good when the person cancels, whatever the phone says then', async ({
  page,
  alice,
  phoneOf,
}) => {
  const started = transactionStartedOn(page);
  const { phone, code } = await askForTransfer(page, alice, phoneOf);
  await expect(phone.request(code)).toBeVisible();
  const cancelled = page.waitForResponse(
    (response) => response.request().method() === 'DELETE' && response.ok(),
  );
  await dialogOn(page).getByRole('button', { name: 'Cancel' }).click();
  await cancelled;
  await expect(dialogOn(page)).toBeHidden();
  await expect(page.getByTestId('notice')).toContainText('You stopped before it was confirmed');

  await phone.approve(code);
  expect(await handsOver(page, await started)).toBe(false);
  await expectFormIntact(page);
  await expect(page.getByTestId('receipt')).toBeHidden();
  await expect(page.getByTestId('id-token')).not.toContainText('hwk');
});

test('ends as unmet when the phone can offer less than is asked', async ({
  page,
  bob,
  phoneOf,
}) => {
  const { phone, code } = await askForTransfer(page, bob, phoneOf);
  const request = phone.request(code);
  await expect(request).toContainText('less than what is asked');
  await request.getByRole('button', { name: 'Approve' }).click();
  await expect(phone.heading).toHaveText('Your answer was not enough');

  await expect(dialogOn(page)).toContainText('not enough for this');
  await dialogOn(page).getByRole('button', { name: 'Close' }).click();
  await expect(page.getByTestId('notice')).toContainText('That was not enough proof');
  await expectFormIntact(page);
});

test('ends as unmet when the issuer silently grants less', async ({ page, carol, phoneOf }) => {
  const phone = await phoneOf('carol');
  await carol.signIn(page);
  await page.getByRole('link', { name: 'Messages' }).first().click();
  await phone.approve(await codeOn(page));

  await expect(dialogOn(page)).toContainText('not enough for this');
  await dialogOn(page).getByRole('button', { name: 'Close' }).click();
  await expect(page.getByTestId('messages')).toBeHidden();
  await expect(page.getByTestId('user')).toHaveText('Carol Quinn');
});

test('is neither seen nor answered on the phone of somebody else', async ({
  page,
  alice,
  phoneOf,
}) => {
  const other = await phoneOf('bob');
  const { phone, code } = await askForTransfer(page, alice, phoneOf);
  const request = phone.request(code);
  await expect(request).toBeVisible();
  const action = await request.locator('form').first().getAttribute('action');
  const address = new URL(action ?? '', phone.page.url()).href;

  await other.open();
  await expect(other.page.getByText('Nothing to approve')).toBeVisible();
  await expect(other.requests).toHaveCount(0);
  expect((await other.page.request.get(address.replace(/\/approve$/, ''))).status()).toBe(404);
  expect((await other.page.request.post(address, { form: {} })).status()).toBe(404);

  await phone.approve(code);
  await expectReceipt(page);
});

test('goes through when the network is lost while the phone approves', async ({
  page,
  alice,
  phoneOf,
}) => {
  const { phone, code } = await askForTransfer(page, alice, phoneOf);
  await page.context().setOffline(true);
  await phone.approve(code);
  await page.waitForTimeout(10_000);
  await expect(page.getByTestId('receipt')).toBeHidden();
  await page.context().setOffline(false);

  await expectReceipt(page);
});

const WAYS_TO_LEAVE: readonly (readonly [how: string, leave: (page: Page) => Promise<unknown>])[] =
  [
    ['closed', (page) => page.close({ runBeforeUnload: true })],
    ['loaded again', (page) => page.reload()],
  ];
for (const [how, leave] of WAYS_TO_LEAVE) {
  test(`is over at the API when the tab is ${how}`, async ({ page, alice, phoneOf }) => {
    const started = transactionStartedOn(page);
    const { phone, code } = await askForTransfer(page, alice, phoneOf);
    await expect(phone.request(code)).toBeVisible();
    const { origin, id } = await started;

    await leave(page);

    const state = () => page.context().request.get(`${origin}/auth/transactions/${id}`);
    await expect.poll(async () => (await (await state()).json()).status).toBe('cancelled');
    await phone.approve(code);
    expect(await handsOver(page, { origin, id })).toBe(false);
  });
}

test('is chosen, and given up for a window, by the switch at the top', async ({
  browser,
  demo,
  alice,
}) => {
  const context = await browser.newContext({ baseURL: demo.webOrigin });
  const page = await context.newPage();
  await alice.signIn(page);
  await page.getByLabel('Step up by').selectOption('phone');
  await expect(page.getByLabel('Step up by')).toHaveValue('phone');
  await page.getByRole('link', { name: 'Messages' }).first().click();
  await expect(dialogOn(page)).toBeVisible();
  await dialogOn(page).getByRole('button', { name: 'Cancel' }).click();

  await page.getByLabel('Step up by').selectOption('window (Okta)');
  await expect(page.getByTestId('user')).toHaveText('Alice Marlow');
  const popup = await askingWindow(page, 'popup', () =>
    page.getByRole('link', { name: 'Profile' }).first().click(),
  );
  await alice.authenticate(popup);
  await expect(page.getByRole('heading', { name: 'Profile', level: 1 })).toBeVisible();
  await context.close();
});
