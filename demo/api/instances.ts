import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { environmentOf, type CibaConfig } from '../ciba.config.js';
import type { RunningServer } from '../running-server.js';
import { startFront } from './front.js';

const PROGRAM = fileURLToPath(new URL('main.js', import.meta.url));

/**
 * Starts several processes of the API, and a front on the API's port that shares requests out.
 *
 * A process that ends is left out from then on; the others go on with what it had begun.
 *
 * @throws {Error} When one of them does not start: it has printed why.
 */
export async function startApiInstances({
  apiPort,
  ciba,
}: {
  readonly apiPort: number;
  readonly ciba: CibaConfig;
}): Promise<RunningServer> {
  const servers = new Map<ChildProcess, string>();
  const children = Array.from({ length: ciba.apiInstances }, () =>
    fork(PROGRAM, { env: { ...process.env, ...environmentOf(ciba), DEMO_API_LISTEN_PORT: '0' } }),
  );
  const stop = (): Promise<unknown> =>
    Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      }),
    );
  try {
    await Promise.all(children.map(async (child) => servers.set(child, await urlOf(child))));
    for (const child of children) child.once('exit', () => servers.delete(child));
    const front = await startFront(apiPort, () => [...servers.values()]);
    return {
      url: front.url,
      close: async () => {
        await front.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function urlOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('message', (message: { readonly url: string }) => resolve(message.url));
    child.once('exit', () => reject(new Error('one of the instances of its API ended')));
  });
}
