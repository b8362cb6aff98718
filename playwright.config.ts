import { existsSync } from 'node:fs';
import { chromium, defineConfig } from '@playwright/test';
import type { ProjectOptions, Interaction } from './e2e/fixtures.js';

/**
 * The browser to test in: the one that `CHROMIUM` names, the system's, Playwright's own, or on Linux
 * x64 the one that comes with the npm packages, so that a fresh machine needs nothing more.
 *
 * @returns `undefined` for Playwright's own.
 */
async function browser(): Promise<string | undefined> {
  const { CHROMIUM } = process.env;
  const installed = [CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'];
  const found = installed.find((path) => path !== undefined && existsSync(path));
  if (found !== undefined || existsSync(chromium.executablePath())) return found;
  if (process.platform === 'linux' && process.arch === 'x64') {
    // Makes the package unpack the libraries and fonts that Chromium needs as well.
    process.env['AWS_EXECUTION_ENV'] = 'AWS_Lambda_nodejs24.x';
    const { default: packaged } = await import('@sparticuz/chromium');
    return packaged.executablePath();
  }
  throw new Error('Cannot find a browser: run "npx playwright install chromium", then try again');
}

const executablePath = await browser();

export default defineConfig<{ readonly interaction: Interaction }, ProjectOptions>({
  testDir: 'e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  workers: 2,
  fullyParallel: true,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: 'list',
  use: {
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath !== undefined && { executablePath }),
      args: ['--disable-quic', '--disable-background-networking', '--disable-component-update'],
    },
  },
  projects: [
    {
      name: 'okta-auth-js 7',
      use: { demoOptions: { webRoot: 'dist/demo-web/browser', acrMode: 'okta' } },
    },
    {
      // Neither looks nor phones depend on the SDK.
      name: 'okta-auth-js 8',
      testIgnore: ['**/*appearance.e2e.ts', '**/phone*.e2e.ts'],
      use: { demoOptions: { webRoot: 'dist/demo-web-8/browser', acrMode: 'session' } },
    },
  ],
});
