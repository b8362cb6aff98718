import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import { StoreUnreachableError, type TransactionStore } from 'nest-stepup/ciba';
import { redisTransactionStore, type RedisClient } from 'nest-stepup/redis';
import { describeWithRedis, startRedis } from '../spec/ciba/redis-server.js';
import { WakeUps } from '../spec/ciba/wake-ups.js';
import { recordLog } from '../spec/contract-harness.js';

const SECRET = 'what-is-stored';
const NOW = 1_750_000_000;
const TIMEOUT_SECONDS = 0.2;
const times = { now: NOW, expiresAt: NOW + 120, dueAt: NOW };
const claim = { now: NOW, leaseUntil: NOW + 30, limit: 10 };

type RedisServer = Awaited<ReturnType<typeof startRedis>>;

const CLIENTS = [
  {
    name: 'ioredis',
    connect: (url: string) => {
      const client = new Redis(url);
      client.on('error', () => undefined);
      return { client, close: () => client.disconnect() };
    },
  },
  {
    name: 'ioredis that fails fast',
    connect: (url: string) => {
      const client = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
      client.on('error', () => undefined);
      return { client, close: () => client.disconnect() };
    },
  },
  {
    name: 'redis',
    connect: (url: string) => {
      const client = createClient({ url });
      client.on('error', () => undefined);
      const connected = client.connect();
      connected.catch(() => undefined);
      return { client, close: () => client.destroy() };
    },
  },
  {
    name: 'redis that fails fast',
    connect: (url: string) => {
      const client = createClient({ url, disableOfflineQueue: true });
      client.on('error', () => undefined);
      client.connect().catch(() => undefined);
      return { client, close: () => client.destroy() };
    },
  },
] as const;

/** Everything that may be asked of a store. */
const CALLS: Readonly<Record<string, (store: TransactionStore) => Promise<unknown>>> = {
  create: (store) => store.create('new', SECRET, times),
  read: (store) => store.read('a', NOW),
  replace: (store) => store.replace('a', 1, SECRET, times),
  claimDue: (store) => store.claimDue(claim),
  count: (store) => store.count('k', 60, NOW),
  watch: (store) => store.watch('new', () => undefined),
};

/** Tries until it succeeds: how long a client takes to connect again is its own affair. */
async function eventually<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (const end = performance.now() + 4000; ;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
  }
}

/** Rejects when it takes too long. */
async function soon<Result>(promise: Promise<Result>, seconds: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('It takes too long'));
    }, seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => {
    clearTimeout(timer);
  });
}

describeWithRedis('redisTransactionStore() while Redis is out of reach', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  describe.each(CLIENTS)('with $name', ({ connect }) => {
    let log: ReturnType<typeof recordLog>;
    let connections: { readonly client: RedisClient; readonly close: () => void }[];
    let store: TransactionStore;
    let other: TransactionStore;

    const open = () => {
      const connection = connect(server.url);
      connections.push(connection);
      // Only messages wake in time: without them a test would have to wait for ten minutes.
      return redisTransactionStore({
        client: connection.client,
        timeoutSeconds: TIMEOUT_SECONDS,
        fallbackSeconds: 600,
      });
    };

    beforeEach(() => {
      log = recordLog();
      connections = [];
      [store, other] = [open(), open()];
    });
    afterEach(async () => {
      await Promise.all([store.close(), other.close()]);
      for (const { close } of connections) close();
    });

    /** Each call is refused as it should be, and in time. */
    async function expectAllRefused() {
      const refusals = Object.entries(CALLS).map(([name, call]) =>
        soon(
          call(store).then(
            () => `${name} succeeds`,
            (error: unknown) => error,
          ),
          TIMEOUT_SECONDS * 4,
        ),
      );
      for (const refusal of await Promise.all(refusals)) {
        expect(refusal).toBeInstanceOf(StoreUnreachableError);
        expect(String(refusal)).toMatch(/^StoreUnreachableError: Cannot use Redis as /);
        expect(inspect(refusal, { depth: 10, showHidden: true })).not.toContain(SECRET);
      }
    }

    /** A write by one instance wakes the watcher of another, time and again. */
    async function expectWakeUps(wakeUps: WakeUps, key: string) {
      for (let round = 0; round < 3; round += 1) {
        await eventually(async () => {
          const woken = wakeUps.next();
          const revision = (await other.read(key, NOW))?.revision ?? 0;
          await (revision === 0
            ? other.create(key, '', times)
            : other.replace(key, revision, '', times));
          await soon(woken, 0.5);
        });
      }
    }

    it('refuses everything in time when Redis does not answer, and goes on when it does', async () => {
      await eventually(() => store.create('frozen', 'value', times));
      const wakeUps = new WakeUps();
      await store.watch('frozen', wakeUps.wake);
      server.pause();
      await expectAllRefused();
      server.resume();
      const record = await eventually(() => store.read('frozen', NOW));
      expect(record).toStrictEqual({ value: 'value', revision: 1 });
      await expectWakeUps(wakeUps, 'frozen');
    });

    it('refuses everything in time when Redis is gone, and goes on when it is back', async () => {
      await eventually(() => store.create('killed', 'value', times));
      const wakeUps = new WakeUps();
      await store.watch('killed', wakeUps.wake);
      await server.kill();
      await expectAllRefused();
      const again = store.watch('killed', () => undefined);
      await expect(again).rejects.toThrow(StoreUnreachableError);
      await server.start();
      await eventually(() => store.create('killed', 'again', times));
      await expectWakeUps(wakeUps, 'killed');
      expect(await store.read('killed', NOW)).toBeDefined();
    });

    it('starts while Redis is down, and finds it when it is up', async () => {
      await server.kill();
      await store.close();
      store = open();
      await expectAllRefused();
      await server.start();
      await eventually(() => store.read('first', NOW));
      const wakeUps = new WakeUps();
      await eventually(() => store.watch('first', wakeUps.wake));
      await expectWakeUps(wakeUps, 'first');
    });

    it('can be closed while Redis is down', async () => {
      await eventually(() => store.watch('a', () => undefined));
      await server.kill();
      const unfinished = store.watch('b', () => undefined);
      await store.close();
      await expect(soon(unfinished, TIMEOUT_SECONDS * 4)).rejects.toThrow(StoreUnreachableError);
      await server.start();
    });

    it('tells of an outage of each connection once, and of its end', async () => {
      await eventually(() => store.watch('a', () => undefined));
      await eventually(() => store.read('a', NOW));
      log.length = 0;
      await server.kill();
      await expectAllRefused();
      await expectAllRefused();
      const errors = log.filter(({ level }) => level === 'error');
      expect(errors.length).toBeGreaterThan(0);
      expect(errors.length).toBeLessThanOrEqual(2);
      for (const { text } of errors) expect(text).toMatch(/^'?Cannot use Redis as /);
      await server.start();
      await eventually(() => store.read('a', NOW));
      expect(log.some(({ level, text }) => level === 'log' && text.includes('again'))).toBe(true);
      expect(log.map(({ text }) => text).join('\n')).not.toContain('127.0.0.1');
    });
  });
});

async function connectionsTo(admin: Redis): Promise<number> {
  return String(await admin.client('LIST'))
    .trim()
    .split('\n').length;
}

describeWithRedis('redisTransactionStore() in Redis', () => {
  let server: RedisServer;
  let admin: Redis;
  let client: Redis;
  let store: TransactionStore;

  beforeAll(async () => {
    server = await startRedis();
    admin = new Redis(server.url);
  });
  beforeEach(async () => {
    await admin.flushall();
    client = new Redis(server.url);
    store = redisTransactionStore({ client, fallbackSeconds: 600 });
    await client.ping();
  });
  afterEach(async () => {
    await store.close();
    await client.quit();
  });
  afterAll(async () => {
    await admin.quit();
    await server.stop();
  });

  it('runs its scripts again when Redis has forgotten them', async () => {
    await store.create('a', 'first', times);
    await admin.script('FLUSH');
    expect(await store.replace('a', 1, 'second', times)).toBe(true);
    await admin.script('FLUSH');
    expect(await store.read('a', NOW)).toStrictEqual({ value: 'second', revision: 2 });
    expect(await store.claimDue(claim)).toStrictEqual(['a']);
    expect(await store.count('k', 60, NOW)).toMatchObject({ count: 1 });
  });

  it('asks Redis once for each call', async () => {
    const { watch: _, ...calls } = CALLS;
    for (const call of Object.values(calls)) await call(store);
    await admin.config('RESETSTAT');
    for (const call of Object.values(calls)) await call(store);
    const statistics = await admin.info('commandstats');
    expect(/cmdstat_evalsha:calls=(\d+)/.exec(statistics)?.[1]).toBe('5');
    expect(statistics).not.toContain('cmdstat_eval:');
    await admin.config('RESETSTAT');
  });

  it('has a time to live on every key, under one hash tag', async () => {
    for (const call of Object.values(CALLS)) await call(store);
    await store.create('longer', '', { now: NOW, expiresAt: NOW + 300, dueAt: NOW });
    await store.create('shorter', '', { now: NOW, expiresAt: NOW + 60, dueAt: NOW });
    // All of them: the set of due records is empty for a moment.
    expect(await store.claimDue({ ...claim, now: NOW + 30 })).toHaveLength(3);
    const keys = await admin.keys('*');
    keys.sort();
    expect(keys).toStrictEqual([
      '{stepup}:count:k',
      '{stepup}:due',
      '{stepup}:record:longer',
      '{stepup}:record:new',
      '{stepup}:record:shorter',
    ]);
    const lives = await Promise.all(keys.map((key) => admin.pttl(key)));
    for (const [index, expected] of [60_000, 300_000, 300_000, 120_000, 60_000].entries()) {
      expect(lives[index]).toBeLessThanOrEqual(expected);
      expect(lives[index]).toBeGreaterThan(expected - 5000);
    }
  });

  it.each([Infinity, 1e20])('lets Redis drop what is to be kept for %d s, too', async (seconds) => {
    const endless = { now: NOW, expiresAt: NOW + seconds, dueAt: NOW };
    expect(await store.create('a', 'value', endless)).toBe(true);
    expect(await store.count('k', seconds, NOW)).toMatchObject({ count: 1 });
    expect(await store.read('a', NOW)).toBeDefined();
    for (const key of await admin.keys('*')) expect(await admin.pttl(key)).toBeGreaterThan(0);
  });

  it('lets go of the names of due records that Redis has dropped', async () => {
    await store.create('a', '', times);
    await store.create('b', '', times);
    await admin.del('{stepup}:record:a');
    expect(await store.claimDue(claim)).toStrictEqual(['b']);
    expect(await admin.zrange('{stepup}:due', '0', '-1')).toStrictEqual(['b']);
  });

  it('listens once to what is watched twice, and no more when nobody watches', async () => {
    const channel = '{stepup}:written:a';
    const listeners = async () => Number((await admin.pubsub('NUMSUB', channel))[1]);
    const stops = [
      await store.watch('a', () => undefined),
      await store.watch('a', () => undefined),
    ];
    expect(await listeners()).toBe(1);
    stops[0]?.();
    await store.watch('b', () => undefined);
    expect(await listeners()).toBe(1);
    stops[1]?.();
    await eventually(async () => expect(await listeners()).toBe(0));
  });

  it('closes the connection that it made, and not that of the app', async () => {
    expect(await connectionsTo(admin)).toBe(2);
    await store.watch('a', () => undefined);
    expect(await connectionsTo(admin)).toBe(3);
    await store.close();
    await eventually(async () => expect(await connectionsTo(admin)).toBe(2));
    expect(await client.ping()).toBe('PONG');
    await expect(store.watch('a', () => undefined)).rejects.toThrow(StoreUnreachableError);
    expect(await connectionsTo(admin)).toBe(2);
  });

  it('wakes its watchers when the connection for messages is back', async () => {
    const wakeUps = new WakeUps();
    await store.watch('a', wakeUps.wake);
    const woken = wakeUps.next();
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await woken;
    await eventually(async () => {
      const again = wakeUps.next();
      await store.create('a', '', times);
      await store.replace('a', 1, '', times);
      await soon(again, 0.5);
    });
  });

  it('listens no more to what was left while that connection was lost', async () => {
    const [left, staying] = [new WakeUps(), new WakeUps()];
    const stop = await store.watch('left', left.wake);
    await store.watch('staying', staying.wake);
    const back = staying.next();
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(async () => expect(await connectionsTo(admin)).toBe(2));
    stop();
    await back;
    await eventually(async () => {
      expect(await admin.pubsub('CHANNELS')).toStrictEqual(['{stepup}:written:staying']);
    });
  });

  it('wakes its watchers now and then without a message', async () => {
    const restless = redisTransactionStore({ client, fallbackSeconds: 0.02 });
    const [wakeUps, witness] = [new WakeUps(), new WakeUps()];
    const stop = await restless.watch('a', wakeUps.wake);
    await wakeUps.next();
    await wakeUps.next();
    stop();
    const stopped = wakeUps.count;
    await restless.watch('b', witness.wake);
    await witness.next();
    await witness.next();
    expect(wakeUps.count).toBe(stopped);
    await restless.close();
  });

  it('answers a refusal of Redis as unreachable, and tells its kind', async () => {
    const log = recordLog();
    await admin.set('{stepup}:record:a', 'of another kind');
    await expect(store.read('a', NOW)).rejects.toThrow(
      new StoreUnreachableError('Cannot use Redis as it answered WRONGTYPE'),
    );
    expect(log).toHaveLength(1);
  });
});

describe('redisTransactionStore() with a client that keeps every command', () => {
  it('hands it no more than some that nobody waits for, and goes on with the first answer', async () => {
    recordLog();
    const kept: ((answer: unknown) => void)[] = [];
    const client: RedisClient = {
      isCluster: false,
      evalsha: () =>
        new Promise((resolve) => {
          kept.push(resolve);
        }),
      eval: () => Promise.reject(new Error('It is never asked')),
      duplicate: () => {
        throw new Error('It is never asked');
      },
    };
    const store = redisTransactionStore({ client, timeoutSeconds: 0.01 });
    const refusals = async (calls: number) => {
      const results = await Promise.allSettled(
        Array.from({ length: calls }, () => store.read('a', NOW)),
      );
      return results.filter(({ status }) => status === 'rejected').length;
    };
    expect(await refusals(300)).toBe(300);
    expect(kept).toHaveLength(300);
    expect(await refusals(300)).toBe(300);
    expect(kept.length).toBeLessThan(310);

    const [answer] = kept.slice(-1);
    for (const resolve of kept) resolve(null);
    expect(answer).toBeDefined();
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const read = store.read('a', NOW);
    kept.at(-1)?.(['value', '1']);
    expect(await read).toStrictEqual({ value: 'value', revision: 1 });
  });
});

describe('redisTransactionStore() with a client that quotes what it was to store', () => {
  it.each([
    [{ code: SECRET }, 'of Error'],
    [{ code: 'ECONNRESET', message: SECRET }, 'of ECONNRESET'],
    [{ message: `OOM ${SECRET}` }, 'it answered OOM'],
    [{ message: SECRET, command: { args: [SECRET] } }, 'of Error'],
  ])('tells nothing of %j but its kind', async (members, kind) => {
    const log = recordLog();
    const fail = () => Promise.reject(Object.assign(new Error(), members));
    const client: RedisClient = {
      isCluster: false,
      evalsha: fail,
      eval: fail,
      duplicate: () => {
        throw new Error('It is never asked');
      },
    };
    const refusal: unknown = await redisTransactionStore({ client })
      .create('a', SECRET, times)
      .catch((error: unknown) => error);
    expect(refusal).toStrictEqual(new StoreUnreachableError(`Cannot use Redis as ${kind}`));
    expect(inspect([refusal, log], { depth: 10, showHidden: true })).not.toContain(SECRET);
  });
});

describe('redisTransactionStore() that was closed before it was used', () => {
  it('opens no connection any more', async () => {
    recordLog();
    const client: RedisClient = {
      isCluster: false,
      evalsha: () => Promise.reject(new Error('It is never asked')),
      eval: () => Promise.reject(new Error('It is never asked')),
      duplicate: () => {
        throw new Error('It is never asked');
      },
    };
    const store = redisTransactionStore({ client });
    await store.close();
    await expect(store.watch('a', () => undefined)).rejects.toThrow('of ConnectionEnded');
  });
});

describe('redisTransactionStore() with a client that does not connect again', () => {
  it('opens a connection for messages anew, though not at every call', async () => {
    recordLog();
    let opened = 0;
    const client: RedisClient = {
      isCluster: false,
      evalsha: () => Promise.reject(new Error('It is never asked')),
      eval: () => Promise.reject(new Error('It is never asked')),
      duplicate: () => {
        opened += 1;
        const confirms = opened > 1;
        const events = new EventEmitter();
        if (!confirms) setImmediate(() => events.emit('end'));
        return {
          on: (event: string, listener: (...values: string[]) => void) =>
            events.on(event, listener),
          subscribe: () =>
            confirms ? Promise.resolve() : Promise.reject(new Error('It has no connection')),
          unsubscribe: () => Promise.resolve(),
          disconnect: () => undefined,
        };
      },
    };
    const store = redisTransactionStore({ client, fallbackSeconds: 600 });
    const watch = () => store.watch('a', () => undefined);
    for (let call = 0; call < 20; call += 1) {
      await expect(watch()).rejects.toThrow(StoreUnreachableError);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    expect(opened).toBe(1);
    await eventually(watch);
    expect(opened).toBe(2);
    await store.close();
  });
});
