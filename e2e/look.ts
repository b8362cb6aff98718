import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

export const WIDTHS = {
  narrow: { width: 390, height: 844 },
  wide: { width: 1280, height: 900 },
} as const;

/** Takes a screenshot, and checks what a machine can see in it. */
export async function look(page: Page, name: string): Promise<void> {
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

/** Looks at a page in each width; it is left in the last one. */
export async function lookInEachWidth(page: Page, shot: string, name: string): Promise<void> {
  for (const [width, size] of Object.entries(WIDTHS)) {
    // oxlint-disable no-await-in-loop -- There is one window.
    await page.setViewportSize(size);
    await look(page, `${shot}-${width}-${name}`);
    // oxlint-enable no-await-in-loop
  }
}
