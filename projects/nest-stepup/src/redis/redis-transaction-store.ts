import { Logger } from '@nestjs/common';
import {
  TransactionStore,
  type DueClaim,
  type EventCount,
  type RecordTimes,
  type StoredRecord,
} from 'nest-stepup/ciba';
import { RedisGate } from './redis-gate.js';
import { portTo, type RedisClient, type RedisPort } from './redis-port.js';
import { CLAIM, COUNT, READ, WRITE, type RedisScript } from './redis-scripts.js';
import { RedisWakeUps } from './redis-wake-ups.js';

/** Options of {@link redisTransactionStore}. */
export interface RedisTransactionStoreOptions {
  /** A connected client of `ioredis`, or of `redis` (`@redis/client`). It stays the app's own. */
  readonly client: RedisClient;
  /**
   * What all keys begin with, in braces: apps that share a Redis each have their own.
   *
   * @default 'stepup'
   */
  readonly prefix?: string | undefined;
  /**
   * How long Redis has for an answer, in seconds. Then the store counts as unreachable.
   *
   * @default 2
   */
  readonly timeoutSeconds?: number | undefined;
  /**
   * How often a watched transaction is looked at without a message, in seconds: messages are lost
   * while a connection is.
   *
   * @default 2
   */
  readonly fallbackSeconds?: number | undefined;
}

/**
 * Keeps transactions in Redis: the store of an API that runs as several instances, or that keeps
 * its transactions over a restart.
 *
 * It uses the app's client for commands, and opens one connection more, by `client.duplicate()`, for
 * messages; `close()` closes that one only. All keys have the hash tag `{stepup}`, or that of
 * `prefix`, so that they are on one slot of a Redis Cluster.
 *
 * While Redis is down, transactions get 503 after `timeoutSeconds` at most; they go on when it is
 * back. A client that keeps commands for then may carry one out that had been given up: with
 * `enableOfflineQueue: false` (`ioredis`) or `disableOfflineQueue: true` (`redis`) it keeps none.
 * Give a client of `redis` an `error` listener: without one, a lost connection ends the process.
 *
 * @throws {TypeError | RangeError} When the client is of neither library, the prefix is empty or
 *   has other characters than letters, digits, `_`, `-`, `.` and `:`, or a number of seconds is not
 *   above 0, or above 2,147,483.
 *
 * @example
 * import { Redis } from 'ioredis';
 *
 * const store = redisTransactionStore({ client: new Redis('redis://localhost:6379') });
 *
 * @example
 * import { createClient } from 'redis';
 *
 * const client = createClient({ url: 'redis://localhost:6379' });
 * client.on('error', (error) => console.error(error));
 * await client.connect();
 * const store = redisTransactionStore({ client });
 */
export function redisTransactionStore(options: RedisTransactionStoreOptions): TransactionStore {
  return new RedisTransactionStore(options);
}

class RedisTransactionStore extends TransactionStore {
  override readonly shared = true;
  private readonly port: RedisPort;
  private readonly tag: string;
  private readonly commands: RedisGate;
  private readonly wakeUps: RedisWakeUps;

  constructor(options: RedisTransactionStoreOptions) {
    super();
    const { client, prefix = 'stepup', timeoutSeconds = 2, fallbackSeconds = 2 } = options;
    assertPrefix(prefix);
    assertSeconds('timeoutSeconds', timeoutSeconds);
    assertSeconds('fallbackSeconds', fallbackSeconds);
    const logger = new Logger('StepUp');
    this.tag = `{${prefix}}`;
    this.port = portTo(client);
    this.commands = new RedisGate(timeoutSeconds, logger);
    // Two connections, two outages: one must not end, in the log, with the other.
    this.wakeUps = new RedisWakeUps(
      this.port,
      new RedisGate(timeoutSeconds, logger),
      fallbackSeconds,
    );
  }

  override create(key: string, value: string, times: RecordTimes): Promise<boolean> {
    return this.write(key, 0, value, times);
  }

  override async read(key: string, now: number): Promise<StoredRecord | undefined> {
    const reply = await this.run(READ, [this.recordKey(key)], [now]);
    if (!Array.isArray(reply)) return undefined;
    return { value: String(reply[0]), revision: Number(reply[1]) };
  }

  override replace(
    key: string,
    revision: number,
    value: string,
    times: RecordTimes,
  ): Promise<boolean> {
    // 0 stands for no record at all: nobody has read that.
    return revision < 1 ? Promise.resolve(false) : this.write(key, revision, value, times);
  }

  override async claimDue({ now, leaseUntil, limit }: DueClaim): Promise<readonly string[]> {
    const keys = [this.dueKey, this.recordKey('')];
    const reply = await this.run(CLAIM, keys, [now, leaseUntil, limit]);
    return Array.isArray(reply) ? reply.map(String) : [];
  }

  override async count(key: string, windowSeconds: number, now: number): Promise<EventCount> {
    const resetsAt = now + windowSeconds;
    const values = [now, resetsAt, milliseconds(windowSeconds)];
    const reply = await this.run(COUNT, [`${this.tag}:count:${key}`], values);
    const [count, ends]: readonly unknown[] = Array.isArray(reply) ? reply : [];
    return { count: Number(count), resetsAt: Number(ends) };
  }

  override watch(key: string, wake: () => void): Promise<() => void> {
    return this.wakeUps.watch(this.channel(key), wake);
  }

  override close(): Promise<void> {
    this.wakeUps.close();
    return Promise.resolve();
  }

  private async write(
    key: string,
    revision: number,
    value: string,
    { now, expiresAt, dueAt }: RecordTimes,
  ): Promise<boolean> {
    const ttl = milliseconds(expiresAt - now);
    const reply = await this.run(
      WRITE,
      [this.recordKey(key), this.dueKey],
      [revision, value, now, expiresAt, ttl, dueAt ?? '', key, this.channel(key)],
    );
    return Number(reply) === 1;
  }

  private run(
    { sha1, text }: RedisScript,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown> {
    const texts = values.map(String);
    return this.commands.run(async () => {
      try {
        return await this.port.evaluateKnown(sha1, keys, texts);
      } catch (error) {
        const unknown = error instanceof Error && error.message.startsWith('NOSCRIPT');
        if (!unknown) throw error;
        return this.port.evaluate(text, keys, texts);
      }
    });
  }

  private get dueKey(): string {
    return `${this.tag}:due`;
  }

  private recordKey(key: string): string {
    return `${this.tag}:record:${key}`;
  }

  private channel(key: string): string {
    return `${this.tag}:written:${key}`;
  }
}

/** For how long Redis is to keep something: whole milliseconds, 0 for not at all. */
function milliseconds(seconds: number): number {
  // A number that Redis refuses would leave what was written just before without an end.
  return seconds > 0 ? Math.min(Math.ceil(seconds * 1000), Number.MAX_SAFE_INTEGER) : 0;
}

function assertPrefix(prefix: string): void {
  if (/^[\w.:-]+$/.test(prefix)) return;
  throw new RangeError(
    "Cannot make a store of transactions as 'prefix' must be of letters, digits, '_', '-', '.' " +
      `and ':': current value is ${JSON.stringify(prefix)}`,
  );
}

/** The most that a timer can wait: for more it does not wait at all. */
const MAX_SECONDS = 2_147_483;

function assertSeconds(name: string, value: number): void {
  if (value > 0 && value <= MAX_SECONDS) return;
  throw new RangeError(
    `Cannot make a store of transactions as '${name}' must be a number of seconds above 0, ` +
      `and at most ${MAX_SECONDS}: ` +
      `current value is ${String(value)}`,
  );
}
