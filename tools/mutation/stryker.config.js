/** How the subject that MUTATED names is mutated. */
import { subject } from './subjects.js';

const name = process.env.MUTATED;
const reports = `dist/mutation/${name}`;

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: subject.mutate,
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: { configFile: 'tools/mutation/jest.config.js', enableFindRelatedTests: false },
  coverageAnalysis: 'perTest',
  incremental: true,
  incrementalFile: `${reports}/incremental.json`,
  concurrency: 2,
  timeoutMS: 15_000,
  timeoutFactor: 4,
  // A runner keeps what modules were loaded in it.
  maxTestRunnerReuse: 80,
  ignorePatterns: ['/demo', '/e2e', '/bench', '/docs', '**/dist'],
  tempDirName: '.stryker-tmp',
  reporters: ['clear-text', 'html', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false },
  htmlReporter: { fileName: `${reports}/report.html` },
  thresholds: { high: 95, low: 90, break: 90 },
};
