import { expect } from '@playwright/test';
import { test } from './fixtures.js';
import { askingWindow, stepUp } from './asking-window.js';
import { expectReceipt, fillTransfer } from './transfer.js';

for (const interaction of ['popup', 'redirect'] as const) {
  test.describe(`step-up by ${interaction}`, () => {
    test.use({ interaction });

    test('lets a user into the profile, whose route asks for two factors', async ({
      page,
      alice,
    }) => {
      expect(await alice.signIn(page)).toEqual(['user name and password']);

      const steps = await stepUp(page, alice, interaction, () =>
        page.getByRole('link', { name: 'Profile' }).first().click(),
      );

      expect(steps).toEqual(['one-time code']);
      await expect(page).toHaveURL('/profile');
      await expect(page.getByRole('heading', { name: 'Profile', level: 1 })).toBeVisible();
      await expect(page.getByText('Alice Marlow').first()).toBeVisible();
    });

    test('shows the messages, whose API challenges', async ({ page, alice }) => {
      await alice.signIn(page);

      const steps = await stepUp(page, alice, interaction, () =>
        page.getByRole('link', { name: 'Messages' }).first().click(),
      );

      expect(steps).toEqual(['one-time code']);
      await expect(page).toHaveURL('/messages');
      await expect(page.getByTestId('messages').getByRole('article').first()).toBeVisible();
      await expect(page.getByTestId('activity')).toContainText('GET /messages was challenged');
      await expect(page.getByTestId('activity')).toContainText('urn:okta:loa:2fa:any');
    });

    test('asks once for five requests that are refused at the same time', async ({
      page,
      alice,
    }) => {
      await alice.signIn(page);
      await page.getByRole('link', { name: 'Accounts' }).first().click();
      const load = page.getByRole('button', { name: 'Load five statements' });

      const asked = await stepUp(page, alice, interaction, () => load.click());
      // The page that asked is gone after a redirect: the user presses the button again.
      if (interaction === 'redirect') await load.click();

      expect(asked).toEqual(['one-time code']);
      await expect(page.getByTestId('statements').getByRole('listitem')).toHaveCount(5);
      expect(page.context().pages()).toHaveLength(1);
    });

    test('asks again when the authentication has become too old', async ({
      page,
      alice,
      letTimePass,
    }) => {
      await alice.signIn(page);
      await page.getByRole('link', { name: 'Accounts' }).first().click();
      const freeze = page.getByRole('button', { name: /^Freeze/ }).first();
      await expect(freeze).toBeVisible();
      await letTimePass(page, 90);

      const steps = await stepUp(page, alice, interaction, () => freeze.click());
      if (interaction === 'redirect') await freeze.click();

      expect(steps).toEqual(['password']);
      await expect(page.getByTestId('notice')).toContainText('is frozen');
    });
  });
}

test('sends a transfer as it was typed, without a second click, after a popup', async ({
  page,
  alice,
}) => {
  await alice.signIn(page);
  await fillTransfer(page);

  const steps = await stepUp(page, alice, 'popup', () =>
    page.getByRole('button', { name: 'Send money' }).click(),
  );

  expect(steps.at(-1)).toBe('passkey');
  await expectReceipt(page);
});

test.describe('by redirect', () => {
  test.use({ interaction: 'redirect' });

  test('brings a transfer back into its form, for the user to send', async ({ page, alice }) => {
    await alice.signIn(page);
    await fillTransfer(page);

    const steps = await stepUp(page, alice, 'redirect', () =>
      page.getByRole('button', { name: 'Send money' }).click(),
    );

    expect(steps.at(-1)).toBe('passkey');
    await expect(page).toHaveURL('/transfer');
    await expect(page.getByLabel('To', { exact: true })).toHaveValue('Nora Lindqvist');
    await expect(page.getByLabel('Amount in euros')).toHaveValue('5000');
    await expect(page.getByLabel(/^Reference/)).toHaveValue('Boat, "Halcyon"');
    await page.getByRole('button', { name: 'Send money' }).click();
    await expectReceipt(page);
  });
});

test('asks in one tab while another one waits for the same', async ({ page, alice }) => {
  await alice.signIn(page);
  const other = await page.context().newPage();
  await other.goto('/accounts');
  await expect(other.getByTestId('user')).toBeVisible();

  const popup = await askingWindow(page, 'popup', () =>
    page.getByRole('link', { name: 'Messages' }).first().click(),
  );
  await other.getByRole('link', { name: 'Messages' }).first().click();
  await expect(other.getByText('Another tab is asking you to confirm')).toBeVisible();
  await alice.authenticate(popup);

  await expect(page.getByTestId('messages')).toBeVisible();
  await expect(other.getByTestId('messages')).toBeVisible();
  expect(page.context().pages()).toHaveLength(2);
});

test('keeps the step-up over a reload', async ({ page, alice }) => {
  await alice.signIn(page);
  await stepUp(page, alice, 'popup', () =>
    page.getByRole('link', { name: 'Messages' }).first().click(),
  );
  await expect(page.getByTestId('messages')).toBeVisible();

  await page.reload();

  await expect(page.getByTestId('messages')).toBeVisible();
  expect(page.context().pages()).toHaveLength(1);
});
