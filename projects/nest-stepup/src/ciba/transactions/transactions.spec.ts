import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { RedemptionOutcome } from '../authorization-server/backchannel-client.js';
import { CibaException } from '../ciba.exception.js';
import {
  BINDING,
  OTHER_BINDING,
  startEngine,
  startWorld,
  stepUp,
} from '../../spec/ciba/transaction-engine.js';
import { digestOf, keyOfTransaction } from './transaction-key.js';
import { StoreUnreachableError } from './transaction-store.js';
import { settled } from '../../spec/ciba/settled.js';

type World = Awaited<ReturnType<typeof startWorld>>;

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof CibaException ? error.error : error),
  );

/** Lets the time pass, second by second, with the worker at work. */
async function pass(world: World, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed++) {
    world.clock.now += 1;
    await world.worker.runDue();
  }
}

async function startApproved(world: World) {
  const { transactionId } = await world.transactions.start(stepUp());
  world.client.approve();
  await pass(world, 5);
  return transactionId;
}

const types = (world: World) => world.events.map(({ type }) => type);

describe('Transactions.start()', () => {
  it('asks the authorization server, and answers with a pending transaction', async () => {
    const world = await startWorld();
    const started = await world.transactions.start(
      stepUp({ requestContext: { ipAddress: '192.0.2.1' }, resource: ['https://api.example.com'] }),
    );
    expect(started).toStrictEqual({
      transactionId: expect.stringMatching(/^[\w-]{43}$/),
      status: 'pending',
      bindingMessage: expect.stringMatching(/^[A-Z]{2}\d{2}-[A-Z]{2}\d{2}$/),
      expiresAt: world.clock.now + 120,
      requirement: { acrValues: ['phr'], maxAge: 300 },
      intervalSeconds: 5,
    });
    expect(world.client.latest.request).toStrictEqual({
      hint: { login_hint: 'alice' },
      scope: 'openid',
      resource: ['https://api.example.com'],
      requestedExpirySeconds: 120,
      acrValues: ['phr'],
      maxAge: 300,
      bindingMessage: started.bindingMessage,
      requestContext: { ipAddress: '192.0.2.1' },
    });
    expect(types(world)).toEqual(['started']);
  });

  it('lives no longer than the authorization server says', async () => {
    const world = await startWorld();
    world.client.answer = { expiresInSeconds: 30 };
    const { expiresAt } = await world.transactions.start(stepUp());
    expect(expiresAt).toBe(world.clock.now + 30);
  });

  it('keeps neither the id nor the auth_req_id in the clear, and stays small', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    const key = keyOfTransaction(transactionId) ?? '';
    expect(key).toBe(`t:${digestOf(transactionId)}`);
    const { value = '' } = (await world.store.read(key, world.clock.now)) ?? {};
    expect(value).not.toContain(transactionId);
    expect(value).not.toContain(world.client.latest.authReqId);
    expect(value.length).toBeLessThan(1536);
    world.client.approve();
    await pass(world, 5);
    const { value: ready = '' } = (await world.store.read(key, world.clock.now)) ?? {};
    expect(ready).not.toContain('at auth-req-id');
  });

  it('refuses a request that is bound to no browser, unless told otherwise', async () => {
    const world = await startWorld();
    await expect(errorOf(world.transactions.start(stepUp({ binding: undefined })))).resolves.toBe(
      'invalid_request',
    );
    const open = await startWorld({
      compatibility: { unboundTransactions: true, reusableQrSessions: false, qrRoute: false },
    });
    const { transactionId } = await open.transactions.start(stepUp({ binding: undefined }));
    const view = await open.transactions.view(transactionId, undefined);
    expect(view.status).toBe('pending');
  });

  it('limits the requests per user, and says when to come back', async () => {
    const world = await startWorld();
    for (let i = 0; i < 5; i++) await world.transactions.start(stepUp());
    world.clock.now += 100;
    await expect(world.transactions.start(stepUp())).rejects.toMatchObject({
      error: 'too_many_requests',
      retryAfterSeconds: 200,
    });
    expect(world.client.requests).toHaveLength(5);
    expect(world.events.at(-1)).toStrictEqual({
      type: 'rate_limited',
      error: 'too_many_requests',
      kind: 'step-up',
      subject: 'alice',
      at: world.clock.now,
    });
    await world.transactions.start(stepUp({ subject: 'bob' }));
    world.clock.now += 200;
    await world.transactions.start(stepUp());
  });

  it('limits sign-ins by their hint, apart from step-ups of the same user', async () => {
    const world = await startWorld();
    const { subject: _, ...signIn } = stepUp({ kind: 'sign-in', limitKey: 'alice' });
    for (let i = 0; i < 5; i++) await world.transactions.start(signIn);
    await expect(errorOf(world.transactions.start(signIn))).resolves.toBe('too_many_requests');
    await world.transactions.start(stepUp());
  });

  it('limits the requests per address without counting them against the user', async () => {
    const world = await startWorld({
      limits: {
        perUser: { limit: 3, windowSeconds: 300 },
        perAddress: { limit: 2, windowSeconds: 300 },
      },
    });
    const from = (remoteAddress: string) => world.transactions.start(stepUp({ remoteAddress }));
    await from('192.0.2.1');
    await from('192.0.2.1');
    for (let i = 0; i < 5; i++) {
      await expect(errorOf(from('192.0.2.1'))).resolves.toBe('too_many_requests');
    }
    await from('192.0.2.2');
  });

  it('cancels the step-up that the same user has open in the same browser', async () => {
    const world = await startWorld();
    const { transactions } = world;
    const first = await transactions.start(stepUp());
    const elsewhere = await transactions.start(stepUp({ binding: OTHER_BINDING }));
    const second = await transactions.start(stepUp());
    const third = await transactions.start(stepUp());
    await expect(statusOf(world, first.transactionId)).resolves.toBe('cancelled');
    await expect(statusOf(world, second.transactionId)).resolves.toBe('cancelled');
    await expect(statusOf(world, third.transactionId)).resolves.toBe('pending');
    const other = await transactions.view(elsewhere.transactionId, OTHER_BINDING);
    expect(other.status).toBe('pending');
  });

  it('leaves one open of many that start at once', async () => {
    const world = await startWorld();
    const started = await Promise.all(
      Array.from({ length: 5 }, () => world.transactions.start(stepUp())),
    );
    const statuses = await Promise.all(
      started.map(({ transactionId }) => statusOf(world, transactionId)),
    );
    expect(statuses.filter((status) => status === 'pending')).toHaveLength(1);
  });

  it('ends as failed when the authorization server refuses', async () => {
    const world = await startWorld();
    world.client.onAuthenticate = () => {
      throw new CibaException('unknown_user_id', 'The user is not known');
    };
    await expect(errorOf(world.transactions.start(stepUp()))).resolves.toBe('unknown_user_id');
    expect(world.events).toMatchObject([{ type: 'failed', error: 'unknown_user_id' }]);
  });

  it.each([{ expiresInSeconds: NaN }, { intervalSeconds: 0 }, { authReqId: '' }])(
    'ends as failed when the authorization server answers with %p',
    async (answer) => {
      const world = await startWorld();
      world.client.answer = answer;
      await expect(errorOf(world.transactions.start(stepUp()))).resolves.toBe('server_error');
      expect(types(world)).toEqual(['failed']);
    },
  );

  it('refuses, before it asks, when the store takes no more', async () => {
    const world = await startWorld();
    world.store.create = () => Promise.resolve(false);
    await expect(errorOf(world.transactions.start(stepUp()))).resolves.toBe(
      'temporarily_unavailable',
    );
    expect(world.client.requests).toHaveLength(0);
  });

  it('comes back cancelled when it was cancelled while the server was being asked', async () => {
    const world = await startWorld();
    world.client.onAuthenticate = async () => {
      world.client.onAuthenticate = () => undefined;
      await world.transactions.start(stepUp());
    };
    const { status } = await world.transactions.start(stepUp());
    expect(status).toBe('cancelled');
    expect(types(world)).toEqual(['cancelled', 'started']);
  });
});

function statusOf(world: World, transactionId: string) {
  return world.transactions.view(transactionId, BINDING).then(({ status }) => status);
}

describe('Transactions.view()', () => {
  it('knows nothing of another browser’s transaction, nor of one that there is not', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    for (const binding of [OTHER_BINDING, undefined, '', BINDING.slice(1)]) {
      await expect(errorOf(world.transactions.view(transactionId, binding))).resolves.toBe(
        'not_found',
      );
    }
    for (const id of ['', 'x'.repeat(43), 'constructor', `${transactionId}x`]) {
      await expect(errorOf(world.transactions.view(id, BINDING))).resolves.toBe('not_found');
    }
  });

  it('tells that a transaction expired when nobody has written so', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    world.clock.now += 121;
    await expect(statusOf(world, transactionId)).resolves.toBe('pending');
    world.clock.now += 1;
    await expect(world.transactions.view(transactionId, BINDING)).resolves.toMatchObject({
      status: 'expired',
      error: 'expired_token',
    });
  });

  it('tells an expired transaction from an unknown one for two minutes, then forgets it', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    await pass(world, 120 + 60 + 59);
    await expect(statusOf(world, transactionId)).resolves.toBe('expired');
    world.clock.now += 1;
    await expect(errorOf(world.transactions.view(transactionId, BINDING))).resolves.toBe(
      'not_found',
    );
  });

  it.each(['', 'null', '{}', '[]', '{"state":{"phase":"ready"}}'])(
    'takes the record %p for failed, for whoever asks',
    async (text) => {
      const world = await startWorld();
      const { transactionId } = await world.transactions.start(stepUp());
      await overwrite(world, transactionId, text);
      await expect(world.transactions.view(transactionId, OTHER_BINDING)).resolves.toMatchObject({
        status: 'failed',
        error: 'server_error',
      });
      await expect(errorOf(world.transactions.handOver(transactionId, BINDING))).resolves.toBe(
        'server_error',
      );
      await world.transactions.cancel(transactionId, BINDING);
    },
  );
});

async function overwrite(world: World, transactionId: string, text: string): Promise<void> {
  const { now } = world.clock;
  const key = keyOfTransaction(transactionId) ?? '';
  const { revision = 0 } = (await world.store.read(key, now)) ?? {};
  await world.store.replace(key, revision, text, { now, expiresAt: now + 100 });
}

describe('Transactions.handOver()', () => {
  it('says that the user has not answered yet', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    await expect(errorOf(world.transactions.handOver(transactionId, BINDING))).resolves.toBe(
      'authorization_pending',
    );
  });

  it('hands the tokens over once, to one of many', async () => {
    const world = await startWorld();
    const transactionId = await startApproved(world);
    await expect(statusOf(world, transactionId)).resolves.toBe('approved');
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        world.transactions.handOver(transactionId, BINDING).catch(({ error }) => error),
      ),
    );
    const delivered = results.filter((result) => result !== 'invalid_grant');
    expect(delivered).toStrictEqual([
      {
        accessToken: 'at auth-req-id-0',
        refreshToken: 'rt auth-req-id-0',
        tokenType: 'Bearer',
        resource: [],
        subject: 'alice',
      },
    ]);
    await expect(statusOf(world, transactionId)).resolves.toBe('approved');
    expect(types(world)).toEqual(['started', 'approved', 'handed_over']);
    expect(world.client.revoked).toEqual([]);
  });

  it('keeps no tokens once they are handed over', async () => {
    const world = await startWorld();
    const transactionId = await startApproved(world);
    await world.transactions.handOver(transactionId, BINDING);
    const key = keyOfTransaction(transactionId) ?? '';
    const { value = '{}' } = (await world.store.read(key, world.clock.now)) ?? {};
    expect(JSON.parse(value)).toMatchObject({ state: { phase: 'handed-over' } });
    expect(value).not.toContain('tokens');
  });

  it('gives another browser nothing, and takes nothing from its own', async () => {
    const world = await startWorld();
    const transactionId = await startApproved(world);
    for (const binding of [OTHER_BINDING, undefined]) {
      await expect(errorOf(world.transactions.handOver(transactionId, binding))).resolves.toBe(
        'invalid_grant',
      );
    }
    await world.transactions.handOver(transactionId, BINDING);
  });

  it('drops and revokes tokens that are not fetched in time', async () => {
    const world = await startWorld();
    const transactionId = await startApproved(world);
    world.clock.now += 60;
    await expect(errorOf(world.transactions.handOver(transactionId, BINDING))).resolves.toBe(
      'expired_token',
    );
    await world.worker.runDue();
    await expect(statusOf(world, transactionId)).resolves.toBe('expired');
    expect(world.client.revoked).toEqual(['rt auth-req-id-0', 'at auth-req-id-0']);
    expect(types(world)).toEqual(['started', 'approved', 'expired']);
  });

  it('does not mark as delivered what it cannot open', async () => {
    const store = (await startWorld()).store;
    const world = await startWorld();
    const transactionId = await startApproved(world);
    const stranger = await startEngine({
      clock: world.clock,
      store: world.store,
      client: world.client,
      settings: { sealingKeys: [Buffer.alloc(32, 7).toString('base64url')] },
    });
    await expect(errorOf(stranger.transactions.handOver(transactionId, BINDING))).resolves.toBe(
      'server_error',
    );
    await world.transactions.handOver(transactionId, BINDING);
    await store.close();
  });

  it('says why there are none', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    world.client.deny();
    await pass(world, 5);
    await expect(errorOf(world.transactions.handOver(transactionId, BINDING))).resolves.toBe(
      'access_denied',
    );
    const { transactionId: cancelled } = await world.transactions.start(stepUp());
    await world.transactions.cancel(cancelled, BINDING);
    await expect(errorOf(world.transactions.handOver(cancelled, BINDING))).resolves.toBe(
      'access_denied',
    );
  });
});

describe('Transactions.cancel()', () => {
  it('ends a transaction, twice as once', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    await world.transactions.cancel(transactionId, BINDING);
    await world.transactions.cancel(transactionId, BINDING);
    await pass(world, 10);
    await expect(statusOf(world, transactionId)).resolves.toBe('cancelled');
    expect(world.client.tokenRequests).toBe(0);
    expect(types(world)).toEqual(['started', 'cancelled']);
  });

  it('knows nothing of another browser’s transaction', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    for (const id of [transactionId, 'x'.repeat(43), '']) {
      await expect(errorOf(world.transactions.cancel(id, OTHER_BINDING))).resolves.toBe(
        'not_found',
      );
    }
    await expect(statusOf(world, transactionId)).resolves.toBe('pending');
  });

  it('revokes tokens that are waiting to be fetched', async () => {
    const world = await startWorld();
    const transactionId = await startApproved(world);
    await world.transactions.cancel(transactionId, BINDING);
    expect(world.client.revoked).toEqual(['rt auth-req-id-0', 'at auth-req-id-0']);
  });

  it('discards and revokes tokens that arrive after it', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    world.client.approve();
    world.client.onRedeem = () => world.transactions.cancel(transactionId, BINDING);
    await pass(world, 6);
    await expect(statusOf(world, transactionId)).resolves.toBe('cancelled');
    expect(world.client.tokenRequests).toBe(1);
    expect(world.client.revoked).toEqual(['rt auth-req-id-0', 'at auth-req-id-0']);
    await expect(errorOf(world.transactions.handOver(transactionId, BINDING))).resolves.toBe(
      'access_denied',
    );
  });

  it('leaves tokens alone that were handed over', async () => {
    const world = await startWorld();
    const transactionId = await startApproved(world);
    await world.transactions.handOver(transactionId, BINDING);
    await world.transactions.cancel(transactionId, BINDING);
    expect(world.client.revoked).toEqual([]);
    await expect(statusOf(world, transactionId)).resolves.toBe('approved');
  });
});

async function startPinged() {
  const world = await startWorld({ deliveryMode: 'ping' });
  const { transactionId } = await world.transactions.start(stepUp());
  const { authReqId, request } = world.client.latest;
  return { ...world, transactionId, authReqId, token: request.notificationToken ?? '' };
}

describe('Transactions.notify()', () => {
  it('fetches the outcome at once', async () => {
    const world = await startPinged();
    world.clock.now += 1;
    world.client.approve();
    await expect(world.transactions.notify(world.token, world.authReqId)).resolves.toBe(true);
    await world.worker.runDue();
    await expect(statusOf(world, world.transactionId)).resolves.toBe('approved');
    expect(world.client.tokenRequests).toBe(1);
  });

  it('refuses a token that is not ours, and one for another request', async () => {
    const world = await startPinged();
    const [reference = '', secret = ''] = world.token.split('.');
    const other = await startPinged();
    for (const token of [
      '',
      'x',
      `${reference}.${'x'.repeat(43)}`,
      `${'x'.repeat(43)}.${secret}`,
      `${world.token}x`,
      other.token,
    ]) {
      await expect(world.transactions.notify(token, world.authReqId)).resolves.toBe(false);
    }
    await expect(world.transactions.notify(world.token, 'another')).resolves.toBe(false);
    await world.worker.runDue();
    expect(world.client.tokenRequests).toBe(0);
  });

  it('makes one token request of a flood of pings, and goes back to the interval after it', async () => {
    const world = await startPinged();
    world.clock.now += 1;
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => world.transactions.notify(world.token, world.authReqId)),
    );
    await world.worker.runDue();
    expect(answers.every(Boolean)).toBe(true);
    expect(world.client.latest.sentAt).toEqual([world.clock.now]);
    await world.transactions.notify(world.token, world.authReqId);
    await pass(world, 5);
    expect(world.client.tokenRequests).toBe(2);
    expect(world.client.latest.mostOpen).toBe(1);
  });

  it('asks once more when the ping comes while an answer is on its way', async () => {
    const world = await startPinged();
    world.client.onRedeem = async () => {
      world.client.onRedeem = () => undefined;
      world.client.approve();
      await world.transactions.notify(world.token, world.authReqId);
    };
    await pass(world, 30);
    expect(world.client.latest.sentAt).toEqual([world.clock.now, world.clock.now]);
    expect(world.client.latest.mostOpen).toBe(1);
    await expect(statusOf(world, world.transactionId)).resolves.toBe('approved');
  });

  it('remembers a ping that comes before the answer to the request', async () => {
    const world = await startWorld({ deliveryMode: 'ping' });
    const answers: boolean[] = [];
    world.client.onAuthenticate = async ({ authReqId, request }) => {
      world.client.approve();
      const { notificationToken = '' } = request;
      answers.push(await world.transactions.notify(notificationToken, authReqId));
      answers.push(await world.transactions.notify(notificationToken, authReqId));
      answers.push(await world.transactions.notify(notificationToken, 'another'));
    };
    const { transactionId } = await world.transactions.start(stepUp());
    await world.worker.runDue();
    expect(answers).toEqual([true, true, false]);
    await expect(statusOf(world, transactionId)).resolves.toBe('approved');
    expect(world.client.tokenRequests).toBe(1);
  });

  it('forgets an early ping that was about another request', async () => {
    const world = await startWorld({ deliveryMode: 'ping' });
    world.client.onAuthenticate = async ({ request }) => {
      await world.transactions.notify(request.notificationToken ?? '', 'another');
    };
    await world.transactions.start(stepUp());
    await world.worker.runDue();
    expect(world.client.tokenRequests).toBe(0);
    const { notificationToken = '' } = world.client.latest.request;
    await expect(world.transactions.notify(notificationToken, 'another')).resolves.toBe(false);
  });

  it('takes pings for a transaction that has ended, without a token request', async () => {
    const world = await startPinged();
    await world.transactions.cancel(world.transactionId, BINDING);
    await expect(world.transactions.notify(world.token, world.authReqId)).resolves.toBe(true);
    await expect(world.transactions.notify(world.token, 'another')).resolves.toBe(false);
    await world.worker.runDue();
    expect(world.client.tokenRequests).toBe(0);
  });

  it('asks every half minute for an outcome whose ping got lost', async () => {
    const world = await startPinged();
    const { now } = world.clock;
    await pass(world, 130);
    const sentAfter = world.client.latest.sentAt.map((at) => at - now);
    expect(sentAfter).toEqual([30, 60, 90, 120]);
  });

  it('sends no notification token in poll mode, and takes none', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    expect(world.client.latest.request).not.toHaveProperty('notificationToken');
    const token = `${digestOf(transactionId)}.${'x'.repeat(43)}`;
    const { authReqId } = world.client.latest;
    await expect(world.transactions.notify(token, authReqId)).resolves.toBe(false);
  });
});

function collect(world: World, transactionId: string, binding = BINDING) {
  const seen: string[] = [];
  const subscription = world.transactions.watch(transactionId, binding).subscribe({
    next: ({ status }) => seen.push(status),
    error: ({ error }: CibaException) => seen.push(`error ${error}`),
    complete: () => seen.push('complete'),
  });
  return { seen, subscription };
}

const warnings = () => jest.spyOn(Logger.prototype, 'warn').mockReturnValue();

describe('the log of the ping mode', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('says once that the authorization server does not call', async () => {
    const warn = warnings();
    const world = await startWorld({ deliveryMode: 'ping' });
    for (let request = 0; request < 2; request++) {
      await world.transactions.start(stepUp());
      world.client.approve();
      await pass(world, 31);
    }
    expect(warn.mock.calls.flat()).toStrictEqual([
      expect.stringContaining('did not call https://api.example.com/auth/ciba/notify'),
    ]);
  });

  it('says nothing when it called, or when the user has not answered', async () => {
    const warn = warnings();
    const world = await startWorld({ deliveryMode: 'ping' });
    await world.transactions.start(stepUp());
    await pass(world, 31);
    const { authReqId, request } = world.client.latest;
    world.client.approve();
    await world.transactions.notify(request.notificationToken ?? '', authReqId);
    await pass(world, 1);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('Transactions.watch()', () => {
  it('tells the status now, then its change, and completes when that is final', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    const { seen } = collect(world, transactionId);
    await world.worker.runDue();
    await settled();
    expect(seen).toEqual(['pending']);
    await pass(world, 11);
    expect(seen).toEqual(['pending']);
    world.client.approve();
    await pass(world, 5);
    await settled();
    expect(seen).toEqual(['pending', 'approved', 'complete']);
  });

  it('tells the end of one that has ended', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    await world.transactions.cancel(transactionId, BINDING);
    const { seen } = collect(world, transactionId);
    await settled();
    expect(seen).toEqual(['cancelled', 'complete']);
  });

  it('errors for one of another browser, and one that there is not', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    const watched = [
      collect(world, transactionId, OTHER_BINDING),
      collect(world, 'x'.repeat(43)),
      collect(world, ''),
    ];
    await settled();
    expect(watched.map(({ seen }) => seen)).toEqual([
      ['error not_found'],
      ['error not_found'],
      ['error not_found'],
    ]);
  });

  it('tells the expiry though nobody writes, and the store does not wake', async () => {
    const world = await startWorld();
    world.store.watch = () => Promise.resolve(() => undefined);
    world.store.claimDue = () => Promise.resolve([]);
    const { transactionId } = await world.transactions.start(stepUp());
    const { seen } = collect(world, transactionId);
    await settled();
    await pass(world, 122);
    expect(seen).toEqual(['pending', 'expired', 'complete']);
  });

  it('misses no write between the look and the watch', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    const watch = world.store.watch.bind(world.store);
    world.store.watch = async (key, wake) => {
      const stop = await watch(key, wake);
      await world.transactions.cancel(transactionId, BINDING);
      return stop;
    };
    const { seen } = collect(world, transactionId);
    await settled();
    expect(seen).toEqual(['cancelled', 'complete']);
  });

  it('ends the watch in the store when nobody listens any more', async () => {
    const world = await startWorld();
    let open = 0;
    const watch = world.store.watch.bind(world.store);
    world.store.watch = async (key, wake) => {
      const stop = await watch(key, wake);
      open++;
      return () => {
        open--;
        stop();
      };
    };
    const { transactionId } = await world.transactions.start(stepUp());
    const early = collect(world, transactionId);
    early.subscription.unsubscribe();
    await settled();
    expect(open).toBe(0);
    const { subscription, seen } = collect(world, transactionId);
    await settled();
    expect(open).toBe(1);
    subscription.unsubscribe();
    expect(open).toBe(0);
    expect(seen).toEqual(['pending']);
    expect(early.seen).toEqual([]);
  });

  it('outlives an outage of the store, but not for ever', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    const { seen } = collect(world, transactionId);
    await settled();
    const read = world.store.read.bind(world.store);
    world.store.read = () => Promise.reject(new StoreUnreachableError('down'));
    await pass(world, 20);
    world.store.read = read;
    await pass(world, 5);
    expect(seen).toEqual(['pending']);
    world.store.read = () => Promise.reject(new StoreUnreachableError('down'));
    await pass(world, 60);
    expect(seen).toEqual(['pending', 'error temporarily_unavailable']);
  });

  it('completes when the process ends', async () => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    const { seen } = collect(world, transactionId);
    await settled();
    await world.close();
    expect(seen).toEqual(['pending', 'complete']);
  });
});

describe('the result of a transaction', () => {
  it.each([
    ['another user', { subject: 'mallory' }, 'access_denied'],
    ['a weaker class', { acr: 'pwd' }, 'unmet_authentication_requirements'],
    ['an old authentication', { authTime: 0 }, 'unmet_authentication_requirements'],
  ] as const)('is refused, and its tokens are revoked, for %s', async (_, claims, error) => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    world.client.approve(claims);
    await pass(world, 5);
    await expect(world.transactions.view(transactionId, BINDING)).resolves.toMatchObject({
      status: 'failed',
      error,
    });
    await expect(errorOf(world.transactions.handOver(transactionId, BINDING))).resolves.toBe(error);
    expect(world.client.revoked).toEqual(['rt auth-req-id-0', 'at auth-req-id-0']);
  });

  it('satisfies max_age=0 when the user authenticated after the request, however slow the poll', async () => {
    const world = await startWorld();
    const request = stepUp({ requirement: { maxAge: 0 } });
    const { transactionId } = await world.transactions.start(request);
    const authTime = world.clock.now;
    await pass(world, 19);
    world.client.approve({ authTime });
    await pass(world, 1);
    await expect(statusOf(world, transactionId)).resolves.toBe('approved');
  });

  it('tells who signed in where nobody in particular was expected', async () => {
    const world = await startWorld();
    const { subject: _, requirement: __, ...signIn } = stepUp({ kind: 'sign-in' });
    const { transactionId } = await world.transactions.start(signIn);
    world.client.approve({ subject: 'carol' });
    await pass(world, 5);
    await expect(statusOf(world, transactionId)).resolves.toBe('approved');
    expect(world.events.at(-1)).toMatchObject({ type: 'approved', subject: 'carol' });
  });

  it.each([
    ['no tokens', { outcome: 'approved', result: {} }],
    ['nothing', { outcome: 'approved' }],
    ['an outcome that there is not', { outcome: 'maybe' }],
    ['no outcome', {}],
    ['no authentication', { outcome: 'approved', result: { tokens: { accessToken: 'a' } } }],
  ])('is a failure when the answer has %s', async (_, outcome) => {
    const world = await startWorld();
    const { transactionId } = await world.transactions.start(stepUp());
    world.client.latest.outcome = outcome as RedemptionOutcome;
    await pass(world, 5);
    await expect(statusOf(world, transactionId)).resolves.toBe('failed');
  });
});

describe('an audit listener', () => {
  it('harms nobody when it throws, or rejects', async () => {
    for (const onEvent of [
      () => {
        throw new Error('no disk');
      },
      () => Promise.reject(new Error('no disk')),
    ]) {
      const world = await startWorld({ onEvent });
      const transactionId = await startApproved(world);
      await world.transactions.handOver(transactionId, BINDING);
    }
  });

  it('is never told a secret', async () => {
    const world = await startWorld({ deliveryMode: 'ping' });
    const transactionId = await startApproved(world);
    await pass(world, 30);
    await world.transactions.handOver(transactionId, BINDING);
    const told = JSON.stringify(world.events);
    const { authReqId, request } = world.client.latest;
    for (const secret of [transactionId, authReqId, BINDING, request.notificationToken ?? '']) {
      expect(told).not.toContain(secret);
    }
    expect(told).toContain(digestOf(transactionId));
  });
});
