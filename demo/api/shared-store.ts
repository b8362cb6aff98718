import { createClient } from '@redis/client';
import type { TransactionStore } from 'nest-stepup/ciba';
import { redisTransactionStore } from 'nest-stepup/redis';

/** A store in Redis, and the connection that it came with. */
export interface SharedStore {
  readonly store: TransactionStore;
  close(): void;
}

const CONNECT_TIMEOUT_MS = 3000;

/**
 * Connects to the Redis in which transactions are kept.
 *
 * @throws {RangeError} When it cannot be reached at the start; later outages are the store's matter.
 */
export async function openSharedStore(redisUrl: string): Promise<SharedStore> {
  const client = createClient({
    url: redisUrl,
    // Refused at once while Redis is down: the API answers 503 rather than late.
    disableOfflineQueue: true,
    socket: { connectTimeout: CONNECT_TIMEOUT_MS },
  });
  const connected = new Promise<void>((resolve, reject) => {
    client.once('ready', () => resolve());
    // It goes on trying; the first failure tells whoever starts the demo.
    client.on('error', reject);
  });
  client.connect().catch(() => {
    // Told by the listener.
  });
  try {
    await connected;
  } catch {
    if (client.isOpen) client.destroy();
    const { host } = new URL(redisUrl);
    throw new RangeError(
      `Cannot start the demo as the Redis of REDIS_URL does not answer: current value is ${host}`,
    );
  }
  return { store: redisTransactionStore({ client }), close: () => client.destroy() };
}
