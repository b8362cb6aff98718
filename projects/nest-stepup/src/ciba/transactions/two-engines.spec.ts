import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { redisTransactionStore } from 'nest-stepup/redis';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { portOf } from '../../spec/authorization-server.js';
import { CLIENT_SECRET } from '../../spec/ciba/ciba-clients.js';
import { CibaIssuer } from '../../spec/ciba/ciba-issuer.js';
import { describeWithRedis, startRedis } from '../../spec/ciba/redis-server.js';
import { BINDING, startEngine, stepUp, type Engine } from '../../spec/ciba/transaction-engine.js';
import { clientSecretBasic } from '../authorization-server/client-authentication.js';
import { OpenIdBackchannelClient } from '../authorization-server/openid-backchannel-client.js';
import type { DeliveryMode } from '../authorization-server/provider-profile.js';
import { CibaException } from '../ciba.exception.js';

/** Two processes of an API behind one Redis, and the authorization server that pings one of them. */
async function startTwo(issuer: CibaIssuer, redisUrl: string, deliveryMode: DeliveryMode) {
  const closes: (() => unknown)[] = [];
  const start = async (): Promise<Engine> => {
    const redis = new Redis(redisUrl, { enableOfflineQueue: false, lazyConnect: true });
    await redis.connect();
    const store = redisTransactionStore({ client: redis });
    const client = new OpenIdBackchannelClient({
      issuer: issuer.issuer,
      clientId: deliveryMode,
      clientAuthentication: clientSecretBasic(CLIENT_SECRET),
      deliveryMode,
    });
    const engine = await startEngine({
      store,
      client,
      settings: { deliveryMode },
      isTimed: true,
    });
    closes.unshift(
      () => engine.close(),
      () => store.close(),
      () => redis.quit(),
    );
    return engine;
  };
  const engines = [await start(), await start()] as const;
  const close = async () => {
    for (const end of closes) await end();
  };
  return { engines, close };
}

/** Sends each ping to one of the two, and to the other the next. */
async function startBalancer(engines: readonly Engine[]) {
  let pings = 0;
  const server = createServer((request, response) => {
    const engine = engines[pings++ % engines.length];
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const token = (request.headers.authorization ?? '').replace('Bearer ', '');
      const { auth_req_id: authReqId } = JSON.parse(body) as { auth_req_id: string };
      const answer = async () => {
        const isValid = await engine?.transactions.notify(token, authReqId);
        response.writeHead(isValid ? 204 : 401).end();
      };
      void answer();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf(server)}/notify`,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/** Twenty browsers' tabs ask for the tokens at once, ten of each process. */
function fetchTwentyTimes(engines: readonly Engine[], transactionId: string) {
  const attempts = Array.from({ length: 20 }, async (_, i) => {
    const engine = engines[i % engines.length] as Engine;
    try {
      return (await engine.transactions.handOver(transactionId, BINDING)).accessToken;
    } catch (error) {
      return error instanceof CibaException ? error.error : 'another error';
    }
  });
  return Promise.all(attempts);
}

describeWithRedis('two processes behind one Redis', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let issuer: CibaIssuer;

  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(async () => {
    issuer = await CibaIssuer.start({ intervalSeconds: 1 });
  });
  afterEach(() => issuer.stop());
  afterAll(() => redis.stop());

  describe.each(['poll', 'ping'] as const)('in %s mode', (mode) => {
    it('fetch the tokens once after approval, tell both browsers’ tabs, and deliver once', async () => {
      const { engines, close } = await startTwo(issuer, redis.url, mode);
      const balancer = await startBalancer(engines);
      issuer.notificationUrl = balancer.url;
      try {
        for (let round = 0; round < 4; round++) {
          const [starter, other] = round % 2 === 0 ? engines : ([engines[1], engines[0]] as const);
          const subject = `alice-${mode}-${round}`;
          const { transactionId, bindingMessage } = await starter.transactions.start(
            stepUp({ subject, hint: { login_hint: subject } }),
          );
          const ends = engines.map(({ transactions }) =>
            lastValueFrom(transactions.watch(transactionId, BINDING)),
          );
          const seen = await firstValueFrom(other.transactions.watch(transactionId, BINDING));
          expect(seen.bindingMessage).toBe(bindingMessage);
          const { authReqId } = issuer.phone.find();
          const approvedAt = Date.now() / 1000;
          await issuer.phone.approve({ acr: 'phr' });
          for (const { status } of await Promise.all(ends)) expect(status).toBe('approved');

          const results = await fetchTwentyTimes(engines, transactionId);
          expect(results.filter((result) => result === 'invalid_grant')).toHaveLength(19);
          const after = issuer.tokenRequests.filter(
            (request) => request.authReqId === authReqId && request.at >= approvedAt,
          );
          expect(after).toHaveLength(1);
          if (mode === 'ping') expect(issuer.notifications.at(-1)?.status).toBe(204);
        }
      } finally {
        await balancer.stop();
        await close();
      }
    }, 60_000);
  });

  it('go on with what a process that ended has left behind', async () => {
    const { engines, close } = await startTwo(issuer, redis.url, 'poll');
    try {
      const [first, second] = engines;
      const { transactionId } = await first.transactions.start(stepUp({ subject: 'bob' }));
      await first.close();
      await issuer.phone.approve({ acr: 'phr', accountId: 'bob' });
      const { status } = await lastValueFrom(second.transactions.watch(transactionId, BINDING));
      expect(status).toBe('approved');
      const results = await fetchTwentyTimes([second], transactionId);
      expect(results.filter((result) => result === 'invalid_grant')).toHaveLength(19);
    } finally {
      await close();
    }
  }, 60_000);
});
