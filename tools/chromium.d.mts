import type { LaunchOptions } from '@playwright/test';

/**
 * Options to launch a Chromium for tests with: the machine's, Playwright's own, or that of the npm
 * packages.
 */
export function chromiumLaunchOptions(): Promise<LaunchOptions>;
