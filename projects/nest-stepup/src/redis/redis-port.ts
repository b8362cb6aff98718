/** What is needed of Redis, whichever client an app has. */
export interface RedisPort {
  /** Runs a script that Redis may know already; rejects with NOSCRIPT when it does not. */
  evaluateKnown(sha1: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  /** Runs a script, and has Redis know it from then on. */
  evaluate(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  /** Opens a connection of its own, by the settings of the app's client. */
  openSubscriber(events: SubscriberEvents): Subscriber;
}

/** A connection for messages. It comes back by itself after a fault, subscriptions included. */
export interface Subscriber {
  /** Resolves once Redis has confirmed it. */
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  close(): void;
}

/** What a subscriber reports. */
export interface SubscriberEvents {
  readonly message: (channel: string) => void;
  /** It is connected, for the first time or again. */
  readonly ready: () => void;
  /** Its connection is lost: subscriptions have to be asked for again, to know when they are back. */
  readonly lost: () => void;
  readonly error: (error: unknown) => void;
  /** It will not come back. */
  readonly end: () => void;
}

/** What is used of a client of `ioredis`: of a `Redis` or of a `Cluster`. */
export interface IoredisClient {
  evalsha(sha1: string, keyCount: number, ...keysAndValues: string[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...keysAndValues: string[]): Promise<unknown>;
  readonly isCluster: boolean;
  duplicate(first?: object, second?: object): IoredisSubscriber;
}

/** What is used of a connection that a client of `ioredis` opens. */
export interface IoredisSubscriber {
  on(event: string, listener: (...values: string[]) => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}

/** What is used of a client of `redis` or `@redis/client`: of a client or of a cluster. */
export interface NodeRedisClient {
  evalSha(sha1: string, options: NodeRedisScriptOptions): Promise<unknown>;
  eval(script: string, options: NodeRedisScriptOptions): Promise<unknown>;
  duplicate(overrides?: object): NodeRedisSubscriber;
}

/** What a script of `redis` is run with. */
export interface NodeRedisScriptOptions {
  readonly keys: string[];
  readonly arguments: string[];
}

/** What is used of a connection that a client of `redis` opens. */
export interface NodeRedisSubscriber {
  on(event: string, listener: (error: unknown) => void): unknown;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: NodeRedisListener): Promise<unknown>;
  unsubscribe(channel: string, listener: NodeRedisListener): Promise<unknown>;
  readonly isOpen: boolean;
  /** A cluster does not tell. */
  readonly isReady?: boolean;
  destroy(): unknown;
}

/** What is told of each message. */
export type NodeRedisListener = (message: unknown, channel: unknown) => void;

/** A connected client of `ioredis`, or of `redis`. */
export type RedisClient = IoredisClient | NodeRedisClient;

/** @throws {TypeError} When the client is of neither library. */
export function portTo(client: RedisClient): RedisPort {
  if (has(client, 'evalsha')) return ioredisPort(client);
  if (has(client, 'evalSha')) return nodeRedisPort(client);
  throw new TypeError(
    "Cannot make a store of transactions as 'client' must be a client of ioredis or of redis: " +
      `current value is ${client === null ? 'null' : `of type ${typeof client}`}`,
  );
}

function has<Name extends 'evalsha' | 'evalSha'>(
  client: RedisClient,
  name: Name,
): client is Extract<RedisClient, Record<Name, unknown>> {
  return typeof Reflect.get(Object(client), name) === 'function';
}

function ioredisPort(client: IoredisClient): RedisPort {
  // Until it is connected subscriptions wait, whatever the app's commands do. Nothing listens on
  // this connection but us, hence no limit to how long it tries.
  const overrides = { enableOfflineQueue: true, lazyConnect: false, autoResubscribe: true };
  return {
    evaluateKnown: (sha1, keys, values) => client.evalsha(sha1, keys.length, ...keys, ...values),
    evaluate: (script, keys, values) => client.eval(script, keys.length, ...keys, ...values),
    openSubscriber(events) {
      const connection = client.isCluster
        ? client.duplicate([], overrides)
        : client.duplicate({ ...overrides, maxRetriesPerRequest: null });
      connection.on('error', events.error);
      connection.on('ready', events.ready);
      connection.on('reconnecting', events.lost);
      connection.on('end', events.end);
      connection.on('message', (channel = '') => {
        events.message(channel);
      });
      return {
        subscribe: (channel) => connection.subscribe(channel),
        unsubscribe: (channel) => connection.unsubscribe(channel),
        close: () => {
          connection.disconnect();
        },
      };
    },
  };
}

function nodeRedisPort(client: NodeRedisClient): RedisPort {
  return {
    evaluateKnown: (sha1, keys, values) => client.evalSha(sha1, scriptOptions(keys, values)),
    evaluate: (script, keys, values) => client.eval(script, scriptOptions(keys, values)),
    openSubscriber(events) {
      const connection = client.duplicate({ disableOfflineQueue: false });
      // Without this listener a dropped connection ends the process.
      connection.on('error', events.error);
      connection.on('reconnecting', events.lost);
      connection.on('terminated', events.end);
      connection.on('end', events.end);
      let waiting: (() => void)[] = [];
      connection.on('ready', () => {
        for (const proceed of waiting) proceed();
        waiting = [];
        events.ready();
      });
      const connected = connection.connect();
      connected.catch((error: unknown) => {
        events.error(error);
        events.end();
      });
      const listener: NodeRedisListener = (_message, channel) => {
        events.message(String(channel));
      };
      return {
        subscribe: async (channel) => {
          await connected;
          // What it is subscribed to already it does not ask for again: it is back once it is ready.
          if (connection.isReady === false) {
            await new Promise<void>((resolve) => {
              waiting.push(resolve);
            });
          }
          await connection.subscribe(channel, listener);
        },
        unsubscribe: (channel) => connection.unsubscribe(channel, listener),
        close: () => {
          if (connection.isOpen) connection.destroy();
        },
      };
    },
  };
}

function scriptOptions(keys: readonly string[], values: readonly string[]): NodeRedisScriptOptions {
  return { keys: [...keys], arguments: [...values] };
}
