/**
 * Runs benches one after another: all of them, or those that are named.
 *
 * Usage: npm run bench -- [NAME…] [--short] [--write]
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { must, root, run } from '../tools/run.mjs';
import { names, options } from './options.mjs';

const BUILD_CORE = ['tsc', ['-b', 'projects/stepup-core/tsconfig.build.json']];
const BUILD_NEST = ['tsc', ['-b', 'projects/nest-stepup/tsconfig.build.json']];
const BUILD_ALL = ['node', ['tools/build-packages.mjs']];

/** Each bench: its script, and what has to be built before it. */
const BENCHES = {
  guard: { script: 'guarded-route.mjs', build: BUILD_NEST },
  verification: { script: 'verification.mjs', build: BUILD_NEST },
  cache: { script: 'token-cache.mjs', build: BUILD_NEST },
  parse: { script: 'challenge-headers.mjs', build: BUILD_CORE },
  bundle: { script: 'bundle-size.mjs', build: BUILD_ALL },
  ciba: { script: 'ciba-open-transactions.mjs', build: BUILD_NEST },
};

const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
if (unknown !== undefined) {
  throw new Error(`Cannot run ${unknown} as the benches are ${Object.keys(BENCHES).join(', ')}`);
}

// npm writes the second file when it has installed what the first one says.
if (changedAt('package-lock.json') > changedAt('node_modules/.package-lock.json')) {
  await must('npm', ['ci', '--prefix', 'bench']);
}

const chosen = names.length > 0 ? names : Object.keys(BENCHES);
const builds = new Set(chosen.map((name) => BENCHES[name].build));
for (const [command, args] of builds) await must(command, args);

const failed = [];
for (const name of chosen) {
  console.log(`\n=== ${name}\n`);
  const { code } = await run('node', [join(root, 'bench', BENCHES[name].script), ...options]);
  if (code !== 0) failed.push(name);
}
if (failed.length > 0) console.error(`\nShort of a number, or broken: ${failed.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;

function changedAt(file) {
  return statSync(join(root, 'bench', file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
