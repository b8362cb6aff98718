import { Component, PLATFORM_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router, type Routes, provideRouter } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import {
  STEP_UP_CLOCK,
  StepUp,
  StepUpReturns,
  stepUpGuard,
  withAcrRanking,
  withApis,
} from 'angular-stepup';
import { StepUpTestingController, provideStepUpTesting } from 'angular-stepup/testing';
import { defineAcrRanking } from 'stepup-core';

const NOW = 1_800_000_000;

@Component({ template: '{{ text }}' })
class Page {
  readonly text = 'page';
}

const guarded = (path: string, data: Record<string, unknown>): Routes[number] => ({
  path,
  component: Page,
  canActivate: [stepUpGuard],
  data,
});

const routes: Routes = [
  { path: '', component: Page },
  guarded('profile', { stepUp: { acrValues: ['2fa'], maxAge: 300 } }),
  guarded('text', { stepUp: { acrValues: 'phr  2fa' } }),
  guarded('recent', { stepUp: { maxAge: 60 } }),
  guarded('okta', { okta: { acrValues: '2fa' } }),
  guarded('okta-list', { okta: { acrValues: ['2fa'] } }),
  guarded('both', { stepUp: { maxAge: 60 }, okta: { acrValues: '2fa' } }),
  guarded('nothing', {}),
  guarded('others', { okta: { forceLogin: true } }),
  guarded('empty', { stepUp: {} }),
  guarded('true', { stepUp: true }),
  guarded('null', { stepUp: null }),
  guarded('blank', { stepUp: { acrValues: '' } }),
  guarded('typo', { stepUp: { maxAge: 60, acrValue: ['2fa'] } }),
  guarded('negative', { stepUp: { maxAge: -1 } }),
  {
    path: 'parent',
    data: { stepUp: { acrValues: ['2fa'] } },
    children: [guarded('child', { stepUp: { maxAge: 60 } }), guarded('bare', {})],
  },
  {
    path: 'parent-of-stronger',
    data: { stepUp: { acrValues: ['2fa'] } },
    children: [guarded('child', { stepUp: { acrValues: ['phr'] } })],
  },
  {
    path: 'parent-of-unrelated',
    data: { stepUp: { acrValues: ['2fa'] } },
    children: [guarded('child', { stepUp: { acrValues: ['other'] } })],
  },
  {
    path: 'for-children',
    canActivateChild: [stepUpGuard],
    data: { stepUp: { acrValues: ['2fa'] } },
    children: [{ path: 'child', component: Page }],
  },
  {
    path: 'match',
    data: { stepUp: { maxAge: 60 } },
    children: [
      {
        path: ':id',
        component: Page,
        canMatch: [stepUpGuard],
        data: { stepUp: { acrValues: ['2fa'] } },
      },
    ],
  },
];

let stepUps: StepUpTestingController;
let stepUp: StepUp;
let router: Router;
let harness: RouterTestingHarness;

async function setUp(providers: readonly unknown[] = []): Promise<void> {
  TestBed.configureTestingModule({
    providers: [
      provideStepUpTesting(
        withApis('/api'),
        withAcrRanking(defineAcrRanking(['1fa', '2fa', 'phr'])),
      ),
      provideRouter(routes),
      { provide: STEP_UP_CLOCK, useValue: () => NOW },
      ...(providers as []),
    ],
  });
  stepUps = TestBed.inject(StepUpTestingController);
  stepUp = TestBed.inject(StepUp);
  router = TestBed.inject(Router);
  stepUps.signIn({ subject: 'alice', acr: '1fa', authTime: NOW - 100 });
  harness = await RouterTestingHarness.create('/');
}

/** Starts a navigation and lets it come as far as its guards. */
async function start(url: string): Promise<{ readonly navigation: Promise<boolean> }> {
  const navigation = router.navigateByUrl(url);
  navigation.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve));
  return { navigation };
}

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
});

describe('stepUpGuard', () => {
  beforeEach(() => setUp());

  it.each([
    ['/profile', { acrValues: ['2fa'], maxAge: 300 }],
    ['/text', { acrValues: ['phr', '2fa'] }],
    ['/recent', { maxAge: 60 }],
    ['/okta', { acrValues: ['2fa'] }],
    ['/okta-list', { acrValues: ['2fa'] }],
    ['/both', { acrValues: ['2fa'], maxAge: 60 }],
    ['/parent/child', { acrValues: ['2fa'], maxAge: 60 }],
    ['/parent/bare', { acrValues: ['2fa'] }],
    ['/parent-of-stronger/child', { acrValues: ['phr'] }],
    ['/for-children/child', { acrValues: ['2fa'] }],
    ['/match/7', { acrValues: ['2fa'], maxAge: 60 }],
  ])('opens %s after a step-up for what its data asks', async (url, requirement) => {
    const { navigation } = await start(`${url}?q=1#f`);
    expect(router.url).toBe('/');
    const asked = stepUps.expectOne(requirement);
    expect(asked.context.returnUrl).toBe(`${url}?q=1#f`);
    expect(asked.context.challenge).toBeUndefined();
    await asked.complete();

    expect(await navigation).toBe(true);
    expect(router.url).toBe(`${url}?q=1#f`);
  });

  it('opens at once when the ID token satisfies the requirement', async () => {
    stepUps.signIn({ subject: 'alice', acr: 'phr', authTime: NOW - 305 });
    await harness.navigateByUrl('/profile');
    expect(router.url).toBe('/profile');
    stepUps.expectNone();
  });

  it('signs in a user who is not signed in', async () => {
    stepUps.signOut();
    const { navigation } = await start('/profile');
    await stepUps.expectOne().complete({ subject: 'bob' });
    expect(await navigation).toBe(true);
  });

  it.each(['cancel', 'deny'] as const)('stays on the page after %s', async (end) => {
    const { navigation } = await start('/profile');
    await stepUps.expectOne()[end]();

    expect(await navigation).toBe(false);
    expect(router.url).toBe('/');
    expect(stepUp.error()?.code).toMatch(/^ERR_STEPUP_(CANCELLED|DENIED)$/);
  });

  it('stays on the page when another user signs in', async () => {
    const { navigation } = await start('/profile');
    await stepUps.expectOne().complete({ subject: 'mallory' });
    expect(await navigation).toBe(false);
    expect(stepUp.authentication()?.subject).toBe('alice');
  });

  it('throws any other failure', async () => {
    const { navigation } = await start('/profile');
    await stepUps.expectOne().complete({ acr: '1fa' });
    await expect(navigation).rejects.toMatchObject({ code: 'ERR_STEPUP_UNMET' });
    expect(stepUp.error()).toMatchObject({ code: 'ERR_STEPUP_UNMET' });
    expect(router.url).toBe('/');
  });

  it.each([
    '/nothing',
    '/others',
    '/empty',
    '/true',
    '/null',
    '/blank',
    '/typo',
    '/negative',
    '/parent-of-unrelated/child',
  ])('is a configuration error on %s', async (url) => {
    stepUps.signIn({ subject: 'alice', acr: 'phr', authTime: NOW });
    const { navigation } = await start(url);
    await expect(navigation).rejects.toMatchObject({ code: 'ERR_STEPUP_CONFIGURATION' });
    stepUps.expectNone();
  });

  it('keeps the return URL of each of two navigations', async () => {
    await start('/profile?n=1');
    const { navigation: second } = await start('/okta?n=2');
    expect(stepUps.expectOne().context.returnUrl).toBe('/profile?n=1');
    await stepUps.expectOne().complete({ acr: '2fa' });
    expect(await second).toBe(true);
    expect(router.url).toBe('/okta?n=2');
  });

  it('gives a navigation that has to step up after another its own return URL', async () => {
    await start('/okta?n=1');
    await start('/recent?n=2');
    await stepUps.expectOne({ acrValues: ['2fa'] }).complete({ authTime: NOW - 100 });
    expect(stepUps.expectOne({ maxAge: 60 }).context.returnUrl).toBe('/recent?n=2');
  });

  it('ends with an error after two redirects that failed, not with a loop', async () => {
    for (let redirect = 0; redirect < 2; redirect += 1) {
      // oxlint-disable no-await-in-loop -- One after the other is the point.
      await start('/profile');
      await stepUps.expectOne().redirect();
      TestBed.resetTestingModule();
      await setUp();
      // oxlint-enable no-await-in-loop
      expect(TestBed.inject(StepUpReturns).find()?.fail(new Error('broken'))).toBe('/');
      expect(stepUp.error()).toMatchObject({ code: 'ERR_STEPUP_FAILED' });
    }
    const { navigation } = await start('/profile');
    await expect(navigation).rejects.toMatchObject({ code: 'ERR_STEPUP_UNMET' });
    stepUps.expectNone();
  });

  it('forgets the redirects that led to success', async () => {
    for (let redirect = 0; redirect < 4; redirect += 1) {
      // oxlint-disable no-await-in-loop -- One after the other is the point.
      await start('/profile');
      await stepUps.expectOne().redirect();
      TestBed.resetTestingModule();
      await setUp();
      stepUps.signIn({ subject: 'alice', acr: '2fa', authTime: NOW });
      const url = TestBed.inject(StepUpReturns).find()?.complete() ?? '';
      expect(url).toBe('/profile');
      await harness.navigateByUrl(url);
      await harness.navigateByUrl('/');
      stepUps.signIn({ subject: 'alice', acr: '1fa', authTime: NOW });
      // oxlint-enable no-await-in-loop
    }
  });
});

describe('stepUpGuard on a server', () => {
  it('lets every route open', async () => {
    await setUp([{ provide: PLATFORM_ID, useValue: 'server' }]);
    await harness.navigateByUrl('/profile');
    expect(router.url).toBe('/profile');
    stepUps.expectNone();
  });
});
