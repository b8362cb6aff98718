/**
 * Prints what each entry of angular-stepup adds to an Angular app, gzip, production build, and fails
 * when an entry is over its budget.
 *
 * Needs `npm run build` first: it measures the packages as they are published.
 */
import { join } from 'node:path';
import { measureApps } from './app-size.mjs';
import { root } from './run.mjs';
import { stepUpApps, stepUpPackages } from './step-up-apps.mjs';

const { empty, ...entries } = await measureApps(stepUpApps, {
  folder: join(root, 'dist/size'),
  packages: stepUpPackages,
});

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(3)} kB`;
console.log(`An app without step-up, gzip: ${kilobytes(empty.initial)}`);
for (const [name, size] of Object.entries(entries)) {
  const { budgetKilobytes } = stepUpApps[name];
  const added = size.initial - empty.initial;
  const lazy = size.lazy - empty.lazy;
  const entry = name === 'main' ? 'angular-stepup' : `angular-stepup/${name} (with the main entry)`;
  const later = lazy > 0 ? `, and ${kilobytes(lazy)} when it is first used` : '';
  const budget =
    budgetKilobytes === undefined ? '' : `, budget ${kilobytes(budgetKilobytes * 1000)}`;
  console.log(`${entry} adds ${kilobytes(added)}${later}${budget}`);
  if (budgetKilobytes !== undefined && added > budgetKilobytes * 1000) process.exitCode = 1;
}
