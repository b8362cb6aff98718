/** How to run a Redis server. */
export interface RedisServerCommand {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A Redis server that runs on this machine. */
export interface RunningRedisServer {
  readonly port: number;
  readonly url: string;
  pause(): void;
  resume(): void;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What to tell who has none. */
export const HOW_TO_GET_REDIS: string;

export function findRedisServer(): Promise<RedisServerCommand | undefined>;

export function startRedisServer(
  server: RedisServerCommand,
  options?: { readonly cluster?: boolean },
): Promise<RunningRedisServer>;
