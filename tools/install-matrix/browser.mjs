/** A browser for the checks of built apps, started when it is first needed. */
import { chromium } from '@playwright/test';
import { chromiumLaunchOptions } from '../chromium.mjs';

/** Who interrupts the matrix ends it: its browser ends with it. */
const SIGNALS = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };

export function createBrowser() {
  let launched;

  /** Opens a page, in a profile of its own; an error of its scripts or its console is one of `action`. */
  async function visit(url, action) {
    launched ??= chromiumLaunchOptions().then((options) =>
      chromium.launch({ ...options, ...SIGNALS }),
    );
    const context = await (await launched).newContext();
    const said = [];
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(String(error)));
      await page.goto(url);
      await action(page).catch(async (error) => {
        said.push(await page.locator('body').innerText());
        throw error;
      });
    } catch (error) {
      throw new Error([error.message, ...said].join('\n'), { cause: error });
    } finally {
      await context.close();
    }
  }

  return { visit, close: async () => (await launched)?.close() };
}
