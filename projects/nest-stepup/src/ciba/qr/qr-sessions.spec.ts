import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createTestClock } from 'stepup-core/testing';
import {
  MemoryTransactionStore,
  type CibaEvent,
  type CibaOptions,
  type QrEncounter,
  type QrOptions,
} from 'nest-stepup/ciba';
import { clientSecretBasic } from '../authorization-server/client-authentication.js';
import { resolveCibaOptions } from '../resolve-options.js';
import { RateLimiter } from '../transactions/rate-limiter.js';
import { Sealer } from '../transactions/sealer.js';
import { TransactionAudit } from '../transactions/transaction-audit.js';
import { digestOf } from '../transactions/transaction-key.js';
import { StoreUnreachableError } from '../transactions/transaction-store.js';
import type { StartedTransaction } from '../transactions/transaction-request.js';
import type { Transactions } from '../transactions/transactions.js';
import { QrAdmission } from './qr-admission.js';
import { QrSessionRecords } from './qr-session-records.js';
import { QrSessions, type QrSession } from './qr-sessions.js';
import { settled } from '../../spec/ciba/settled.js';

const BINDING = 'A'.repeat(43);
const KEY = Buffer.alloc(32, 1).toString('base64url');
const OTHER_KEY = Buffer.alloc(32, 2).toString('base64url');
const STARTED: StartedTransaction = {
  transactionId: 'a-transaction',
  status: 'pending',
  expiresAt: 0,
  intervalSeconds: 5,
};
const PHONE = { ipAddress: '192.0.2.7', userAgent: 'Pocket' };
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
  const audit = new TransactionAudit(settings);
  const records = new QrSessionRecords(settings, store, new Sealer(settings));
  const transactions: Pick<Transactions, 'cancel'> = { cancel: jest.fn(() => Promise.resolve()) };
  return new QrSessions(
    settings,
    records,
    new QrAdmission(settings),
    transactions as Transactions,
    new RateLimiter(settings, store, audit),
    audit,
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

/** As somebody can who writes to the store, but has no key. */
async function tamper(sessionId: string, changes: object): Promise<void> {
  const key = `q:${digestOf(sessionId)}`;
  const now = clock.now();
  const { value = '', revision = 0 } = (await store.read(key, now)) ?? {};
  const text = JSON.stringify({ ...JSON.parse(value), ...changes });
  await store.replace(key, revision, text, { now, expiresAt: now + 300 });
}

describe('QrSessions', () => {
  it('is no session of anybody without a binding, where that is not switched on', async () => {
    await expect(sessionsOf().makeQrAuthSession('10.10.10.100')).rejects.toThrow(
      "Cannot make a QR session as 'binding' is missing",
    );
    const unbound = sessionsOf({ compatibility: { unboundTransactions: true } });
    const { sessionId } = await unbound.makeQrAuthSession('10.10.10.100');
    await unbound.claim(sessionId, PHONE, start);
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
    await sessions.claim(sessionId, PHONE, (...args) => {
      seen.push(args);
      return start();
    });
    expect(seen).toStrictEqual([[{ ipAddress: '10.10.10.100', userAgent: 'Fox' }, BINDING]]);
  });

  it('can be claimed again with compatibility.reusableQrSessions, until it expires', async () => {
    const sessions = sessionsOf({ compatibility: { reusableQrSessions: true } });
    const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', { binding: BINDING });
    await sessions.claim(sessionId, PHONE, start);
    const second = { ...STARTED, transactionId: 'another-transaction' };
    await sessions.claim(sessionId, PHONE, () => Promise.resolve(second));
    await expect(sessions.verifyQrAuthSession(sessionId)).resolves.toMatchObject({
      authRequestId: 'another-transaction',
    });
    clock.advance(90);
    await expect(sessions.claim(sessionId, PHONE, start)).rejects.toMatchObject({
      error: 'invalid_request',
    });
  });

  describe('with a rule that admits phones', () => {
    const devices = { binding: BINDING, userAgent: 'Fox' };
    const refused = { error: 'access_denied', status: 403 };

    it('asks it about both devices, before a session is claimed', async () => {
      const admit = jest.fn<NonNullable<QrOptions['admit']>>().mockResolvedValue(true);
      const sessions = sessionsOf({ qr: { admit } });
      const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', devices);
      await expect(sessions.claim(sessionId, PHONE, start)).resolves.toBe(STARTED);
      expect(admit.mock.calls).toStrictEqual([
        [{ browser: { ipAddress: '10.10.10.100', userAgent: 'Fox' }, phone: PHONE }],
      ]);
      await expect(sessions.claim(sessionId, PHONE, start)).rejects.toMatchObject({ status: 409 });
      expect(admit).toHaveBeenCalledTimes(1);
    });

    it('leaves a session open for another phone, but not for more than three', async () => {
      const events: CibaEvent[] = [];
      const isStarted = jest.fn(start);
      const sessions = sessionsOf({
        qr: { admit: () => false },
        onEvent: (event) => events.push(event),
      });
      const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', devices);
      for (const status of ['open', 'open', 'failed']) {
        await expect(sessions.claim(sessionId, PHONE, isStarted)).rejects.toMatchObject(refused);
        await expect(sessions.view(sessionId, BINDING)).resolves.toMatchObject({ status });
      }
      await expect(sessions.claim(sessionId, PHONE, isStarted)).rejects.toMatchObject({
        status: 409,
      });
      expect(isStarted).not.toHaveBeenCalled();
      const [, ...refusals] = events;
      const refusal = {
        type: 'qr_refused',
        at: clock.now(),
        reference: expect.any(String),
        remoteAddress: '10.10.10.100',
        phoneAddress: '192.0.2.7',
      };
      expect(refusals).toStrictEqual([refusal, refusal, refusal]);
    });

    it('admits the second phone after the first was refused', async () => {
      const admit = ({ phone }: QrEncounter) => phone.ipAddress !== PHONE.ipAddress;
      const sessions = sessionsOf({ qr: { admit } });
      const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', devices);
      await expect(sessions.claim(sessionId, PHONE, start)).rejects.toMatchObject(refused);
      await expect(sessions.claim(sessionId, { ipAddress: '10.10.10.100' }, start)).resolves.toBe(
        STARTED,
      );
    });

    it('is asked about three of fifty phones that come at once', async () => {
      const admit = jest.fn(() => Promise.resolve(false));
      const sessions = sessionsOf({ qr: { admit } });
      const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', devices);
      const claims = Array.from({ length: 50 }, () => sessions.claim(sessionId, PHONE, start));
      const outcomes = await Promise.allSettled(claims);
      expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
      expect(admit).toHaveBeenCalledTimes(3);
    });

    it('stays closed to more phones with compatibility.reusableQrSessions', async () => {
      const admit = jest.fn(() => false);
      const compatibility = { reusableQrSessions: true };
      const sessions = sessionsOf({ qr: { admit }, compatibility });
      const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', devices);
      for (let count = 0; count < 5; count += 1) {
        await expect(sessions.claim(sessionId, PHONE, start)).rejects.toMatchObject(refused);
      }
      expect(admit).toHaveBeenCalledTimes(3);
    });

    it.each<[string, () => unknown]>([
      ['throws', () => raise()],
      ['rejects', async () => raise()],
      ['answers something else than true', () => 1],
      ['answers nothing', () => undefined],
    ])('admits nobody when it %s', async (_, admit) => {
      const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
      const sessions = sessionsOf({ qr: { admit: admit as () => boolean } });
      const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', devices);
      await expect(sessions.claim(sessionId, PHONE, start)).rejects.toMatchObject(refused);
      expect(JSON.stringify(error.mock.calls)).not.toContain('192.0.2.7');
    });

    it('admits nobody when it does not answer in time', async () => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
      const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
      const sessions = sessionsOf({ qr: { admit: () => new Promise(() => {}) } });
      const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', devices);
      const claiming = sessions.claim(sessionId, PHONE, start);
      const outcome = expect(claiming).rejects.toMatchObject(refused);
      await settled();
      await jest.advanceTimersByTimeAsync(10_000);
      await outcome;
      expect(error.mock.calls).toStrictEqual([
        [
          "Cannot admit a phone to a QR session as 'qr.admit' failed: " +
            'current error is TimeoutError',
        ],
      ]);
      expect(jest.getTimerCount()).toBe(0);
    });
  });

  it('has failed where another key sealed what came of it', async () => {
    const sessions = sessionsOf();
    const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', { binding: BINDING });
    await sessions.claim(sessionId, PHONE, start);
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

  describe.each([
    ['binding', { binding: 'M'.repeat(43) }],
    ['ipAddress', { ipAddress: '192.0.2.66' }],
    ['userAgent', { userAgent: 'Wolf' }],
    ['createdAt', { createdAt: 0 }],
    ['expiresAt', { expiresAt: 4_000_000_000 }],
  ])('with a record whose %s was changed in the store', (_, changes) => {
    const owner = { binding: BINDING, userAgent: 'Fox' };
    const binding = 'binding' in changes ? changes.binding : BINDING;

    it('lets no phone start anything', async () => {
      const sessions = sessionsOf();
      const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', owner);
      await tamper(sessionId, changes);
      const started = jest.fn(start);
      await expect(sessions.claim(sessionId, PHONE, started)).rejects.toMatchObject({
        error: 'not_found',
      });
      expect(started).not.toHaveBeenCalled();
      await expect(sessions.view(sessionId, binding)).resolves.toMatchObject({ status: 'failed' });
    });

    it('does not tell what came of it', async () => {
      const sessions = sessionsOf();
      const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', owner);
      await sessions.claim(sessionId, PHONE, start);
      await tamper(sessionId, changes);
      const view = await sessions.view(sessionId, binding);
      expect(view).toMatchObject({ status: 'failed' });
      expect(view).not.toHaveProperty('authRequestId');
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

    it('learns of a claim within 10 seconds although the store wakes nobody', async () => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
      jest.spyOn(store, 'watch').mockResolvedValue(() => {});
      const sessions = sessionsOf();
      const { sessionId } = await sessions.makeQrAuthSession('10.10.10.100', { binding: BINDING });
      const { seen } = follow(sessions, sessionId, BINDING);
      await settled();
      await sessions.claim(sessionId, PHONE, start);
      clock.advance(10);
      await jest.advanceTimersByTimeAsync(10_000);
      await settled();
      expect(seen).toStrictEqual(['open', 'claimed', 'end']);
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

function raise(): never {
  throw new Error('no such address: 192.0.2.7');
}
