import { defineConfig } from '@playwright/test';
import type { ProjectOptions, Interaction } from './e2e/fixtures.js';
import { chromiumLaunchOptions } from './tools/chromium.mjs';

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
    launchOptions: await chromiumLaunchOptions(),
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
