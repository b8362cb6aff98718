/** What all parts of the install matrix share: checks, installs, and packages put out of sight. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../run.mjs';

/** An app's own environment: nothing of what `npm run` sets for this repository. */
const environment = {
  NODE_OPTIONS: undefined,
  INIT_CWD: undefined,
  npm_config_local_prefix: undefined,
  npm_config_node_options: undefined,
  NG_CLI_ANALYTICS: 'false',
};

export const count = { passed: 0, failed: 0 };

/** Runs one check and prints one line about it. A check that fails does not end the matrix. */
export async function check(name, action) {
  const start = performance.now();
  let failure;
  try {
    await action();
    count.passed += 1;
  } catch (error) {
    failure = error;
    count.failed += 1;
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${failure === undefined ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (failure !== undefined) console.error(indented(failure.message));
}

const indented = (text) => text.trimEnd().replaceAll(/^/gm, '       ');

/** @throws {Error} Unless `condition` holds. */
export function assert(condition, message) {
  if (!condition) throw new Error(message);
}

/** Runs npm in a folder. */
export function npm(folder, ...args) {
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  return must('npm', [...args, ...quiet], { cwd: folder, env: environment, echo: false });
}

/** Runs a script with this repository's Node, in a folder. Returns what it prints. */
export function node(folder, ...args) {
  return must(process.execPath, args, { cwd: folder, env: environment, echo: false });
}

/**
 * Starts a script that prints one line of JSON once it can be used, and stops it after `action`,
 * which is given that line.
 */
export async function whileRunning(folder, args, env, action) {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...environment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let output = '';
  const ready = new Promise((resolve, reject) => {
    const read = (chunk) => {
      output += chunk;
      const line = output.split('\n').find((each) => each.startsWith('{') && each.endsWith('}'));
      if (line !== undefined) resolve(JSON.parse(line));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', (code) => reject(new Error(`ended with exit code ${code}`)));
    setTimeout(() => reject(new Error('not ready after a minute')), 60_000).unref();
  });
  try {
    await action(await ready);
  } catch (error) {
    throw new Error(`${error.message}\n${output}`, { cause: error });
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** Runs `action` while some packages of a folder are not there, as if they were not installed. */
export async function without(folder, packages, action) {
  const hidden = packages
    .filter((name) => existsSync(join(folder, 'node_modules', name)))
    .map((name) => ({
      from: join(folder, 'node_modules', name),
      to: join(folder, 'hidden', name.replace('/', '+')),
    }));
  mkdirSync(join(folder, 'hidden'), { recursive: true });
  for (const { from, to } of hidden) renameSync(from, to);
  try {
    return await action();
  } finally {
    for (const { from, to } of hidden) renameSync(to, from);
  }
}
