import { HttpContext, HttpErrorResponse } from '@angular/common/http';
import { PLATFORM_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { jest } from '@jest/globals';
import { firstValueFrom, throwError } from 'rxjs';
import { SKIP_STEP_UP, StepUpReturns, type StepUpError } from 'angular-stepup';

import {
  API,
  NOW,
  PHISHING_RESISTANT,
  TWO_FACTORS,
  challenge,
  clock,
  forgetAll,
  http,
  refuse,
  send,
  server,
  setUp,
  stepUp,
  stepUps,
  tokenOf,
} from './spec/interceptor-under-test';

beforeEach(forgetAll);

describe('stepUpInterceptor', () => {
  beforeEach(() => setUp());
  afterEach(() => server.verify());

  it('attaches the access token to requests to the named APIs', () => {
    send();
    expect(tokenOf()).toBe('Bearer old');
    send('/api/x');
    expect(tokenOf('/api/x')).toBe('Bearer old');
  });

  it.each([
    'https://evil.example/?x=/api',
    'https://api.example.com.evil.example/',
    'https://api.example.com:444/',
    '/apix',
    '/api/../x',
    'https://api.example.com@evil.example/',
  ])('gives neither token nor answer to %s', (url) => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const result = send(url);
    const request = server.expectOne(url);
    expect(request.request.headers.has('Authorization')).toBe(false);

    request.flush(null, {
      status: 401,
      statusText: 'Unauthorized',
      headers: { 'WWW-Authenticate': TWO_FACTORS },
    });

    expect(result.error).toBeInstanceOf(HttpErrorResponse);
    stepUps.expectNone();
    warn.mockRestore();
  });

  it('sends no Authorization header without a token', () => {
    stepUps.signOut();
    send();
    expect(tokenOf()).toBeNull();
  });

  it("keeps a request's own Authorization header, and leaves its challenge to the caller", () => {
    let error: unknown;
    http
      .get(`${API}/messages`, { headers: { Authorization: 'Basic abc' } })
      .subscribe({ error: (caught: unknown) => (error = caught) });
    const request = server.expectOne(`${API}/messages`);
    expect(request.request.headers.get('Authorization')).toBe('Basic abc');
    request.flush(null, {
      status: 401,
      statusText: 'Unauthorized',
      headers: { 'WWW-Authenticate': TWO_FACTORS },
    });

    expect(error).toBeInstanceOf(HttpErrorResponse);
    stepUps.expectNone();
  });

  it('renews a header that another interceptor made of the same token', async () => {
    http.get(`${API}/messages`, { headers: { Authorization: 'Bearer old' } }).subscribe();
    refuse(TWO_FACTORS);
    await stepUps.expectOne().complete({}, 'new');

    expect(tokenOf()).toBe('Bearer new');
  });

  it('steps up for a challenge and sends the request again with the new token', async () => {
    const result = send();
    refuse(TWO_FACTORS);
    const asked = stepUps.expectOne({ acrValues: ['2fa'] });
    expect(asked.context).toMatchObject({ returnUrl: '/', challenge: { acrValues: ['2fa'] } });
    expect(stepUp.transaction()).toMatchObject({
      status: 'pending',
      phase: 'prompting',
      handler: 'testing',
      requirement: { acrValues: ['2fa'] },
    });
    await asked.complete({}, 'new');

    expect(stepUp.transaction()).toBeUndefined();
    expect(tokenOf()).toBe('Bearer new');
    expect(result.values).toEqual(['yes']);
    expect(stepUp.error()).toBeUndefined();
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'replays a refused %s with its body',
    async (method) => {
      const bodies: unknown[] = [];
      http.request(method, `${API}/transfers`, { body: { amount: 5000 } }).subscribe();
      refuse(PHISHING_RESISTANT, `${API}/transfers`);
      await stepUps.expectOne({ acrValues: ['phr'], maxAge: 300 }).complete();
      const replay = server.expectOne(`${API}/transfers`);
      bodies.push(replay.request.body);

      expect(replay.request.method).toBe(method);
      expect(bodies).toEqual([{ amount: 5000 }]);
      replay.flush(null);
    },
  );

  it('passes on what it does not understand', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const refusals: [status: number, header: string | undefined][] = [
      [401, undefined],
      [401, ''],
      [401, 'Bearer'],
      [401, 'Bearer error="invalid_token"'],
      [401, 'Bearer error="insufficient_scope", acr_values="2fa"'],
      [401, 'Basic error="insufficient_user_authentication", acr_values="2fa"'],
      [403, TWO_FACTORS],
      [400, TWO_FACTORS],
      [500, TWO_FACTORS],
    ];
    for (const [status, header] of refusals) {
      const result = send();
      refuse(header, undefined, status);
      expect([header, result.error]).toEqual([header, expect.any(HttpErrorResponse)]);
      expect(result.error).toMatchObject({ status });
    }
    stepUps.expectNone();
    warn.mockRestore();
  });

  it('passes on a failed connection', () => {
    const result = send();
    server.expectOne(`${API}/messages`).error(new ProgressEvent('error'));
    expect(result.error).toMatchObject({ status: 0 });
  });

  it('answers one challenge among thousands, in linear time', async () => {
    const result = send();
    const started = performance.now();
    refuse(['Bearer realm="x", '.repeat(5000) + 'Basic', TWO_FACTORS]);
    expect(performance.now() - started).toBeLessThan(2000);
    await stepUps.expectOne({ acrValues: ['2fa'] }).complete();
    tokenOf();
    expect(result.values).toEqual(['yes']);
  });

  it('leaves the challenge to a caller that sets SKIP_STEP_UP, and still attaches the token', () => {
    const result = send(undefined, 'GET', new HttpContext().set(SKIP_STEP_UP, true));
    const request = server.expectOne(`${API}/messages`);
    expect(request.request.headers.get('Authorization')).toBe('Bearer old');
    request.flush(null, {
      status: 401,
      statusText: 'Unauthorized',
      headers: { 'WWW-Authenticate': TWO_FACTORS },
    });
    expect(result.error).toBeInstanceOf(HttpErrorResponse);
    stepUps.expectNone();
  });

  it('prompts once for many requests refused at once, and replays each once', async () => {
    const urls = [1, 2, 3, 4, 5].map((month) => `${API}/statements/${month}`);
    const results = urls.map((url) => send(url));
    urls.forEach((url) => refuse(TWO_FACTORS, url));
    await stepUps.expectOne().complete({}, 'new');

    expect(urls.map((url) => tokenOf(url))).toEqual(urls.map(() => 'Bearer new'));
    expect(results.map(({ values }) => values)).toEqual(urls.map(() => ['yes']));
    stepUps.expectNone();
  });

  it('gives all that wait the same error when the step-up fails', async () => {
    const results = [send(`${API}/a`), send(`${API}/b`)];
    refuse(TWO_FACTORS, `${API}/a`);
    refuse(TWO_FACTORS, `${API}/b`);
    await stepUps.expectOne().deny();

    expect(results[0]?.error).toMatchObject({ code: 'ERR_STEPUP_DENIED' });
    expect(results[1]?.error).toBe(results[0]?.error);
    expect(stepUp.error()).toBe(results[0]?.error);
  });

  it('wraps an error of the handler that is not a StepUpError', async () => {
    const result = send();
    refuse(TWO_FACTORS);
    const cause = new Error('broken');
    await stepUps.expectOne().fail(cause);

    expect(result.error).toMatchObject({
      code: 'ERR_STEPUP_FAILED',
      cause,
      requirement: { acrValues: ['2fa'] },
      response: expect.objectContaining({ status: 401 }),
    });
  });

  it.each([undefined, null, 'text'])('fails when the handler rejects with %p', async (cause) => {
    const result = send();
    refuse(TWO_FACTORS);
    await stepUps.expectOne().fail(cause);

    server.expectNone(`${API}/messages`);
    expect(result.error).toMatchObject({ code: 'ERR_STEPUP_FAILED' });
  });

  it('is unmet at once when the same challenge comes after a completed step-up', async () => {
    const result = send();
    refuse(TWO_FACTORS);
    await stepUps.expectOne().complete();
    refuse(TWO_FACTORS);

    stepUps.expectNone();
    expect(result.error).toMatchObject({
      code: 'ERR_STEPUP_UNMET',
      requirement: { acrValues: ['2fa'] },
      authentication: expect.objectContaining({ subject: 'alice', acr: '2fa' }),
      response: expect.objectContaining({ status: 401 }),
    });
    expect(stepUp.error()).toBe(result.error);
  });

  it('is unmet at once, without a second prompt, for all that waited for the same', async () => {
    const results = [send(`${API}/a`), send(`${API}/b`)];
    refuse(TWO_FACTORS, `${API}/a`);
    refuse(TWO_FACTORS, `${API}/b`);
    await stepUps.expectOne().complete();
    refuse(TWO_FACTORS, `${API}/a`);
    refuse(TWO_FACTORS, `${API}/b`);

    expect(results.map(({ error }) => (error as StepUpError).code)).toEqual([
      'ERR_STEPUP_UNMET',
      'ERR_STEPUP_UNMET',
    ]);
    stepUps.expectNone();
  });

  it('steps up a second time for a different challenge, and never a third', async () => {
    const result = send();
    refuse(TWO_FACTORS);
    await stepUps.expectOne({ acrValues: ['2fa'] }).complete();
    refuse(PHISHING_RESISTANT);
    await stepUps.expectOne({ acrValues: ['phr'], maxAge: 300 }).complete();
    refuse(challenge('max_age=1'));

    stepUps.expectNone();
    expect(result.error).toMatchObject({ code: 'ERR_STEPUP_UNMET', requirement: { maxAge: 1 } });
  });

  it('starts the next step-up for a request that waited for another one', async () => {
    const results = [send(`${API}/a`), send(`${API}/b`)];
    refuse(TWO_FACTORS, `${API}/a`);
    refuse(PHISHING_RESISTANT, `${API}/b`);
    await stepUps.expectOne({ acrValues: ['2fa'] }).complete();
    tokenOf(`${API}/a`);
    refuse(PHISHING_RESISTANT, `${API}/b`);
    await stepUps.expectOne({ acrValues: ['phr'], maxAge: 300 }).complete();
    tokenOf(`${API}/b`);

    expect(results.map(({ values }) => values)).toEqual([['yes'], ['yes']]);
  });

  it('replays a late refusal of an old token without a prompt when the ID token now satisfies it', () => {
    const result = send();
    stepUps.signIn({ subject: 'alice', acr: 'phr', authTime: NOW }, 'new');
    refuse(TWO_FACTORS);

    stepUps.expectNone();
    expect(tokenOf()).toBe('Bearer new');
    expect(result.values).toEqual(['yes']);
  });

  it('prompts when the token that was refused is still the current one', () => {
    stepUps.signIn({ subject: 'alice', acr: 'phr', authTime: NOW }, 'same');
    send();
    refuse(TWO_FACTORS);
    stepUps.expectOne({ acrValues: ['2fa'] });
  });

  it('replays only once without a prompt, even when each token differs', async () => {
    stepUps.signIn({ subject: 'alice', acr: 'phr', authTime: NOW }, 'first');
    send();
    stepUps.signIn({ subject: 'alice', acr: 'phr', authTime: NOW }, 'second');
    refuse(TWO_FACTORS);
    const replay = server.expectOne(`${API}/messages`);
    stepUps.signIn({ subject: 'alice', acr: 'phr', authTime: NOW }, 'third');
    replay.flush(null, {
      status: 401,
      statusText: 'Unauthorized',
      headers: { 'WWW-Authenticate': TWO_FACTORS },
    });

    stepUps.expectOne();
  });

  it('frees all that wait at once on cancel(), whatever the handler does', () => {
    const results = [send(`${API}/a`), send(`${API}/b`)];
    refuse(TWO_FACTORS, `${API}/a`);
    refuse(TWO_FACTORS, `${API}/b`);
    const asked = stepUps.expectOne();
    stepUp.cancel();

    expect(results.map(({ error }) => (error as StepUpError).code)).toEqual([
      'ERR_STEPUP_CANCELLED',
      'ERR_STEPUP_CANCELLED',
    ]);
    expect(asked.context.signal.aborted).toBe(true);
    expect(stepUp.transaction()).toBeUndefined();
    expect(stepUp.error()).toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
    expect(() => asked.context.verify({ subject: 'alice', acr: '2fa' })).toThrow(
      expect.objectContaining({ code: 'ERR_STEPUP_CANCELLED' }),
    );
  });

  it('does not let a cancelled step-up end a later one', async () => {
    send(`${API}/a`);
    refuse(TWO_FACTORS, `${API}/a`);
    const first = stepUps.expectOne();
    stepUp.cancel();
    const result = send(`${API}/b`);
    refuse(TWO_FACTORS, `${API}/b`);
    await first.end('completed');

    expect(result.error).toBeUndefined();
    await stepUps.expectOne().complete();
    tokenOf(`${API}/b`);
    expect(result.values).toEqual(['yes']);
  });

  it('keeps the step-up for the others when one that waits gives up', async () => {
    const starter = send(`${API}/a`);
    const waiter = send(`${API}/b`);
    refuse(TWO_FACTORS, `${API}/a`);
    refuse(TWO_FACTORS, `${API}/b`);
    starter.unsubscribe();
    await stepUps.expectOne().complete();

    server.expectNone(`${API}/a`);
    tokenOf(`${API}/b`);
    expect(waiter.values).toEqual(['yes']);
  });

  it('leaves requests pending after a redirect', async () => {
    const results = [send(`${API}/a`), send(`${API}/b`)];
    refuse(TWO_FACTORS, `${API}/a`);
    await stepUps.expectOne().redirect();
    refuse(TWO_FACTORS, `${API}/b`);

    expect(stepUp.transaction()?.phase).toBe('redirecting');
    expect(results.map(({ error, values }) => [error, values])).toEqual([
      [undefined, []],
      [undefined, []],
    ]);
    stepUps.expectNone();
  });

  it('frees them when the browser brings the page back from its cache', async () => {
    const result = send();
    refuse(TWO_FACTORS);
    await stepUps.expectOne().redirect();
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));

    expect(result.error).toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
  });

  it('answers the challenge of a user who is not signed in, for any user', async () => {
    stepUps.signOut();
    const result = send();
    refuse(TWO_FACTORS);
    await stepUps.expectOne().complete({ subject: 'bob' });
    tokenOf();
    expect(result.values).toEqual(['yes']);
  });

  it('asks for nothing, and sends nothing again, once another user has signed in', () => {
    const result = send(undefined, 'POST');
    stepUps.signIn({ subject: 'bob', acr: '2fa' }, 'of bob');
    refuse(TWO_FACTORS);

    stepUps.expectNone();
    server.expectNone(`${API}/messages`);
    expect(result.error).toMatchObject({
      code: 'ERR_STEPUP_DENIED',
      response: expect.objectContaining({ status: 401 }),
    });
  });

  it('sends nothing again when another user signed in in the tab that it waited for', async () => {
    jest.useFakeTimers();
    try {
      localStorage.setItem('stepup.turn', String(Date.now() + 60_000));
      const result = send(undefined, 'POST');
      refuse(TWO_FACTORS);
      localStorage.clear();
      stepUps.signIn({ subject: 'bob', acr: '2fa' }, 'of bob');
      await jest.advanceTimersByTimeAsync(1000);

      server.expectNone(`${API}/messages`);
      expect(result.error).toMatchObject({ code: 'ERR_STEPUP_DENIED' });
    } finally {
      jest.useRealTimers();
    }
  });

  it('gives each subscription of a request its own step-ups', async () => {
    const request = http.get(`${API}/messages`);
    for (const _ of [1, 2]) {
      const values: unknown[] = [];
      request.subscribe((value) => values.push(value));
      stepUps.signIn({ subject: 'alice', acr: '1fa' });
      refuse(TWO_FACTORS);
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      await stepUps.expectOne().complete();
      tokenOf();
      expect(values).toEqual(['yes']);
    }
  });
});

describe('stepUpInterceptor, verifying what a step-up led to', () => {
  beforeEach(() => setUp());

  it.each([
    ['a weaker acr', { acr: '1fa' }],
    ['no acr', { acr: undefined }],
    ['an old authentication', { authTime: NOW - 306 }],
    ['no auth_time', { authTime: undefined }],
    ['an auth_time in the future', { authTime: NOW + 6 }],
  ])('refuses %s', async (_what, authentication) => {
    const result = send();
    refuse(PHISHING_RESISTANT);
    await stepUps.expectOne().complete(authentication, 'new');

    expect(result.error).toMatchObject({
      code: 'ERR_STEPUP_UNMET',
      authentication: expect.anything(),
      response: expect.objectContaining({ status: 401 }),
    });
    expect(stepUps.accessToken()).toBe('old');
  });

  it('accepts a higher tier, and an auth_time within the tolerance', async () => {
    const result = send();
    refuse(challenge('acr_values="2fa", max_age=0'));
    await stepUps.expectOne().complete({ acr: 'phr', authTime: NOW - 5 });
    tokenOf();
    expect(result.values).toEqual(['yes']);
  });

  it('refuses another user, and keeps the old session', async () => {
    const result = send();
    refuse(TWO_FACTORS);
    await stepUps.expectOne().complete({ subject: 'mallory' });

    expect(result.error).toMatchObject({ code: 'ERR_STEPUP_DENIED' });
    expect(stepUp.authentication()).toMatchObject({ subject: 'alice', acr: '1fa' });
    expect(stepUps.accessToken()).toBe('old');
  });

  it('does not believe a handler that stored without asking', async () => {
    const result = send();
    refuse(TWO_FACTORS);
    await stepUps.expectOne().end('completed');

    expect(result.error).toMatchObject({ code: 'ERR_STEPUP_UNMET' });
  });
});

describe('stepUpInterceptor with a refusal redirected from elsewhere', () => {
  it('passes it on', () => {
    const elsewhere = new HttpErrorResponse({
      status: 401,
      url: 'https://evil.example/',
      headers: new HttpErrorResponse({}).headers.set('WWW-Authenticate', TWO_FACTORS),
    });
    setUp([], [() => throwError(() => elsewhere)]);
    const result = send();
    expect(result.error).toBe(elsewhere);
    stepUps.expectNone();
  });
});

describe('stepUpInterceptor with a refusal that another interceptor made', () => {
  it('answers one without a URL: it was not redirected', () => {
    const refusal = new HttpErrorResponse({
      status: 401,
      headers: new HttpErrorResponse({}).headers.set('WWW-Authenticate', TWO_FACTORS),
    });
    setUp([], [() => throwError(() => refusal)]);
    send();
    stepUps.expectOne({ acrValues: ['2fa'] });
  });
});

describe('stepUpInterceptor on a server', () => {
  it('passes everything through', () => {
    setUp([{ provide: PLATFORM_ID, useValue: 'server' }]);
    const result = send();
    const request = server.expectOne(`${API}/messages`);
    expect(request.request.headers.has('Authorization')).toBe(false);
    request.flush(null, {
      status: 401,
      statusText: 'Unauthorized',
      headers: { 'WWW-Authenticate': TWO_FACTORS },
    });
    expect(result.error).toBeInstanceOf(HttpErrorResponse);
    stepUps.expectNone();
    expect(stepUp.authentication()).toBeUndefined();
  });
});

describe('stepUpInterceptor on a 401 without a header that it may read', () => {
  it('explains once for each API of another origin how to expose it', () => {
    setUp();
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    try {
      send('/api/x');
      refuse(undefined, '/api/x');
      expect(warn).not.toHaveBeenCalled();
      for (const url of [`${API}/a`, `${API}/b`]) {
        send(url);
        refuse(undefined, url);
      }
      expect(warn).toHaveBeenCalledTimes(1);
      expect(warn).toHaveBeenCalledWith(
        expect.stringContaining("exposedHeaders: ['WWW-Authenticate']"),
      );
    } finally {
      warn.mockRestore();
    }
  });
});

describe('stepUpInterceptor on a step-up challenge of an API that is not named', () => {
  it('explains once where to name it, and passes it on', () => {
    setUp();
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    try {
      for (const url of ['https://other.example/a', 'https://other.example/a']) {
        const result = send(url);
        refuse(TWO_FACTORS, url);
        expect(result.error).toMatchObject({ status: 401 });
      }
      expect(warn).toHaveBeenCalledTimes(1);
      expect(warn).toHaveBeenCalledWith(
        expect.stringMatching(/https:\/\/other\.example\/a .* name that API in withApis\(\)/),
      );
    } finally {
      warn.mockRestore();
    }
  });
});

async function stepUpByRedirect(header: string, acr: string): Promise<void> {
  send();
  refuse(header);
  await stepUps.expectOne().redirect();
  TestBed.resetTestingModule();
  setUp();
  stepUps.signIn({ subject: 'alice', acr, authTime: clock.now });
  expect(TestBed.inject(StepUpReturns).find()?.complete()).toBe('/');
  expect(stepUp.error()).toBeUndefined();
}

describe('stepUpInterceptor over reloads', () => {
  beforeEach(() => setUp());

  it('is unmet after two redirects for the same requirement, whatever the ID token says', async () => {
    await stepUpByRedirect(TWO_FACTORS, '2fa');
    await stepUpByRedirect(TWO_FACTORS, '2fa');
    const result = send();
    refuse(TWO_FACTORS);
    await Promise.resolve();

    expect(result.error).toMatchObject({
      code: 'ERR_STEPUP_UNMET',
      requirement: { acrValues: ['2fa'] },
    });
    stepUps.expectNone();
  });

  it('is unmet after eight redirects when the API thinks of another requirement each time', async () => {
    for (const maxAge of [1, 2, 3, 4, 5, 6, 7, 8]) {
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      await stepUpByRedirect(challenge(`max_age=${maxAge}`), '2fa');
    }
    const result = send();
    refuse(challenge('max_age=9'));
    await Promise.resolve();

    expect(result.error).toMatchObject({ code: 'ERR_STEPUP_UNMET' });
    stepUps.expectNone();
  });

  it('forgets the redirects when the request goes through', async () => {
    for (let round = 0; round < 4; round += 1) {
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      await stepUpByRedirect(TWO_FACTORS, '2fa');
      send();
      tokenOf();
    }
  });

  it('forgets them also for a caller that stops listening at the first value', async () => {
    await stepUpByRedirect(TWO_FACTORS, '2fa');
    await stepUpByRedirect(TWO_FACTORS, '2fa');
    const value = firstValueFrom(http.get(`${API}/messages`));
    tokenOf();
    await value;
    await stepUpByRedirect(TWO_FACTORS, '2fa');
  });

  it('finds the step-up again when a like request went through while the page was left', async () => {
    send(`${API}/messages?id=1`);
    send(`${API}/messages?id=2`);
    refuse(TWO_FACTORS, `${API}/messages?id=2`);
    await stepUps.expectOne().redirect();
    tokenOf(`${API}/messages?id=1`);
    TestBed.resetTestingModule();
    setUp();

    expect(TestBed.inject(StepUpReturns).find()).toMatchObject({
      requirement: { acrValues: ['2fa'] },
    });
  });

  it('is unmet after eight redirects when two requests refuse what the other one needs', async () => {
    const result = { redirects: 0, error: undefined as unknown };
    while (result.error === undefined && result.redirects < 20) {
      const [url, other] = result.redirects % 2 ? ['a', 'b'] : ['b', 'a'];
      send(`${API}/${url}`);
      tokenOf(`${API}/${url}`);
      const refused = send(`${API}/${other}`);
      refuse(challenge(`acr_values="${other}"`), `${API}/${other}`);
      // oxlint-disable no-await-in-loop -- One after the other is the point.
      await Promise.resolve();
      result.error = refused.error;
      if (refused.error) break;
      await stepUps.expectOne().redirect();
      // oxlint-enable no-await-in-loop
      result.redirects += 1;
      TestBed.resetTestingModule();
      setUp();
      stepUps.signIn({ subject: 'alice', acr: other ?? '' });
      TestBed.inject(StepUpReturns).find()?.complete();
    }

    expect(result).toMatchObject({ redirects: 8, error: { code: 'ERR_STEPUP_UNMET' } });
  });

  it('counts anew from a click of the end-user, which is no loop', async () => {
    for (let round = 0; round < 2; round += 1) {
      send();
      refuse(TWO_FACTORS);
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      await stepUps.expectOne().redirect();
      TestBed.resetTestingModule();
      setUp();
      TestBed.inject(StepUpReturns).find()?.fail(new Error('cancelled'));
    }
    const userActivation = { isActive: true, hasBeenActive: true };
    Object.assign(window.navigator, { userActivation });
    try {
      await stepUpByRedirect(TWO_FACTORS, '2fa');
      userActivation.isActive = false;
      await stepUpByRedirect(TWO_FACTORS, '2fa');
      const result = send();
      refuse(TWO_FACTORS);
      await Promise.resolve();
      expect(result.error).toMatchObject({ code: 'ERR_STEPUP_UNMET' });
    } finally {
      Reflect.deleteProperty(window.navigator, 'userActivation');
    }
  });

  it('keeps them when another request goes through', async () => {
    await stepUpByRedirect(TWO_FACTORS, '2fa');
    await stepUpByRedirect(TWO_FACTORS, '2fa');
    send(`${API}/me`);
    tokenOf(`${API}/me`);
    const result = send();
    refuse(TWO_FACTORS);
    await Promise.resolve();

    expect(result.error).toMatchObject({ code: 'ERR_STEPUP_UNMET' });
  });

  it('forgets them after ten minutes', async () => {
    await stepUpByRedirect(TWO_FACTORS, '2fa');
    await stepUpByRedirect(TWO_FACTORS, '2fa');
    clock.now += 601;
    send();
    refuse(TWO_FACTORS);
    stepUps.expectOne();
  });

  it('does not count step-ups that stay in the page', async () => {
    for (let round = 0; round < 4; round += 1) {
      send();
      refuse(TWO_FACTORS);
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      await stepUps.expectOne().cancel();
    }
  });

  it('does not leave the page when it cannot count', async () => {
    const setItem = jest.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    const result = send();
    refuse(TWO_FACTORS);
    await new Promise((resolve) => setTimeout(resolve));
    setItem.mockRestore();

    expect(result.error).toMatchObject({ code: 'ERR_STEPUP_FAILED' });
    stepUps.expectNone();
  });
});
