import { NgZone, PLATFORM_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { StepUp, provideStepUp, withApis } from 'angular-stepup';

import { CibaSession } from './ciba-session';
import { type FakeCibaApi, tokensOf } from './fake-ciba-api';
import { FakePage, START } from './fake-page';
import { QrSignIn } from './qr-sign-in';
import { withCiba } from './with-ciba';

const API = 'https://api.example.com';

let page: FakePage;
let api: FakeCibaApi;
let signIn: QrSignIn;

const configure = (platform = 'browser'): void => {
  TestBed.resetTestingModule();
  TestBed.configureTestingModule({
    providers: [
      { provide: PLATFORM_ID, useValue: platform },
      provideStepUp(withApis(API), withCiba({ apiUrl: API })),
    ],
  });
  signIn = TestBed.inject(QrSignIn);
};

beforeEach(() => {
  page = new FakePage();
  ({ api } = page);
  configure();
});

afterEach(() => page.close());

interface Run {
  readonly abort: AbortController;
  /** `undefined` while it goes on. */
  outcome?: unknown;
}

const start = (): Run => {
  const run: Run = { abort: new AbortController() };
  signIn.run(run.abort.signal).then(
    () => (run.outcome = 'signed in'),
    (error: unknown) => (run.outcome = error),
  );
  return run;
};

/** A phone scans a code, and starts a transaction. */
const scan = async (sessionId: string): Promise<void> => {
  api.set('transaction-q', 'pending', {
    bindingMessage: 'XY34-ZW56',
    expiresAt: Date.now() / 1000 + 120,
  });
  api.set(sessionId, 'claimed', { authRequestId: 'transaction-q' });
  await page.pass(0);
};

const failure = (code: string, message = /^Cannot sign in as /): unknown =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('QrSignIn.run()', () => {
  it('shows a code, waits for the approval on the phone, and signs in', async () => {
    const run = start();
    expect(signIn.progress()).toStrictEqual({ status: 'pending', phase: 'starting' });
    await page.pass(1);
    expect(api.request('POST qr').body).toEqual({
      bindingChallenge: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(signIn.progress()).toStrictEqual({
      status: 'pending',
      phase: 'scanning',
      qr: 'https://api?qr-1',
      expiresAt: START + 90,
    });
    await scan('qr-1');
    expect(signIn.progress()).toStrictEqual({
      status: 'pending',
      phase: 'approving',
      bindingMessage: 'XY34-ZW56',
      expiresAt: START + 121,
    });
    api.tokens = tokensOf('bob', { acr: 'phr' });
    api.set('transaction-q', 'approved');
    await page.pass(0);
    expect(run.outcome).toBe('signed in');
    expect(signIn.progress()).toBeUndefined();
    expect(TestBed.inject(CibaSession).authentication()).toMatchObject({ subject: 'bob' });
    expect(api.calls('DELETE')).toEqual([]);
    expect(api.openStreams).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
    expect(TestBed.inject(StepUp).authentication()).toMatchObject({ subject: 'bob' });
  });

  it('waits outside the zone, so that the app is stable meanwhile', () => {
    const leaveZone = jest.spyOn(TestBed.inject(NgZone), 'runOutsideAngular');
    start();
    expect(leaveZone).toHaveBeenCalledTimes(1);
  });

  it('takes the code away as soon as it is scanned', async () => {
    start();
    await page.pass(1);
    api.set('qr-1', 'claimed');
    await page.pass(0);
    expect(signIn.progress()).toStrictEqual({ status: 'pending', phase: 'starting' });
  });

  it('renews a code that nobody scans three times, then expires', async () => {
    const run = start();
    const codes = new Set<string | undefined>();
    for (let code = 1; code <= 4; code += 1) {
      /* oxlint-disable no-await-in-loop -- One after the other is the point. */
      await page.pass(40);
      codes.add(signIn.progress()?.qr);
      await page.pass(49);
      api.set(`qr-${code}`, 'expired');
      await page.pass(1);
      /* oxlint-enable no-await-in-loop */
    }
    expect([...codes]).toEqual([1, 2, 3, 4].map((each) => `https://api?qr-${each}`));
    expect(run.outcome).toEqual(failure('ERR_STEPUP_EXPIRED'));
    expect(api.calls('POST qr')).toHaveLength(4);
    expect(api.calls('DELETE')).toEqual([]);
  });

  it('renews a code that expired while the computer slept', async () => {
    start();
    await page.pass(1);
    api.states.delete('qr-1');
    await page.sleep(600);
    await page.pass(1);
    expect(signIn.progress()).toMatchObject({ phase: 'scanning', qr: 'https://api?qr-2' });
  });

  it('expires when the network never comes back', async () => {
    const run = start();
    await page.pass(1);
    page.setNetwork(false);
    await page.pass(5);
    expect(signIn.progress()).toMatchObject({ phase: 'reconnecting' });
    await page.pass(120);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_EXPIRED'));
  });

  it('goes on when the network is away for ten seconds', async () => {
    const run = start();
    await page.pass(5);
    page.setNetwork(false);
    await scan('qr-1');
    await page.pass(10);
    page.setNetwork(true);
    await page.pass(1);
    expect(signIn.progress()).toMatchObject({ phase: 'approving' });
    api.set('transaction-q', 'approved');
    await page.pass(1);
    expect(run.outcome).toBe('signed in');
  });

  it.each([
    ['denied', 'ERR_STEPUP_DENIED'],
    ['expired', 'ERR_STEPUP_EXPIRED'],
    ['failed', 'ERR_STEPUP_FAILED'],
  ])('fails when the transaction is %s, and renews nothing', async (status, code) => {
    const run = start();
    await page.pass(1);
    await scan('qr-1');
    api.set('transaction-q', status);
    await page.pass(1);
    expect(run.outcome).toEqual(failure(code));
    expect(api.calls('POST qr')).toHaveLength(1);
    expect(TestBed.inject(CibaSession).authentication()).toBeUndefined();
  });

  it.each([
    ['failed', 'ERR_STEPUP_FAILED'],
    ['cancelled', 'ERR_STEPUP_CANCELLED'],
  ])('fails when the session is %s', async (status, code) => {
    const run = start();
    await page.pass(1);
    api.set('qr-1', status);
    await page.pass(1);
    expect(run.outcome).toEqual(failure(code));
  });

  it('says when to try again after too many codes', async () => {
    api.answers.set('POST qr', [429, { error: 'too_many_requests' }, { 'Retry-After': '7' }]);
    const run = start();
    await page.pass(1);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_FAILED', /try again in 7 seconds$/));
  });

  it.each([{ sessionId: '..', qr: 'x', expiresAt: 1 }, { sessionId: 'a', expiresAt: 1 }, []])(
    'trusts no session like %j',
    async (body) => {
      api.answers.set('POST qr', [201, body]);
      const run = start();
      await page.pass(1);
      expect(run.outcome).toEqual(failure('ERR_STEPUP_FAILED', /not that of CibaModule/));
    },
  );

  it('cancels the session while nobody has scanned it', async () => {
    const run = start();
    await page.pass(1);
    run.abort.abort();
    await page.pass(0);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_CANCELLED'));
    expect(signIn.progress()).toBeUndefined();
    expect(api.calls('DELETE')).toEqual(['DELETE qr/qr-1']);
  });

  it('cancels the transaction when it is scanned', async () => {
    const run = start();
    await page.pass(1);
    await scan('qr-1');
    run.abort.abort();
    await page.pass(0);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_CANCELLED'));
    expect(api.calls('DELETE')).toEqual(['DELETE transactions/transaction-q']);
  });

  it('signs nobody in by tokens that arrive after that', async () => {
    const run = start();
    await page.pass(1);
    await scan('qr-1');
    const answer = new EventTarget();
    api.onRequest = () =>
      new Promise((resolve) => {
        answer.addEventListener('given', () => resolve(), { once: true });
      });
    api.set('transaction-q', 'approved');
    await page.pass(0);
    expect(api.calls('POST oidc/token')).toHaveLength(1);
    run.abort.abort();
    // What follows is answered at once.
    api.onRequest = () => undefined;
    answer.dispatchEvent(new Event('given'));
    await page.pass(1);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_CANCELLED'));
    expect(TestBed.inject(CibaSession).authentication()).toBeUndefined();
    expect(api.revoked).toEqual(['refresh-alice']);
  });

  it('cancels what there is when the page is left', async () => {
    const run = start();
    await page.pass(1);
    window.dispatchEvent(new Event('pagehide'));
    expect(api.request('DELETE qr/qr-1').keepalive).toBe(true);
    await page.pass(0);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_CANCELLED'));
  });

  it('asks nobody when it is cancelled before', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(signIn.run(abort.signal)).rejects.toEqual(failure('ERR_STEPUP_CANCELLED'));
    expect(api.requests).toEqual([]);
  });

  it('cancels the first of two, and shows the code of the second', async () => {
    const first = start();
    await page.pass(1);
    const second = start();
    await page.pass(1);
    expect(first.outcome).toEqual(failure('ERR_STEPUP_CANCELLED'));
    expect(api.calls('DELETE')).toEqual(['DELETE qr/qr-1']);
    expect(signIn.progress()).toMatchObject({ phase: 'scanning', qr: 'https://api?qr-2' });
    expect(second.outcome).toBeUndefined();
  });

  it('fails on a server', async () => {
    configure('server');
    await expect(signIn.run()).rejects.toEqual(failure('ERR_STEPUP_FAILED', /no browser$/));
    expect(signIn.progress()).toBeUndefined();
    expect(api.requests).toEqual([]);
  });
});
