/**
 * Runs every test: Jest, then Playwright. Ends with one line, `N passed, N failed`, that adds up
 * what the two runners reported, and exits non-zero when a test failed or a runner ran none.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.mjs';

const reports = mkdtempSync(join(tmpdir(), 'stepup-tests-'));
const read = (file) => JSON.parse(readFileSync(join(reports, file), 'utf8'));

const jest = {
  name: 'Jest',
  command: ['jest', ['--json', '--outputFile', join(reports, 'jest.json')]],
  // A suite that could not be loaded has no failed test, but it is a failure all the same.
  count: () => {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = read('jest.json');
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
  },
};
const playwright = {
  name: 'Playwright',
  command: ['npm', ['run', '--silent', 'test:e2e', '--', '--reporter=list,json']],
  count: () => {
    const { expected, flaky, unexpected } = read('playwright.json').stats;
    return { passed: expected + flaky, failed: unexpected };
  },
};

const total = { passed: 0, failed: 0 };
for (const { name, command, count } of [jest, playwright]) {
  const { code } = await run(...command, {
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: join(reports, 'playwright.json') },
  });
  let { passed, failed } = { passed: 0, failed: 0 };
  try {
    ({ passed, failed } = count());
  } catch {
    // No report: the runner did not get as far as its first test. Counted as a failure below.
  }
  if (passed + failed === 0 || (code !== 0 && failed === 0)) {
    console.error(`${name} ended with exit code ${code}, ${passed} tests passed`);
    failed += 1;
  }
  total.passed += passed;
  total.failed += failed;
}
rmSync(reports, { recursive: true });

console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
