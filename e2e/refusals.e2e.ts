import { expect, type Page } from '@playwright/test';
import { askingWindow, stepUp } from './asking-window.js';
import { test } from './fixtures.js';
import { press } from './person.js';

for (const interaction of ['popup', 'redirect'] as const) {
  test.describe(`step-up by ${interaction}`, () => {
    test.use({ interaction });

    test('that the user cancels ends in a message, with the session intact', async ({
      page,
      alice,
    }) => {
      await alice.signIn(page);
      await page.getByRole('link', { name: 'Accounts' }).first().click();
      const load = page.getByRole('button', { name: 'Load five statements' });

      const window = await askingWindow(page, interaction, () => load.click());
      await press(window, 'Cancel');

      await expect(page.getByTestId('notice')).toBeVisible();
      await expect(page).toHaveURL('/accounts');
      await expect(page.getByTestId('user')).toHaveText('Alice Marlow');
      await expectNoFurtherPrompt(page);

      expect(await stepUp(page, alice, interaction, () => load.click())).toEqual(['one-time code']);
    });

    test('to a route that the user cancels leaves them on the page they came from', async ({
      page,
      alice,
    }) => {
      await alice.signIn(page);
      await page.getByRole('link', { name: 'Accounts' }).first().click();
      await expect(page).toHaveURL('/accounts');

      const window = await askingWindow(page, interaction, () =>
        page.getByRole('link', { name: 'Profile' }).first().click(),
      );
      await press(window, 'Cancel');

      await expect(page.getByTestId('notice')).toBeVisible();
      await expect(page).toHaveURL('/accounts');
      await expect(page.getByRole('heading', { name: 'Accounts', level: 1 })).toBeVisible();
      await expectNoFurtherPrompt(page);
    });

    test('that the issuer silently grants less for ends as unmet, without a loop', async ({
      page,
      carol,
    }) => {
      await carol.signIn(page);
      const requests = countAuthorizationRequests(page);

      // The issuer asks carol for nothing more, and answers at once.
      if (interaction === 'popup') {
        const closed = page.waitForEvent('popup').then((popup) => popup.waitForEvent('close'));
        await page.getByRole('link', { name: 'Messages' }).first().click();
        await closed;
      } else {
        await page.getByRole('link', { name: 'Messages' }).first().click();
      }

      await expect(page.getByTestId('notice')).toContainText('That was not enough proof');
      await expect(page.getByTestId('activity')).toContainText('ERR_STEPUP_UNMET');
      await expect(page.getByTestId('user')).toHaveText('Carol Quinn');
      await expectNoFurtherPrompt(page);
      expect(requests()).toBe(1);
    });

    test('that the issuer refuses as it cannot be met ends as unmet', async ({ page, bob }) => {
      await bob.signIn(page);
      await page.getByRole('link', { name: 'Transfer', exact: true }).first().click();
      await page.getByLabel('To', { exact: true }).fill('Nora Lindqvist');
      await page.getByLabel('Amount in euros').fill('2000');

      await page.getByRole('button', { name: 'Send money' }).click();

      await expect(page.getByTestId('notice')).toContainText('That was not enough proof');
      await expect(page).toHaveURL('/transfer');
      await expect(page.getByLabel('To', { exact: true })).toHaveValue('Nora Lindqvist');
      await expect(page.getByLabel('Amount in euros')).toHaveValue('2000');
      await expectNoFurtherPrompt(page);
    });

    test('as another user is refused, and the old session kept', async ({ page, alice, bob }) => {
      await alice.signIn(page);

      const window = await askingWindow(page, interaction, () =>
        page.getByRole('link', { name: 'Messages' }).first().click(),
      );
      await press(window, 'Use another account');
      await bob.authenticate(window);

      await expect(page.getByTestId('notice')).toBeVisible();
      await expect(page.getByTestId('user')).toHaveText('Alice Marlow');
      await expect(page.getByTestId('messages')).toBeHidden();
      await page.reload();
      await expect(page.getByTestId('user')).toHaveText('Alice Marlow');
    });
  });
}

test.describe('step-up by redirect', () => {
  test.use({ interaction: 'redirect' });

  test('is asked for again at each click of a user who cancels time and again', async ({
    page,
    alice,
  }) => {
    await alice.signIn(page);
    await page.getByRole('link', { name: 'Accounts' }).first().click();
    const load = page.getByRole('button', { name: 'Load five statements' });

    for (let cancelled = 0; cancelled < 2; cancelled += 1) {
      // oxlint-disable no-await-in-loop -- One after the other is the point.
      await press(await askingWindow(page, 'redirect', () => load.click()), 'Cancel');
      await expect(page.getByTestId('notice')).toContainText('The request was declined');
      await expect(page).toHaveURL('/accounts');
      // oxlint-enable no-await-in-loop
    }

    expect(await stepUp(page, alice, 'redirect', () => load.click())).toEqual(['one-time code']);
  });
});

test('a popup that the user closes ends in a message, and the form is as it was', async ({
  page,
  alice,
}) => {
  await alice.signIn(page);
  await page.getByRole('link', { name: 'Transfer', exact: true }).first().click();
  await page.getByLabel('To', { exact: true }).fill('Nora Lindqvist');
  await page.getByLabel('Amount in euros').fill('5000');

  const popup = await askingWindow(page, 'popup', () =>
    page.getByRole('button', { name: 'Send money' }).click(),
  );
  await popup.close();

  await expect(page.getByTestId('notice')).toContainText('You stopped before it was confirmed');
  await expect(page.getByLabel('To', { exact: true })).toHaveValue('Nora Lindqvist');
  await expect(page.getByRole('button', { name: 'Send money' })).toBeEnabled();
});

/** Whether nothing more is asked: no window is open besides the page, and the page stays. */
async function expectNoFurtherPrompt(page: Page): Promise<void> {
  const { origin } = new URL(page.url());
  await page.waitForLoadState('networkidle');
  expect(page.context().pages()).toHaveLength(1);
  expect(new URL(page.url()).origin).toBe(origin);
}

function countAuthorizationRequests(page: Page): () => number {
  let count = 0;
  page.context().on('request', (request) => {
    if (new URL(request.url()).pathname.endsWith('/v1/authorize')) count += 1;
  });
  return () => count;
}
