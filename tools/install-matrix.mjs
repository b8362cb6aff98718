/**
 * Installs the packed packages into apps as their users do, from the registry and outside of this
 * repository: each entry point alone, its optional peers absent, with all majors of NestJS, Angular
 * and okta-auth-js that are supported. Each app builds, runs and answers one challenge.
 *
 * Needs `npm run build` first. With words, only jobs whose names have one of them: `-- angular-22`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { angularJobs } from './install-matrix/angular.mjs';
import { createBrowser } from './install-matrix/browser.mjs';
import { count } from './install-matrix/harness.mjs';
import { nestJobs } from './install-matrix/nest.mjs';

/** How many jobs run at a time. */
const WORKERS = 2;

const work = mkdtempSync(join(tmpdir(), 'stepup-install-'));
const words = process.argv.slice(2);
const jobs = Object.entries({ ...angularJobs, ...nestJobs }).filter(
  ([name]) => words.length === 0 || words.some((word) => name.includes(word)),
);
const browser = createBrowser();

async function worker() {
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    const [name, run] = job;
    const folder = join(work, name);
    await run(folder, browser);
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await Promise.all(Array.from({ length: WORKERS }, worker));
} finally {
  await browser.close();
  rmSync(work, { recursive: true, force: true });
}

console.log(`${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1;
