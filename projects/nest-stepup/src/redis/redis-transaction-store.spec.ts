import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, createCluster } from '@redis/client';
import { Cluster, Redis } from 'ioredis';
import { redisTransactionStore, type RedisClient } from 'nest-stepup/redis';
import { describeWithRedis, startRedis } from '../spec/ciba/redis-server.js';
import { describeTransactionStoreContract } from '../spec/ciba/transaction-store.contract.js';

type RedisServer = Awaited<ReturnType<typeof startRedis>>;

interface Connection {
  readonly client: RedisClient;
  readonly close: () => unknown;
}

const CLIENTS: readonly {
  readonly name: string;
  readonly cluster?: boolean;
  readonly connect: (server: RedisServer) => Promise<Connection>;
}[] = [
  {
    name: 'ioredis',
    connect: ({ url }) => {
      const client = new Redis(url);
      return Promise.resolve({ client, close: () => client.quit() });
    },
  },
  {
    name: 'ioredis that fails fast, with a prefix of its own',
    connect: async ({ url }) => {
      const client = new Redis(url, {
        keyPrefix: 'app:',
        enableOfflineQueue: false,
        maxRetriesPerRequest: 1,
        lazyConnect: true,
      });
      await client.connect();
      return { client, close: () => client.quit() };
    },
  },
  {
    name: 'redis',
    connect: async ({ url }) => {
      const client = createClient({ url });
      await client.connect();
      return { client, close: () => client.close() };
    },
  },
  {
    name: 'redis that fails fast, with a prefix of its own and RESP2',
    connect: async ({ url }) => {
      const client = createClient({ url, disableOfflineQueue: true, keyPrefix: 'app:', RESP: 2 });
      await client.connect();
      return { client, close: () => client.close() };
    },
  },
  {
    name: 'a cluster of ioredis',
    cluster: true,
    connect: ({ port }) => {
      const client = new Cluster([{ host: '127.0.0.1', port }]);
      return Promise.resolve({ client, close: () => client.quit() });
    },
  },
  {
    name: 'a cluster of redis',
    cluster: true,
    connect: async ({ url }) => {
      const client = createCluster({ rootNodes: [{ url }] });
      await client.connect();
      return { client, close: () => client.close() };
    },
  },
];

describeWithRedis('redisTransactionStore()', () => {
  let single: RedisServer;
  let cluster: RedisServer;
  let places = 0;

  beforeAll(async () => {
    [single, cluster] = await Promise.all([startRedis(), startRedis({ cluster: true })]);
    const admin = new Redis(cluster.url);
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    while (!String(await admin.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) {
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
    await admin.quit();
  });
  afterAll(() => Promise.all([single.stop(), cluster.stop()]));

  describe.each(CLIENTS)('with $name', ({ cluster: inCluster = false, connect }) => {
    // Two clients, as two instances of an API have. Wake-ups come by message, or too late.
    const connections: Connection[] = [];
    beforeAll(async () => {
      const server = inCluster ? cluster : single;
      connections.push(await connect(server), await connect(server));
    });
    afterAll(() => Promise.all(connections.map(({ close }) => close())));

    describeTransactionStoreContract({
      name: 'RedisTransactionStore',
      open: () => {
        const prefix = `place-${(places += 1)}`;
        const [one, another] = connections.map(({ client }) =>
          redisTransactionStore({ client, prefix, fallbackSeconds: 600 }),
        );
        if (!one || !another) throw new Error('There are two clients');
        return Promise.resolve({
          stores: [one, another],
          close: async () => {
            await one.close();
            await another.close();
          },
        });
      },
    });
  });
});

describe('redisTransactionStore() options', () => {
  const client = new Redis({ lazyConnect: true });

  it('says that other processes have the same records', () => {
    expect(redisTransactionStore({ client }).shared).toBe(true);
  });

  it.each([undefined, null, {}, 'redis://localhost', { evalsha: 'no function' }])(
    'refuses %p as a client',
    (wrong) => {
      const make = () => redisTransactionStore({ client: wrong as unknown as RedisClient });
      expect(make).toThrow(TypeError);
      expect(make).toThrow("'client' must be a client of ioredis or of redis");
    },
  );

  it.each(['', 'a b', '{a}', 'a}b', 'ż'])('refuses %p as a prefix', (prefix) => {
    expect(() => redisTransactionStore({ client, prefix })).toThrow(RangeError);
  });

  // A timer that is to wait for longer does not wait at all.
  it.each([0, -1, NaN, Infinity, 2_147_484])('refuses %p as a number of seconds', (seconds) => {
    expect(() => redisTransactionStore({ client, timeoutSeconds: seconds })).toThrow(RangeError);
    expect(() => redisTransactionStore({ client, fallbackSeconds: seconds })).toThrow(RangeError);
  });
});
