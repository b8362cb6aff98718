import { webcrypto } from 'node:crypto';

const TURNS = 24;

/**
 * Lets go of the thread until what is under way is done, also when the machine is busy.
 *
 * Sealing and opening run on the thread pool. Each turn waits for a job there, behind those that
 * were there before, and then for the event loop.
 */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    await webcrypto.subtle.digest('SHA-256', new Uint8Array(1));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
