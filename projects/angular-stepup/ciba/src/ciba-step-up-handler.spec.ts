import { createHash } from 'node:crypto';

import { Injectable, NgZone, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type Authentication,
  StepUp,
  type StepUpChallenge,
  type StepUpContext,
  StepUpHandler,
  provideStepUp,
  withApis,
  withChoice,
  withHandler,
} from 'angular-stepup';
import { StepUpError } from 'stepup-core';

import { readTokens } from './ciba-answers';
import type { CibaOptions } from './ciba-options';
import { CibaSession } from './ciba-session';
import { CibaStepUpHandler } from './ciba-step-up-handler';
import { CibaTokens } from './ciba-tokens';
import { type FakeCibaApi, idTokenOf, tokensOf } from './fake-ciba-api';
import { FakePage, START } from './fake-page';
import { withCiba } from './with-ciba';

const API = 'https://api.example.com';
const APIS = withApis(API);
const REQUIREMENT = { acrValues: ['phr'], maxAge: 60 };
const EVENTS = 'GET transactions/transaction-1/events';

let page: FakePage;
let api: FakeCibaApi;

beforeEach(() => {
  page = new FakePage();
  ({ api } = page);
});

afterEach(() => page.close());

const handlerOf = (options: Partial<CibaOptions> = {}, isSignedIn = true): CibaStepUpHandler => {
  TestBed.configureTestingModule({
    providers: [provideStepUp(APIS, withCiba({ apiUrl: API, ...options }))],
  });
  if (isSignedIn) TestBed.inject(CibaTokens).accept(readTokens(tokensOf('alice', { acr: 'pwd' })));
  return TestBed.inject(CibaStepUpHandler);
};

/** What the end-user signed in with. */
@Injectable({ providedIn: 'root' })
class OtherHandler extends StepUpHandler {
  readonly authentication = signal<Authentication | undefined>({ subject: 'alice', acr: 'pwd' });
  accessToken = () => Promise.resolve('of-the-other');
  stepUp = () => Promise.resolve('completed' as const);
}

/** What the page kept before it was loaded again. */
const keptOfAlice = (): string => {
  const { access_token: accessToken, id_token: idToken } = tokensOf('alice');
  return JSON.stringify({ accessToken, idToken, api: `${API}/auth` });
};

const besideAnother = (options: Partial<CibaOptions> = {}): StepUp => {
  TestBed.configureTestingModule({
    providers: [
      provideStepUp(
        APIS,
        withHandler(OtherHandler),
        withCiba({ apiUrl: API, ...options }),
        withChoice(() => 'ciba'),
      ),
    ],
  });
  return TestBed.inject(StepUp);
};

interface Run {
  readonly abort: AbortController;
  readonly verified: Authentication[];
  /** `undefined` while it goes on. */
  outcome?: unknown;
}

const start = (handler: CibaStepUpHandler, overrides: Partial<StepUpContext> = {}): Run => {
  const abort = new AbortController();
  const run: Run = { abort, verified: [] };
  handler
    .stepUp(REQUIREMENT, {
      returnUrl: '/',
      signal: abort.signal,
      verify: (authentication) => run.verified.push(authentication),
      ...overrides,
    })
    .then(
      (outcome) => (run.outcome = outcome),
      (error: unknown) => (run.outcome = error),
    );
  return run;
};

const once = (target: EventTarget): Promise<void> =>
  new Promise((resolve) => {
    target.addEventListener('given', () => resolve(), { once: true });
  });

const failure = (code: string, message: RegExp = /^Cannot step up as /): unknown =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('CibaStepUpHandler.stepUp()', () => {
  it('asks with the current token, waits for the approval, and keeps the new tokens', async () => {
    const handler = handlerOf();
    const run = start(handler);
    expect(handler.progress()).toStrictEqual({ status: 'pending', phase: 'starting' });
    await page.pass(1);
    expect(api.request('POST step-up')).toMatchObject({
      body: { acrValues: ['phr'], maxAge: 60 },
      headers: { Authorization: 'Bearer access-alice' },
    });
    expect(handler.progress()).toStrictEqual({
      status: 'pending',
      phase: 'approving',
      bindingMessage: 'AB12-CD34',
      expiresAt: START + 120,
    });
    api.tokens = { ...tokensOf('alice', { acr: 'phr' }), access_token: 'stronger' };
    api.set('transaction-1', 'approved');
    await page.pass(0);
    expect(run.outcome).toBe('completed');
    expect(run.verified).toMatchObject([{ acr: 'phr', authTime: 1000, subject: 'alice' }]);
    expect(handler.authentication()).toMatchObject({ acr: 'phr' });
    expect(await handler.accessToken()).toBe('stronger');
    expect(handler.progress()).toBeUndefined();
    expect(api.calls('DELETE')).toEqual([]);
    expect(api.openStreams).toBe(0);
  });

  it('lets nobody keep what it says, and no answer send it elsewhere', async () => {
    const run = start(handlerOf());
    await page.pass(1);
    api.set('transaction-1', 'approved');
    await page.pass(1);
    expect(run.outcome).toBe('completed');
    expect(api.requests.map(({ cache, redirect }) => [cache, redirect])).toEqual([
      ['no-store', 'error'],
      ['no-store', 'error'],
      ['no-store', 'error'],
    ]);
  });

  it('waits outside the zone, so that the app is stable meanwhile', () => {
    const handler = handlerOf();
    const leaveZone = jest.spyOn(TestBed.inject(NgZone), 'runOutsideAngular');
    start(handler);
    expect(leaveZone).toHaveBeenCalledTimes(1);
  });

  it('shows that it completes while the tokens are on their way', async () => {
    const handler = handlerOf();
    start(handler);
    await page.pass(1);
    api.isSilent = true;
    api.set('transaction-1', 'approved');
    await page.pass(1);
    expect(handler.progress()).toMatchObject({ status: 'approved', phase: 'completing' });
  });

  it('steps up with the token of the handler in use, which keeps its own', async () => {
    const stepUp = besideAnother();
    const done = stepUp.satisfy({ acrValues: ['phr'] });
    await page.pass(1);
    expect(api.request('POST step-up').headers['Authorization']).toBe('Bearer of-the-other');
    api.set('transaction-1', 'approved');
    await page.pass(0);
    await done;
    expect(stepUp.authentication()).toMatchObject({ acr: 'phr', subject: 'alice' });
    expect(TestBed.inject(OtherHandler).authentication()).toMatchObject({ acr: 'pwd' });
  });

  it.each([undefined, { subject: 'bob', acr: 'pwd' }])(
    'ends its session when the other handler goes on to %j',
    async (next) => {
      const stepUp = besideAnother();
      const done = stepUp.satisfy({ acrValues: ['phr'] });
      await page.pass(1);
      api.set('transaction-1', 'approved');
      await page.pass(0);
      await done;
      TestBed.tick();
      expect(TestBed.inject(CibaSession).authentication()).toMatchObject({ subject: 'alice' });
      TestBed.inject(OtherHandler).authentication.set(next);
      TestBed.tick();
      expect(TestBed.inject(CibaSession).authentication()).toBeUndefined();
      expect(stepUp.authentication()).toEqual(next);
      expect(api.revoked).toEqual(['refresh-alice']);
    },
  );

  it('ends its session when the page is loaded again with another user in the other handler', async () => {
    sessionStorage.setItem('stepup.ciba', keptOfAlice());
    const stepUp = besideAnother({ storage: 'session' });
    expect(TestBed.inject(CibaSession).authentication()).toMatchObject({ subject: 'alice' });
    TestBed.inject(OtherHandler).authentication.set({ subject: 'bob' });
    expect(stepUp.authentication()).toMatchObject({ subject: 'bob' });
    TestBed.tick();
    expect(TestBed.inject(CibaSession).authentication()).toBeUndefined();
  });

  it('ends its session when somebody else signs in to the other handler', () => {
    const stepUp = besideAnother();
    const other = TestBed.inject(OtherHandler).authentication;
    other.set(undefined);
    TestBed.inject(CibaTokens).accept(readTokens(tokensOf('alice')));
    expect(stepUp.authentication()).toMatchObject({ subject: 'alice' });
    TestBed.tick();
    other.set({ subject: 'bob' });
    TestBed.tick();
    other.set(undefined);
    expect(stepUp.authentication()).toBeUndefined();
  });

  it('keeps its session when the page is loaded again with the same user', async () => {
    sessionStorage.setItem('stepup.ciba', keptOfAlice());
    const stepUp = besideAnother({ storage: 'session' });
    expect(stepUp.authentication()).toMatchObject({ subject: 'alice' });
    TestBed.tick();
    expect(TestBed.inject(CibaSession).authentication()).toMatchObject({ subject: 'alice' });
  });

  it('keeps the old tokens when the new authentication is refused', async () => {
    const handler = handlerOf();
    const refusal = new StepUpError('ERR_STEPUP_UNMET', 'Cannot step up');
    const run = start(handler, {
      verify: () => {
        throw refusal;
      },
    });
    await page.pass(1);
    api.set('transaction-1', 'approved');
    await page.pass(1);
    expect(run.outcome).toBe(refusal);
    expect(handler.authentication()).toMatchObject({ acr: 'pwd' });
  });

  it('has the new tokens revoked, not the old ones, when the new authentication is refused', async () => {
    const handler = handlerOf();
    start(handler, {
      verify: () => {
        throw new StepUpError('ERR_STEPUP_UNMET', 'Cannot step up');
      },
    });
    await page.pass(1);
    api.tokens = { ...tokensOf('alice'), refresh_token: 'too-weak' };
    api.set('transaction-1', 'approved');
    await page.pass(1);
    expect(api.revoked).toEqual(['too-weak']);
    expect(await handler.accessToken()).toBe('access-alice');
  });

  it('has the tokens revoked of another user who approved', async () => {
    const stepUp = besideAnother();
    const done = expect(stepUp.satisfy({ acrValues: ['phr'] })).rejects.toEqual(
      failure('ERR_STEPUP_DENIED'),
    );
    await page.pass(1);
    api.tokens = { ...tokensOf('bob', { acr: 'phr' }), refresh_token: undefined };
    api.set('transaction-1', 'approved');
    await page.pass(1);
    await done;
    expect(api.revoked).toEqual(['access-bob']);
    expect(TestBed.inject(CibaSession).authentication()).toBeUndefined();
  });

  it('has nothing revoked when the new tokens are kept', async () => {
    const run = start(handlerOf());
    await page.pass(1);
    api.set('transaction-1', 'approved');
    await page.pass(1);
    expect(run.outcome).toBe('completed');
    expect(api.revoked).toEqual([]);
  });

  it('says the reason for the other device to show', async () => {
    const reason = jest.fn<NonNullable<CibaOptions['reason']>>(() => 'Transfer of €5,000');
    const challenge = { scheme: 'Bearer', params: {} } as unknown as StepUpChallenge;
    start(handlerOf({ reason }), { challenge });
    await page.pass(1);
    expect(api.request('POST step-up').body['reason']).toBe('Transfer of €5,000');
    expect(reason.mock.calls).toEqual([[REQUIREMENT, challenge]]);
  });

  it.each([
    ['a'.repeat(200), 'a'.repeat(200)],
    ['a'.repeat(201), 'a'.repeat(200)],
    [`${'a'.repeat(198)}😀!`, `${'a'.repeat(198)}😀`],
    [`${'a'.repeat(199)}😀`, 'a'.repeat(199)],
  ])('cuts a reason off after 200 characters: %s', async (reason, sent) => {
    start(handlerOf({ reason: () => reason }));
    await page.pass(1);
    expect(api.request('POST step-up').body['reason']).toBe(sent);
  });

  it.each([undefined, () => undefined, () => ''])(
    'says no reason when there is none',
    async (reason) => {
      start(handlerOf(reason && { reason }));
      await page.pass(1);
      expect(api.request('POST step-up').body).not.toHaveProperty('reason');
    },
  );

  it('asks nobody when the reason cannot be said', async () => {
    const cause = new Error('no such text');
    const run = start(
      handlerOf({
        reason: () => {
          throw cause;
        },
      }),
    );
    await page.pass(1);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_FAILED'));
    expect(run.outcome).toMatchObject({ cause });
    expect(api.requests).toEqual([]);
  });

  it('fails when nobody is signed in, and asks nobody', async () => {
    const run = start(handlerOf({}, false));
    await page.pass(0);
    expect(run.outcome).toEqual(
      failure('ERR_STEPUP_FAILED', /nobody is signed in: .*QrSignIn.* another handler/),
    );
    expect(api.requests).toEqual([]);
  });

  it('has the app told how to sign in when it wants a step-up of nobody', async () => {
    handlerOf({}, false);
    await expect(TestBed.inject(StepUp).satisfy(REQUIREMENT)).rejects.toMatchObject({
      code: 'ERR_STEPUP_FAILED',
      message: expect.stringMatching(/^Cannot step up as nobody is signed in: .*QrSignIn/),
    });
    expect(api.requests).toEqual([]);
  });

  it.each([
    ['no ID token', { id_token: undefined }],
    ['an ID token that is no JWT', { id_token: 'opaque' }],
    ['an ID token without a subject', { id_token: idTokenOf({ acr: 'phr' }) }],
    ['an access token that is none', { access_token: 'with\r\nbreak' }],
    ['a token that is bound to a key of the API', { token_type: 'DPoP' }],
    ['an end that is no number', { expires_in: '300' }],
  ])('trusts no answer with %s', async (_, wrong) => {
    const handler = handlerOf();
    const run = start(handler);
    await page.pass(1);
    api.tokens = { ...api.tokens, ...wrong };
    api.set('transaction-1', 'approved');
    await page.pass(1);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_FAILED', /^Cannot /));
    expect(handler.authentication()).toMatchObject({ acr: 'pwd' });
  });
});

describe('CibaStepUpHandler.stepUp(), its outcomes', () => {
  it.each([
    ['denied', undefined, 'ERR_STEPUP_DENIED'],
    ['denied', 'access_denied', 'ERR_STEPUP_DENIED'],
    ['failed', 'access_denied', 'ERR_STEPUP_DENIED'],
    ['failed', 'unmet_authentication_requirements', 'ERR_STEPUP_UNMET'],
    ['expired', undefined, 'ERR_STEPUP_EXPIRED'],
    ['failed', 'expired_token', 'ERR_STEPUP_EXPIRED'],
    ['cancelled', undefined, 'ERR_STEPUP_CANCELLED'],
    ['failed', 'transaction_failed', 'ERR_STEPUP_FAILED'],
    ['failed', undefined, 'ERR_STEPUP_FAILED'],
  ])('%s (%s) is %s', async (status, error, code) => {
    const run = start(handlerOf());
    await page.pass(1);
    api.set('transaction-1', status, { error });
    await page.pass(1);
    expect(run.outcome).toEqual(failure(code));
    expect(run.outcome).toMatchObject({ requirement: REQUIREMENT });
    expect(api.calls('DELETE')).toEqual([]);
  });

  it.each<[number, unknown, string, RegExp]>([
    [429, { error: 'too_many_requests' }, 'ERR_STEPUP_FAILED', /try again in 42 seconds$/],
    [503, { error: 'temporarily_unavailable' }, 'ERR_STEPUP_FAILED', /try again in 42 seconds$/],
    [401, { error: 'invalid_token' }, 'ERR_STEPUP_FAILED', /does not accept .* sign in again$/],
    [403, { error: 'access_denied' }, 'ERR_STEPUP_DENIED', /refused/],
    [400, { error: 'unmet_authentication_requirements' }, 'ERR_STEPUP_UNMET', /requirement/],
    [400, { error: 'unknown_user_id' }, 'ERR_STEPUP_FAILED', /current status is 400$/],
    [404, { error: 'Not Found' }, 'ERR_STEPUP_CONFIGURATION', /'apiUrl' and 'path' in withCiba/],
    [404, '<html>', 'ERR_STEPUP_CONFIGURATION', /'apiUrl' and 'path' in withCiba/],
    [405, {}, 'ERR_STEPUP_CONFIGURATION', /https:\/\/api\.example\.com\/auth$/],
    [200, '<html>', 'ERR_STEPUP_FAILED', /not that of CibaModule: check 'apiUrl'/],
    [201, { transactionId: '../x', expiresAt: 1 }, 'ERR_STEPUP_FAILED', /not that of CibaModule/],
    [201, { transactionId: 'a', expiresAt: '1' }, 'ERR_STEPUP_FAILED', /not that of CibaModule/],
  ])('a start answered with %i %j is %s', async (status, body, code, message) => {
    const run = start(handlerOf());
    api.answers.set('POST step-up', [status, body, { 'Retry-After': '42' }]);
    await page.pass(1);
    expect(run.outcome).toEqual(failure(code, message));
  });

  it('tells of CORS when an API of another origin cannot be reached', async () => {
    const run = start(handlerOf());
    api.isDown = true;
    await page.pass(1);
    expect(run.outcome).toEqual(
      failure('ERR_STEPUP_FAILED', /enableCors\(\) of the API at https:\/\/api\.example\.com has/),
    );
  });

  it('does not speak of CORS when the browser is offline, or the API of the same origin', async () => {
    const offline = start(handlerOf());
    page.setNetwork(false);
    await page.pass(1);
    expect(offline.outcome).toEqual(failure('ERR_STEPUP_FAILED', /try again later$/));
    TestBed.resetTestingModule();
    page.setOnline(true);
    const same = start(handlerOf({ apiUrl: '/api' }));
    await page.pass(1);
    expect(same.outcome).toEqual(failure('ERR_STEPUP_FAILED', /try again later$/));
  });

  it('gives up a start that is not answered in time', async () => {
    const run = start(handlerOf());
    api.isSilent = true;
    await page.pass(19);
    expect(run.outcome).toBeUndefined();
    await page.pass(2);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_FAILED'));
  });

  it('puts no text of the API and no token into the message', async () => {
    const run = start(handlerOf());
    api.answers.set('POST step-up', [
      400,
      { error: '<script>', error_description: 'access-alice is bad' },
    ]);
    await page.pass(1);
    const { message, cause } = run.outcome as StepUpError;
    expect(message).not.toMatch(/script|access-alice/);
    expect(JSON.stringify(cause) + String(cause)).not.toMatch(/script|access-alice/);
  });
});

describe('CibaStepUpHandler.stepUp(), cancelled', () => {
  it('ends at once, and cancels the transaction once', async () => {
    const handler = handlerOf();
    const run = start(handler);
    await page.pass(1);
    run.abort.abort();
    await Promise.resolve();
    expect(api.calls('DELETE')).toEqual(['DELETE transactions/transaction-1']);
    await page.pass(1);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_CANCELLED', /it was cancelled$/));
    expect(handler.progress()).toBeUndefined();
    window.dispatchEvent(new Event('pagehide'));
    await page.pass(60);
    expect(api.calls('DELETE')).toHaveLength(1);
    expect(api.openStreams).toBe(0);
  });

  it('cancels a transaction whose start is answered after that', async () => {
    const run = start(handlerOf());
    const answer = new EventTarget();
    api.onRequest = () => once(answer);
    await page.pass(1);
    run.abort.abort();
    await page.pass(0);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_CANCELLED'));
    expect(api.calls('DELETE')).toEqual([]);
    api.onRequest = () => undefined;
    answer.dispatchEvent(new Event('given'));
    await page.pass(0);
    expect(api.calls('DELETE')).toEqual(['DELETE transactions/transaction-1']);
  });

  it('does not take away the progress of the one that follows', async () => {
    const handler = handlerOf();
    const first = start(handler);
    await page.pass(1);
    first.abort.abort();
    api.isSilent = true;
    start(handler);
    await page.pass(1);
    expect(first.outcome).toEqual(failure('ERR_STEPUP_CANCELLED'));
    expect(handler.progress()).toStrictEqual({ status: 'pending', phase: 'starting' });
  });

  it('asks nobody when it is cancelled before', async () => {
    const abort = new AbortController();
    abort.abort();
    const run = start(handlerOf(), { signal: abort.signal });
    await page.pass(1);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_CANCELLED'));
    expect(api.requests).toEqual([]);
  });

  it('keeps no tokens that arrive after that', async () => {
    const handler = handlerOf();
    const run = start(handler);
    await page.pass(1);
    api.tokens = { ...tokensOf('alice'), refresh_token: 'too-late' };
    const answer = new EventTarget();
    api.onRequest = () => once(answer);
    api.set('transaction-1', 'approved');
    await page.pass(0);
    window.dispatchEvent(new Event('pagehide'));
    api.onRequest = () => undefined;
    answer.dispatchEvent(new Event('given'));
    await page.pass(1);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_CANCELLED'));
    expect(run.verified).toEqual([]);
    expect(handler.authentication()).toMatchObject({ acr: 'pwd' });
    expect(api.revoked).toEqual(['too-late']);
  });

  it('cancels the transaction when the page is left, with a request that outlives it', async () => {
    const handler = handlerOf();
    const run = start(handler);
    await page.pass(1);
    window.dispatchEvent(new Event('pagehide'));
    // At once: there is no later.
    expect(api.request('DELETE transactions/transaction-1').keepalive).toBe(true);
    await page.pass(0);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_CANCELLED'));
  });

  it('has ended on a page that the browser brings back, and can be started anew', async () => {
    const handler = handlerOf();
    const run = start(handler);
    await page.pass(1);
    window.dispatchEvent(new Event('pagehide'));
    await page.sleep(600);
    window.dispatchEvent(new Event('pageshow'));
    await page.pass(1);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_CANCELLED'));
    expect(handler.progress()).toBeUndefined();
    api.refreshed = { access_token: 'fresh' };
    const again = start(handler);
    await page.pass(1);
    api.set('transaction-2', 'approved');
    await page.pass(1);
    expect(again.outcome).toBe('completed');
  });

  it('leaves nothing behind when it is over', async () => {
    start(handlerOf());
    await page.pass(1);
    api.set('transaction-1', 'approved');
    await page.pass(1);
    const { length } = api.requests;
    window.dispatchEvent(new Event('pagehide'));
    page.setOnline(true);
    page.show();
    await page.pass(600);
    expect(api.requests).toHaveLength(length);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('CibaStepUpHandler.stepUp(), when the end-user signs out meanwhile', () => {
  it('ends at once, cancels the transaction, and signs nobody in again', async () => {
    const handler = handlerOf();
    const run = start(handler);
    await page.pass(1);
    TestBed.inject(CibaSession).signOut();
    api.set('transaction-1', 'approved');
    await page.pass(1);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_CANCELLED'));
    expect(api.calls('DELETE')).toEqual(['DELETE transactions/transaction-1']);
    expect(handler.authentication()).toBeUndefined();
    expect(api.revoked).toEqual(['refresh-alice']);
  });

  it('signs nobody in again whose tokens are on their way', async () => {
    const handler = handlerOf();
    const run = start(handler);
    await page.pass(1);
    api.onRequest = (call) => {
      if (call === 'POST oidc/token') TestBed.inject(CibaSession).signOut();
    };
    // The API hands them over before it hears that they are not wanted any more.
    const tokens = { ...tokensOf('alice'), refresh_token: 'too-late' };
    api.answers.set('POST oidc/token', [201, tokens]);
    api.set('transaction-1', 'approved');
    await page.pass(1);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_CANCELLED'));
    expect(handler.authentication()).toBeUndefined();
    expect(api.revoked).toEqual(['refresh-alice', 'too-late']);
  });

  it.each([undefined, { subject: 'bob', acr: 'pwd' }])(
    'ends when the other handler goes on to %j',
    async (next) => {
      const stepUp = besideAnother();
      const done = expect(stepUp.satisfy({ acrValues: ['phr'] })).rejects.toEqual(
        failure('ERR_STEPUP_CANCELLED'),
      );
      await page.pass(1);
      TestBed.tick();
      TestBed.inject(OtherHandler).authentication.set(next);
      TestBed.tick();
      api.set('transaction-1', 'approved');
      await page.pass(1);
      await done;
      expect(TestBed.inject(CibaSession).authentication()).toBeUndefined();
      expect(stepUp.authentication()).toEqual(next);
    },
  );

  it('goes on when the access token runs out, which is no sign-out', async () => {
    const handler = handlerOf();
    TestBed.inject(CibaTokens).accept(
      readTokens({ ...tokensOf('alice'), refresh_token: undefined, expires_in: 20 }),
    );
    const run = start(handler);
    await page.pass(30);
    expect(await handler.accessToken()).toBeUndefined();
    api.set('transaction-1', 'approved');
    await page.pass(1);
    expect(run.outcome).toBe('completed');
  });

  it('does not take the place of somebody who signed in meanwhile', async () => {
    const handler = handlerOf();
    const run = start(handler);
    await page.pass(1);
    TestBed.inject(CibaTokens).accept(readTokens(tokensOf('bob')));
    api.set('transaction-1', 'approved');
    await page.pass(1);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_CANCELLED'));
    expect(handler.authentication()).toMatchObject({ subject: 'bob' });
  });
});

describe('CibaStepUpHandler.stepUp(), without a network', () => {
  it('goes on when the network is away for ten seconds, and loses nothing', async () => {
    const handler = handlerOf();
    const run = start(handler);
    await page.pass(5);
    page.setNetwork(false);
    await page.pass(1);
    expect(handler.progress()).toStrictEqual({
      status: 'pending',
      phase: 'reconnecting',
      bindingMessage: 'AB12-CD34',
      expiresAt: START + 120,
    });
    api.set('transaction-1', 'approved');
    await page.pass(9);
    expect(run.outcome).toBeUndefined();
    page.setNetwork(true);
    await page.pass(0);
    expect(run.outcome).toBe('completed');
  });

  it('waits for the approval still when the network is back', async () => {
    const handler = handlerOf();
    const run = start(handler);
    await page.pass(5);
    page.setNetwork(false);
    await page.pass(10);
    page.setNetwork(true);
    await page.pass(1);
    expect(handler.progress()).toMatchObject({ phase: 'approving', bindingMessage: 'AB12-CD34' });
    api.set('transaction-1', 'approved');
    await page.pass(1);
    expect(run.outcome).toBe('completed');
  });

  it('ends after the deadline when the network never comes back', async () => {
    const run = start(handlerOf());
    await page.pass(5);
    page.setNetwork(false);
    await page.pass(119);
    expect(run.outcome).toBeUndefined();
    await page.pass(30);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_EXPIRED'));
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends after the deadline when nothing is answered any more', async () => {
    const run = start(handlerOf());
    await page.pass(5);
    api.isSilent = true;
    api.breakStreams();
    await page.pass(160);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_EXPIRED'));
  });

  it('ends as expired when the computer slept past the deadline', async () => {
    const run = start(handlerOf());
    await page.pass(5);
    api.set('transaction-1', 'expired');
    api.states.set('transaction-1', { status: 'expired', expiresAt: START + 120 });
    await page.sleep(600);
    page.show();
    await page.pass(2);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_EXPIRED'));
  });

  it('ends as expired when the API has forgotten it meanwhile', async () => {
    const run = start(handlerOf());
    await page.pass(5);
    api.states.clear();
    await page.sleep(600);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_EXPIRED'));
    expect(api.calls()).toContain('GET transactions/transaction-1');
  });

  it('gets the tokens of what was approved while the computer slept', async () => {
    const handler = handlerOf();
    const run = start(handler);
    await page.pass(5);
    const { expiresAt = 0 } = api.states.get('transaction-1') ?? {};
    api.states.set('transaction-1', { status: 'approved', expiresAt });
    await page.sleep(600);
    await page.pass(2);
    expect(run.outcome).toBe('completed');
  });

  it('ends as expired when the tokens of what was approved are there no more', async () => {
    const run = start(handlerOf());
    await page.pass(5);
    const { expiresAt = 0 } = api.states.get('transaction-1') ?? {};
    api.states.set('transaction-1', { status: 'approved', expiresAt });
    api.answers.set('POST oidc/token', [400, { error: 'invalid_grant' }]);
    await page.sleep(600);
    await page.pass(2);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_EXPIRED'));
  });

  it('asks on when the network takes a moment after the computer slept', async () => {
    const run = start(handlerOf());
    await page.pass(5);
    const { expiresAt = 0 } = api.states.get('transaction-1') ?? {};
    api.states.set('transaction-1', { status: 'approved', expiresAt });
    page.setNetwork(false);
    await page.sleep(600);
    await page.pass(8);
    expect(run.outcome).toBeUndefined();
    page.setNetwork(true);
    await page.pass(1);
    expect(run.outcome).toBe('completed');
  });

  it('gets the tokens when the network goes away right after the approval', async () => {
    const run = start(handlerOf());
    await page.pass(5);
    api.onRequest = (call) => {
      if (call === 'POST oidc/token') throw new TypeError('Failed to fetch');
    };
    api.set('transaction-1', 'approved');
    await page.pass(10);
    expect(run.outcome).toBeUndefined();
    api.onRequest = () => undefined;
    page.setOnline(true);
    await page.pass(0);
    expect(run.outcome).toBe('completed');
  });

  it('gives the tokens up a minute after the approval', async () => {
    const run = start(handlerOf());
    await page.pass(5);
    api.answers.set('POST oidc/token', [503, { error: 'temporarily_unavailable' }]);
    api.set('transaction-1', 'approved');
    await page.pass(75);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_FAILED'));
  });

  it('fails when the API does not know the transaction any more before its deadline', async () => {
    const run = start(handlerOf());
    await page.pass(5);
    api.states.clear();
    api.breakStreams();
    await page.pass(5);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_FAILED', /does not know of it any more/));
  });

  it('believes the API about the deadline when the clock of this computer is ahead', async () => {
    const run = start(handlerOf());
    await page.pass(1);
    jest.setSystemTime(Date.now() + 3_600_000);
    await page.pass(100);
    expect(run.outcome).toBeUndefined();
    api.set('transaction-1', 'approved');
    await page.pass(1);
    expect(run.outcome).toBe('completed');
  });

  it('does not believe for ever that there is time left', async () => {
    const run = start(handlerOf());
    await page.pass(600);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_EXPIRED'));
  });
});

describe('CibaStepUpHandler.stepUp(), its event stream', () => {
  it('waits 1, 2, 4, 8, 10, 10 s between the connections that fail', async () => {
    start(handlerOf());
    await page.pass(0);
    const times: number[] = [];
    api.answers.set(EVENTS, [502]);
    api.answers.set('GET transactions/transaction-1', [502]);
    api.onRequest = (call) => void (call === EVENTS && times.push(Date.now() / 1000 - START));
    api.breakStreams();
    await page.pass(40);
    expect(times.map((time) => Math.round(time))).toEqual([1, 3, 7, 15, 25, 35]);
  });

  it.each(['online', 'visible'])('connects at once when the page is %s again', async (event) => {
    start(handlerOf());
    await page.pass(0);
    api.isDown = true;
    api.breakStreams();
    await page.pass(9);
    const { length } = api.calls(EVENTS);
    api.isDown = false;
    if (event === 'online') page.setOnline(true);
    else page.show();
    await page.pass(0);
    expect(api.calls(EVENTS)).toHaveLength(length + 1);
    expect(api.openStreams).toBe(1);
  });

  it('waits as long as Retry-After says', async () => {
    start(handlerOf());
    await page.pass(0);
    api.answersOnce.set(EVENTS, [503, {}, { 'Retry-After': '20' }]);
    api.breakStreams();
    await page.pass(2);
    expect(api.calls(EVENTS)).toHaveLength(2);
    await page.pass(18);
    expect(api.calls(EVENTS)).toHaveLength(2);
    await page.pass(2);
    expect(api.calls(EVENTS)).toHaveLength(3);
  });

  it('keeps a connection with heartbeats, and leaves one without after 45 s', async () => {
    start(handlerOf());
    for (let heartbeats = 0; heartbeats < 4; heartbeats += 1) {
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      await page.pass(15);
      api.write(':\n\n');
    }
    await page.pass(40);
    expect(api.calls(EVENTS)).toHaveLength(1);
    await page.pass(7);
    expect(api.calls(EVENTS)).toHaveLength(2);
  });

  it('asks at the deadline though the connection lives', async () => {
    const run = start(handlerOf());
    await page.pass(1);
    for (let heartbeats = 0; heartbeats < 13; heartbeats += 1) {
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      await page.pass(10);
      api.write(': heartbeat\n\n');
    }
    expect(api.calls('GET transactions/transaction-1')).toContain('GET transactions/transaction-1');
    api.set('transaction-1', 'approved');
    await page.pass(1);
    expect(run.outcome).toBe('completed');
  });

  it('leaves a silent connection sooner when the end-user comes back to the page', async () => {
    start(handlerOf());
    await page.pass(25);
    page.show();
    await page.pass(1);
    expect(api.calls(EVENTS)).toHaveLength(2);
  });

  it('shows a connection that ends as lost only when the next one fails', async () => {
    const handler = handlerOf();
    start(handler);
    await page.pass(5);
    api.isDown = true;
    api.breakStreams();
    await page.pass(0.5);
    expect(handler.progress()).toMatchObject({ phase: 'approving' });
    await page.pass(1);
    expect(handler.progress()).toMatchObject({ phase: 'reconnecting' });
  });

  it('shows at once that the browser is offline, and gives up the connection', async () => {
    const handler = handlerOf();
    start(handler);
    await page.pass(5);
    page.setOnline(false);
    await page.pass(0);
    expect(handler.progress()).toMatchObject({ phase: 'reconnecting' });
    expect(api.openStreams).toBe(0);
  });

  it('leaves a connection from before the network changed', async () => {
    start(handlerOf());
    await page.pass(5);
    page.setOnline(true);
    await page.pass(1);
    expect(api.calls(EVENTS)).toHaveLength(2);
    expect(api.openStreams).toBe(1);
  });

  it('asks by itself when a proxy holds back the stream', async () => {
    const handler = handlerOf();
    api.isBuffered = true;
    const run = start(handler);
    await page.pass(11);
    expect(handler.progress()).toMatchObject({ phase: 'approving' });
    api.set('transaction-1', 'approved');
    await page.pass(25);
    expect(run.outcome).toBe('completed');
  });

  it('reads events in pieces, and passes over those that it does not know', async () => {
    const run = start(handlerOf());
    await page.pass(1);
    const text = 'event: other\ndata: {}\n\n: hello\n\nretry: 1\n\n';
    for (const character of text) api.write(character);
    await page.pass(0);
    expect(run.outcome).toBeUndefined();
    api.set('transaction-1', 'approved');
    await page.pass(0);
    expect(run.outcome).toBe('completed');
  });

  it.each([
    ['text that is not JSON', 'event: status\ndata: {\n\n'],
    ['no object', 'event: status\ndata: "approved"\n\n'],
    ['an unknown status', 'event: status\ndata: {"status":"done","expiresAt":1}\n\n'],
    ['no deadline', 'event: status\ndata: {"status":"approved"}\n\n'],
    ['a line without an end', `data: ${'x'.repeat(70_000)}`],
  ])('fails on an event with %s', async (_, text) => {
    const run = start(handlerOf());
    await page.pass(1);
    api.write(text);
    await page.pass(0);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_FAILED', /not that of CibaModule/));
    expect(api.openStreams).toBe(0);
  });

  it('fails on an answer that is no event stream', async () => {
    const run = start(handlerOf());
    api.answers.set(EVENTS, [200, '<html>', { 'Content-Type': 'text/html' }]);
    await page.pass(1);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_FAILED', /not that of CibaModule/));
  });
});

describe('CibaStepUpHandler.stepUp(), its binding', () => {
  it('is a secret for an API of another origin: started by its digest, then sent', async () => {
    start(handlerOf());
    await page.pass(1);
    api.set('transaction-1', 'approved');
    await page.pass(1);
    const [started, ...others] = api.requests;
    expect(started?.headers['Step-Up-Binding']).toBeUndefined();
    expect(started?.body['bindingChallenge']).toMatch(/^[\w-]{43}$/);
    const [secret = '', ...more] = new Set(others.map(({ headers }) => headers['Step-Up-Binding']));
    expect(more).toEqual([]);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(started?.body['bindingChallenge']).toBe(
      createHash('sha256').update(secret).digest('base64url'),
    );
    expect(api.requests.every(({ call }) => !call.includes(secret))).toBe(true);
    expect([sessionStorage.length, localStorage.length]).toEqual([0, 0]);
    expect(new Set(api.requests.map(({ credentials }) => credentials))).toEqual(new Set(['omit']));
  });

  it('is a cookie for an API of the same origin', async () => {
    start(handlerOf({ apiUrl: '/api' }));
    await page.pass(1);
    const [started] = api.requests;
    expect(started?.body['bindingChallenge']).toBeUndefined();
    expect(api.requests.some(({ headers }) => 'Step-Up-Binding' in headers)).toBe(false);
    expect(new Set(api.requests.map(({ credentials }) => credentials))).toEqual(
      new Set(['include']),
    );
  });

  it('is what the app says', async () => {
    start(handlerOf({ binding: 'cookie' }));
    await page.pass(1);
    expect(api.requests[0]).toMatchObject({ credentials: 'include' });
  });

  it('is a configuration error on a page that is not secure', async () => {
    Object.defineProperty(crypto, 'subtle', { value: undefined, configurable: true });
    const run = start(handlerOf());
    await page.pass(1);
    expect(run.outcome).toEqual(failure('ERR_STEPUP_CONFIGURATION', /serve it over https$/));
  });
});

describe('CibaSession with CibaStepUpHandler', () => {
  it('is one session: signing out ends the handler’s, too', async () => {
    const handler = handlerOf();
    const session = TestBed.inject(CibaSession);
    expect(session.authentication()).toMatchObject({ subject: 'alice' });
    session.signOut();
    expect(handler.authentication()).toBeUndefined();
    expect(await handler.accessToken()).toBeUndefined();
  });
});
