/** Runs commands for the other scripts of this folder, with this repository's Node and binaries. */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const bin = join(root, 'node_modules', '.bin');

/**
 * Runs `command` to its end.
 *
 * @param options `cwd`: folder to run in; `env`: variables on top of this process's; `echo`: whether
 *   the output is shown as it comes, as well as returned.
 * @returns What it printed, and its exit code.
 */
export function run(command, args, { cwd = root, env = {}, echo = true } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env, PATH: `${bin}${delimiter}${process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    const keep = (stream) => (chunk) => {
      output += chunk;
      if (echo) stream.write(chunk);
    };
    child.stdout.on('data', keep(process.stdout));
    child.stderr.on('data', keep(process.stderr));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs `command` and throws when it fails, with what it printed. */
export async function must(command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code === 0) return output;
  const shown = options?.echo === false ? `\n${output}` : '';
  throw new Error(`${command} ${args.join(' ')} ended with exit code ${code}${shown}`);
}
