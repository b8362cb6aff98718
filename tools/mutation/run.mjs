/**
 * Tests the tests: changes the code in a thousand ways and sees which changes no test notices.
 *
 * Usage: npm run test:mutation -- [SUBJECT…], all of subjects.js when none is named. It takes half an hour
 * and more; what did not change since the last run is not tested again (`--force` does).
 */
import { must } from '../run.mjs';
import { subjects } from './subjects.js';

const args = process.argv.slice(2);
const named = args.filter((argument) => !argument.startsWith('--'));
const options = args.filter((argument) => argument.startsWith('--'));

const unknown = named.find((name) => !Object.hasOwn(subjects, name));
if (unknown !== undefined) {
  throw new Error(
    `Cannot mutate ${unknown} as the subjects are ${Object.keys(subjects).join(', ')}`,
  );
}
for (const MUTATED of named.length > 0 ? named : Object.keys(subjects)) {
  await must('stryker', ['run', 'tools/mutation/stryker.config.js', ...options], {
    env: { MUTATED },
  });
}
