/** Finds a Chromium for tests. */
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

/**
 * The browser to test in: the one that `CHROMIUM` names, the system's, Playwright's own, or on Linux
 * x64 the one that comes with the npm packages, so that a fresh machine needs nothing more.
 *
 * @returns `undefined` for Playwright's own.
 */
async function find() {
  const { CHROMIUM } = process.env;
  const installed = [CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'];
  const found = installed.find((path) => path !== undefined && existsSync(path));
  if (found !== undefined || existsSync(chromium.executablePath())) return found;
  if (process.platform === 'linux' && process.arch === 'x64') {
    // Makes the package unpack the libraries and fonts that Chromium needs as well.
    process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs24.x';
    const { default: packaged } = await import('@sparticuz/chromium');
    return packaged.executablePath();
  }
  throw new Error('Cannot find a browser: run "npx playwright install chromium", then try again');
}

/** Options to launch it with: it fetches nothing for itself. */
export async function chromiumLaunchOptions() {
  const executablePath = await find();
  return {
    ...(executablePath !== undefined && { executablePath }),
    args: ['--disable-quic', '--disable-background-networking', '--disable-component-update'],
  };
}
