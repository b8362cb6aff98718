import { TestBed } from '@angular/core/testing';
import { PLATFORM_ID } from '@angular/core';
import { Router, provideRouter } from '@angular/router';
import { STEP_UP_CLOCK, StepUp, StepUpReturns, withApis } from 'angular-stepup';
import { StepUpTestingController, provideStepUpTesting } from 'angular-stepup/testing';

const NOW = 1_800_000_000;
const PHR = { acrValues: ['phr'] };

let now = NOW;
let stepUp: StepUp;
let stepUps: StepUpTestingController;

/** As a page load: what is in the browser's storage stays. */
function load(providers: readonly unknown[] = []): void {
  TestBed.resetTestingModule();
  TestBed.configureTestingModule({
    providers: [
      provideStepUpTesting(withApis('/api')),
      provideRouter([{ path: '**', children: [] }]),
      { provide: STEP_UP_CLOCK, useValue: () => now },
      ...(providers as []),
    ],
  });
  stepUp = TestBed.inject(StepUp);
  stepUps = TestBed.inject(StepUpTestingController);
  stepUps.signIn({ subject: 'alice', acr: 'pwd', authTime: NOW - 100 }, 'old');
}

beforeEach(() => {
  now = NOW;
  sessionStorage.clear();
  localStorage.clear();
  load();
});

describe('StepUp.satisfy()', () => {
  it('does nothing when the ID token satisfies the requirement', async () => {
    await stepUp.satisfy({ acrValues: ['pwd'], maxAge: 100 });
    stepUps.expectNone();
  });

  it('steps up otherwise, and resolves afterwards', async () => {
    const done = stepUp.satisfy({ maxAge: 60 });
    await stepUps.expectOne({ maxAge: 60 }).complete();
    await done;
    expect(stepUp.authentication()).toMatchObject({ authTime: NOW });
  });

  it('signs in a user who is not signed in, whoever it is', async () => {
    stepUps.signOut();
    const done = stepUp.satisfy(PHR);
    await stepUps.expectOne(PHR).complete({ subject: 'bob' });
    await done;
    expect(stepUp.authentication()?.subject).toBe('bob');
  });

  it('shares one prompt between callers with the same requirement', async () => {
    const all = Promise.all([stepUp.satisfy(PHR), stepUp.satisfy(PHR), stepUp.satisfy(PHR)]);
    await stepUps.expectOne().complete();
    await all;
    stepUps.expectNone();
  });

  it('prompts one after the other for different requirements', async () => {
    const all = Promise.all([stepUp.satisfy(PHR), stepUp.satisfy({ acrValues: ['other'] })]);
    await stepUps.expectOne(PHR).complete();
    await stepUps.expectOne({ acrValues: ['other'] }).complete();
    await all;
  });

  it('rejects when the handler rejects without a reason', async () => {
    const rejection = expect(stepUp.satisfy(PHR)).rejects.toMatchObject({
      code: 'ERR_STEPUP_FAILED',
    });
    await stepUps.expectOne().fail(undefined);
    await rejection;
  });

  it('rejects for all that wait, with the same error', async () => {
    const calls = [stepUp.satisfy(PHR), stepUp.satisfy({ maxAge: 1 })];
    const all = Promise.allSettled(calls);
    await stepUps.expectOne().deny();
    const [one, other] = await all;

    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'ERR_STEPUP_DENIED' } });
    expect(other).toEqual(one);
    expect(stepUp.error()).toMatchObject({ code: 'ERR_STEPUP_DENIED' });
  });

  it('shows no error any more when the next step-up begins', async () => {
    const denied = stepUp.satisfy(PHR);
    const rejection = expect(denied).rejects.toMatchObject({ code: 'ERR_STEPUP_DENIED' });
    await stepUps.expectOne().deny();
    await rejection;
    void stepUp.satisfy(PHR);
    expect(stepUp.error()).toBeUndefined();
  });

  it('rejects at once on cancel()', async () => {
    const done = expect(stepUp.satisfy(PHR)).rejects.toMatchObject({
      code: 'ERR_STEPUP_CANCELLED',
    });
    stepUp.cancel();
    await done;
    stepUps.expectNone();
  });

  it('stays pending after a redirect', async () => {
    let settled = false;
    void stepUp.satisfy(PHR).finally(() => (settled = true));
    await stepUps.expectOne().redirect();
    expect(settled).toBe(false);
  });

  it.each([{}, { acrValues: [] }, { maxAge: -1 }, { maxAge: 1.5 }, { acrValues: ['a b'] }])(
    'refuses the requirement %j',
    async (requirement) => {
      await expect(stepUp.satisfy(requirement)).rejects.toThrow(RangeError);
    },
  );

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'transfer', ''])(
    'comes back to the current page rather than to %j',
    async (returnUrl) => {
      await leave(returnUrl);
      expect(TestBed.inject(StepUpReturns).find()).toMatchObject({
        returnUrl: '/transfer?to=bob',
      });
    },
  );

  it('prompts nobody on a server', async () => {
    load([{ provide: PLATFORM_ID, useValue: 'server' }]);
    await expect(stepUp.satisfy(PHR)).rejects.toMatchObject({ code: 'ERR_STEPUP_FAILED' });
    stepUps.expectNone();
  });
});

async function leave(returnUrl?: string): Promise<void> {
  await TestBed.inject(Router).navigateByUrl('/transfer?to=bob');
  void stepUp.satisfy(PHR, returnUrl === undefined ? {} : { returnUrl });
  await stepUps.expectOne().redirect();
  load();
}

describe('StepUpReturns.find()', () => {
  it('is undefined when the page was not left for a step-up', async () => {
    expect(TestBed.inject(StepUpReturns).find()).toBeUndefined();
    const done = stepUp.satisfy(PHR);
    await stepUps.expectOne().complete();
    await done;
    expect(TestBed.inject(StepUpReturns).find()).toBeUndefined();
  });

  it('finds the requirement and the URL that the user wanted', async () => {
    await leave();
    expect(TestBed.inject(StepUpReturns).find()).toMatchObject({
      requirement: PHR,
      returnUrl: '/transfer?to=bob',
    });
    await leave('/done');
    expect(TestBed.inject(StepUpReturns).find()).toMatchObject({ returnUrl: '/done' });
  });

  it('ends once, with the URL to go to', async () => {
    await leave('/done');
    const returned = TestBed.inject(StepUpReturns).find();
    returned?.verify({ subject: 'alice', acr: 'phr' });
    stepUps.signIn({ subject: 'alice', acr: 'phr' });

    expect(returned?.complete()).toBe('/done');
    expect(stepUp.error()).toBeUndefined();
    expect(TestBed.inject(StepUpReturns).find()).toBeUndefined();
  });

  it('goes back to where the user came from after a failure, and says why', async () => {
    await leave('/done');
    const cause = new Error('broken');

    expect(TestBed.inject(StepUpReturns).find()?.fail(cause)).toBe('/transfer?to=bob');
    expect(stepUp.error()).toMatchObject({ code: 'ERR_STEPUP_FAILED', cause, requirement: PHR });
    expect(TestBed.inject(StepUpReturns).find()).toBeUndefined();
  });

  it('refuses another user, and a weaker authentication', async () => {
    await leave();
    const returned = TestBed.inject(StepUpReturns).find();
    expect(() => returned?.verify({ subject: 'mallory', acr: 'phr' })).toThrow(
      expect.objectContaining({ code: 'ERR_STEPUP_DENIED' }),
    );
    expect(() => returned?.verify({ subject: 'alice', acr: 'pwd' })).toThrow(
      expect.objectContaining({ code: 'ERR_STEPUP_UNMET' }),
    );
  });

  it('refuses another user also when the old session has ended meanwhile', async () => {
    await leave();
    stepUps.signOut();
    expect(() =>
      TestBed.inject(StepUpReturns).find()?.verify({ subject: 'mallory', acr: 'phr' }),
    ).toThrow(expect.objectContaining({ code: 'ERR_STEPUP_DENIED' }));
  });

  it('does not believe a handler that stored without asking', async () => {
    await leave('/done');
    expect(TestBed.inject(StepUpReturns).find()?.complete()).toBe('/transfer?to=bob');
    expect(stepUp.error()).toMatchObject({ code: 'ERR_STEPUP_UNMET' });
  });

  it('is forgotten after ten minutes', async () => {
    await leave();
    now += 600;
    expect(TestBed.inject(StepUpReturns).find()).toBeDefined();
    now += 1;
    expect(TestBed.inject(StepUpReturns).find()).toBeUndefined();
  });

  it.each([
    'not json',
    '{}',
    'null',
    '[null]',
    '[{"at":1}]',
    `[{"at":${NOW}}]`,
    ...[
      { requirement: PHR, returnUrl: '//evil.example', fromUrl: '/' },
      { requirement: PHR, returnUrl: '/', fromUrl: 'https://evil.example' },
      { requirement: {}, returnUrl: '/', fromUrl: '/' },
      { requirement: null, returnUrl: '/', fromUrl: '/' },
    ].map((left) => JSON.stringify([{ at: NOW, ...left }])),
  ])('reads nothing into %s', async (stored) => {
    await leave();
    for (const item of Object.keys(sessionStorage)) sessionStorage.setItem(item, stored);
    expect(TestBed.inject(StepUpReturns).find()).toBeUndefined();
  });

  it('keeps no token and nothing else of the session but its subject', async () => {
    await leave();
    const stored = JSON.stringify([sessionStorage, localStorage]);
    expect(stored).not.toContain('old');
    expect(stored).not.toContain('pwd');
  });
});
