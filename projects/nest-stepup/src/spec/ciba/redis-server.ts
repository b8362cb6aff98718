import { describe } from '@jest/globals';
import {
  findRedisServer,
  HOW_TO_GET_REDIS,
  startRedisServer,
  type RunningRedisServer,
} from '../../../../../tools/redis-server.mjs';

const server = await findRedisServer();

/** A suite that needs {@link startRedis}: skipped, visibly, where there is no Redis server. */
export const describeWithRedis: (name: string, suite: () => void) => void = server
  ? describe
  : describe.skip;

if (!server) {
  process.stderr.write(
    `Skipped the tests of the Redis store as no server was found: ${HOW_TO_GET_REDIS}\n`,
  );
}

/** Starts a Redis server on a free port. Whoever starts it stops it. */
export function startRedis(options?: { readonly cluster?: boolean }): Promise<RunningRedisServer> {
  if (!server) throw new Error(`Cannot start Redis as no server was found: ${HOW_TO_GET_REDIS}`);
  return startRedisServer(server, options);
}
