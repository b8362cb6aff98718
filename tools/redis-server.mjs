/**
 * Finds a Redis server for tests, and starts it.
 *
 * Where none is installed, the one of the Debian or Ubuntu repositories is unpacked below
 * `node_modules/.cache`, once. Nothing is installed, and no right of an administrator is needed.
 */
import { execFile, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './run.mjs';

const execute = promisify(execFile);
const cache = join(root, 'node_modules/.cache/redis-server');
const unpacked = join(cache, 'root');
const NAMES = ['redis-server', 'valkey-server'];

export const HOW_TO_GET_REDIS =
  'install redis-server or valkey-server (apt install redis-server, brew install redis), ' +
  'or name one in REDIS_SERVER';

let found;

/**
 * Finds a server: the one that REDIS_SERVER names, one on the PATH, or one that it downloads.
 *
 * @returns The command and the variables to run it with; `undefined` when there is none to be had.
 */
export function findRedisServer() {
  found ??= find();
  return found;
}

async function find() {
  if (process.env.REDIS_SERVER) return { command: process.env.REDIS_SERVER, env: {} };
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const command = join(folder, name);
      if (await runnable(command)) return { command, env: {} };
    }
  }
  if (process.platform !== 'linux') return undefined;
  if (!(await runnable(join(unpacked, 'usr/bin/redis-server')))) {
    // No network, no apt, or a system whose packages have other names: then there is none.
    await download().catch(() => undefined);
  }
  const server = await serverIn(unpacked);
  const works = await execute(server.command, ['--version'], { env: server.env }).then(
    () => true,
    () => false,
  );
  return works ? server : undefined;
}

async function runnable(file) {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The server of unpacked packages, which bring libraries along that the system may lack. */
async function serverIn(folder) {
  const libraries = join(folder, 'usr/lib');
  const entries = await readdir(libraries, { withFileTypes: true }).catch(() => []);
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(libraries, name));
  return {
    command: join(folder, 'usr/bin/redis-server'),
    env: { LD_LIBRARY_PATH: folders.join(delimiter) },
  };
}

/** Downloads to a folder of its own, and moves it into place whole: others may do so as well. */
async function download() {
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'download-'));
  try {
    const options = await getPackages(work, ['redis-server', 'redis-tools']);
    const server = await serverIn(join(work, 'root'));
    const libraries = await missingLibraries(server);
    if (libraries.length > 0) await getPackages(work, libraries.map(packageOf), options);
    // Another process may have been faster.
    await rename(join(work, 'root'), unpacked).catch(() => undefined);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** With the lists of packages that the system has; without any, with lists of our own. */
async function getPackages(work, names, options) {
  if (options === undefined) {
    try {
      return await getPackages(work, names, []);
    } catch {
      const own = [`Dir::State::lists=${join(work, 'lists')}`, `Dir::Cache=${join(work, 'apt')}`];
      await mkdir(join(work, 'lists/partial'), { recursive: true });
      await mkdir(join(work, 'apt/archives/partial'), { recursive: true });
      const ownOptions = own.flatMap((option) => ['-o', option]);
      await execute('apt-get', [...ownOptions, 'update'], { timeout: 60_000 });
      return getPackages(work, names, ownOptions);
    }
  }
  await execute('apt-get', [...options, 'download', ...names], { cwd: work, timeout: 60_000 });
  for (const file of (await readdir(work)).filter((name) => name.endsWith('.deb'))) {
    await execute('dpkg-deb', ['-x', join(work, file), join(work, 'root')]);
    await rm(join(work, file));
  }
  return options;
}

/** @returns The names of shared libraries that the server needs and nobody has. */
async function missingLibraries({ command, env }) {
  const { stdout } = await execute('ldd', [command], { env: { ...process.env, ...env } });
  return [...stdout.matchAll(/^\s*(\S+) => not found$/gm)].map(([, name]) => name);
}

/** The package of a shared library, as Debian names them: `liblzf.so.1` is in `liblzf1`. */
function packageOf(library) {
  const [name = '', version = ''] = library.split('.so.');
  return `${name}${/\d$/.test(name) ? '-' : ''}${version}`.toLowerCase().replaceAll('_', '-');
}

/**
 * Starts a server on a free port of this machine. It keeps nothing, and ends with this process.
 *
 * @param server What {@link findRedisServer} found.
 * @param options `cluster`: whether it is a Redis Cluster, of this one node.
 */
export async function startRedisServer(server, { cluster = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'stepup-redis-'));
  const port = await freePort();
  const args = ['--port', String(port)];
  if (cluster) {
    const busPort = String(await freePort());
    args.push('--cluster-enabled', 'yes', '--cluster-port', busPort);
    args.push('--cluster-announce-ip', '127.0.0.1');
  }
  let child;

  const end = async (signal) => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => {
      running.once('exit', resolve);
    });
    running.kill(signal);
    await ended;
  };
  const endWithProcess = () => child?.kill('SIGKILL');
  const start = async () => {
    child = await launch(server, folder, args);
  };

  await start();
  process.once('exit', endWithProcess);
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    /** Stops answering; connections stay open. */
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    /** Ends at once, and forgets everything. */
    kill: () => end('SIGKILL'),
    /** Starts again, on the same port. */
    start,
    async stop() {
      process.removeListener('exit', endWithProcess);
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function launch({ command, env }, folder, args) {
  const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn(command, [...settings, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk) => {
      output += chunk;
      if (output.includes('Ready to accept connections')) ready();
    };
    const fail = () => {
      reject(new Error(`Cannot start ${command} as it ended:\n${output}`));
    };
    const ready = () => {
      child.removeListener('exit', fail);
      for (const stream of [child.stdout, child.stderr]) stream.removeAllListeners('data').resume();
      resolve(child);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', fail);
    child.once('error', reject);
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
