import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createTestClock } from 'stepup-core/testing';
import { MemoryTransactionStore, type CibaOptions } from 'nest-stepup/ciba';
import { clientSecretBasic } from '../authorization-server/client-authentication.js';
import { resolveCibaOptions } from '../resolve-options.js';
import { RateLimiter } from '../transactions/rate-limiter.js';
import { Sealer } from '../transactions/sealer.js';
import { TransactionAudit } from '../transactions/transaction-audit.js';
import { StoreUnreachableError } from '../transactions/transaction-store.js';
import type { StartedTransaction } from '../transactions/transaction-request.js';
import type { Transactions } from '../transactions/transactions.js';
import { QrSessionRecords } from './qr-session-records.js';
import { QrSessions, type QrSession } from './qr-sessions.js';

const BINDING = 'A'.repeat(43);
const KEY = Buffer.alloc(32, 1).toString('base64url');
const OTHER_KEY = Buffer.alloc(32, 2).toString('base64url');
const STARTED: StartedTransaction = {
  transactionId: 'a-transaction',
  status: 'pending',
  expiresAt: 0,
  intervalSeconds: 5,
};
const start = () => Promise.resolve(STARTED);

let clock = createTestClock();
let store = new MemoryTransactionStore();
beforeEach(() => {
  clock = createTestClock();
  store = new MemoryTransactionStore();
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** The sessions as one process has them, on the store of all. */
function sessionsOf(options: Partial<CibaOptions> = {}): QrSessions {
  const settings = resolveCibaOptions(
    {
      issuer: 'https://as.example.com',
      clientId: 'bank-api',
      clientAuthentication: clientSecretBasic('secret'),
      publicUrl: 'https://api.example.com',
      now: clock.now,
      store,
      sealingKeys: [KEY],
      ...options,
    },
    'auth',
  );
  const records = new QrSessionRecords(settings, store, new Sealer(settings));
  const transactions: Pick<Transactions, 'cancel'> = { cancel: jest.fn(() => Promise.resolve()) };
  return new QrSessions(
    settings,
    records,
    transactions as Transactions,
    new RateLimiter(settings, store),
    new TransactionAudit(settings),
  );
}

/** Collects what a session's browser is told. */
function follow(sessions: QrSessions, sessionId: string, binding?: string) {
  const seen: (QrSession['status'] | 'end' | Error)[] = [];
  const subscription = sessions.watch(sessionId, binding).subscribe({
    next: ({ status }) => seen.push(status),
    error: (error: Error) => seen.push(error),
    complete: () => seen.push('end'),
  });
  return { seen, subscription };
}

describe('QrSessions', () => {
  it('is no session of anybody without a binding, where that is not switched on', async () => {
    await expect(sessionsOf().makeQrAuthSession('10.10.10.100')).rejects.toThrow(
      "Cannot make a QR session as 'binding' is missing",
    );
    const unbound = sessionsOf({ compatibility: { unboundTransactions: true } });
    const { sessionId } = await unbound.makeQrAuthSession('10.10.10.100');
    await unbound.claim(sessionId, start);
    await expect(unbound.view(sessionId, undefined)).resolves.toMatchObject({
      authRequestId: 'a-transaction',
    });
    // Switched off again: what was made before is nobody's.
    await expect(sessionsOf().view(sessionId, undefined)).rejects.toMatchObject({
      error: 'not_found',
    });
  });

  it('hands the binding of the browser to what a phone starts, not that of the phone', async () => {
    const sessions = sessionsOf();
    const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', {
      binding: BINDING,
      userAgent: 'Fox',
    });
    const seen: unknown[] = [];
    await sessions.claim(sessionId, (...args) => {
      seen.push(args);
      return start();
    });
    expect(seen).toStrictEqual([[{ ipAddress: '10.10.10.100', userAgent: 'Fox' }, BINDING]]);
  });

  it('can be claimed again with compatibility.reusableQrSessions, until it expires', async () => {
    const sessions = sessionsOf({ compatibility: { reusableQrSessions: true } });
    const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', { binding: BINDING });
    await sessions.claim(sessionId, start);
    const second = { ...STARTED, transactionId: 'another-transaction' };
    await sessions.claim(sessionId, () => Promise.resolve(second));
    await expect(sessions.verifyQrAuthSession(sessionId)).resolves.toMatchObject({
      authRequestId: 'another-transaction',
    });
    clock.advance(90);
    await expect(sessions.claim(sessionId, start)).rejects.toMatchObject({
      error: 'invalid_request',
    });
  });

  it('has failed where another key sealed what came of it', async () => {
    const sessions = sessionsOf();
    const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', { binding: BINDING });
    await sessions.claim(sessionId, start);
    const others = sessionsOf({ sealingKeys: [OTHER_KEY] });
    await expect(others.verifyQrAuthSession(sessionId)).resolves.toMatchObject({
      status: 'failed',
    });
    await expect(
      sessionsOf({ sealingKeys: [OTHER_KEY, KEY] }).verifyQrAuthSession(sessionId),
    ).resolves.toMatchObject({ status: 'claimed', authRequestId: 'a-transaction' });
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['an unknown status', '{"status":"stolen"}'],
  ])('knows no session whose record is %s', async (_, text) => {
    const sessions = sessionsOf();
    const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', { binding: BINDING });
    jest.spyOn(store, 'read').mockResolvedValue({ value: text, revision: 1 });
    await expect(sessions.verifyQrAuthSession(sessionId)).rejects.toMatchObject({
      error: 'not_found',
    });
  });

  it('knows nothing of a session once its time and that of its transaction are over', async () => {
    const sessions = sessionsOf();
    const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', { binding: BINDING });
    clock.advance(90 + 20 + 120 + 60);
    await expect(sessions.verifyQrAuthSession(sessionId)).rejects.toMatchObject({
      error: 'not_found',
    });
  });

  describe('watch()', () => {
    it('tells that a session has expired when nobody writes, and ends', async () => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
      const sessions = sessionsOf();
      const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', { binding: BINDING });
      const { seen } = follow(sessions, sessionId, BINDING);
      await settled();
      expect(seen).toStrictEqual(['open']);
      clock.advance(90);
      await jest.advanceTimersByTimeAsync(90_000);
      expect(seen).toStrictEqual(['open', 'expired', 'end']);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('is for its browser alone', async () => {
      const sessions = sessionsOf();
      const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', { binding: BINDING });
      const { seen } = follow(sessions, sessionId, 'B'.repeat(43));
      await settled();
      expect(seen).toStrictEqual([expect.objectContaining({ error: 'not_found' })]);
    });

    it('lets go of the store and its timer when nobody listens any more', async () => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
      const stop = jest.fn();
      jest.spyOn(store, 'watch').mockResolvedValue(stop);
      const sessions = sessionsOf();
      const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', { binding: BINDING });
      const { seen, subscription } = follow(sessions, sessionId, BINDING);
      await settled();
      expect(seen).toStrictEqual(['open']);
      subscription.unsubscribe();
      await settled();
      expect(stop).toHaveBeenCalledTimes(1);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('fails when the store is down', async () => {
      const sessions = sessionsOf();
      const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', { binding: BINDING });
      jest.spyOn(store, 'watch').mockRejectedValue(new StoreUnreachableError('down'));
      const { seen } = follow(sessions, sessionId, BINDING);
      await settled();
      expect(seen).toStrictEqual([expect.objectContaining({ error: 'temporarily_unavailable' })]);
    });
  });
});

/** Lets everything happen that waits for nothing but its turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
