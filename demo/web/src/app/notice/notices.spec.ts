import { HttpErrorResponse } from '@angular/common/http';
import { effect, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { NavigationStart, provideRouter, Router, withRouterConfig } from '@angular/router';
import { StepUpError, withApis } from 'angular-stepup';
import { provideStepUpTesting } from 'angular-stepup/testing';
import { Notices } from './notices';

const DENIED = new StepUpError('ERR_STEPUP_DENIED', 'Cannot step up as it was denied');

function setUp(): Notices {
  TestBed.configureTestingModule({
    providers: [
      provideRouter(
        [
          { path: '', pathMatch: 'full', children: [] },
          { path: 'closed', children: [], canActivate: [() => Promise.reject(DENIED)] },
        ],
        withRouterConfig({ resolveNavigationPromiseOnError: true }),
      ),
      provideStepUpTesting(withApis('https://api.example')),
    ],
  });
  return TestBed.inject(Notices);
}

describe('Notices', () => {
  it('keeps the way to retry when the same failure is told again without one', () => {
    const notices = setUp();
    let retries = 0;
    notices.show(DENIED, () => (retries += 1));
    notices.show(DENIED);
    notices.current()?.retry?.();
    expect(retries).toBe(1);
    expect(notices.current()).toBeUndefined();
  });

  it('retries at once all that failed alike', () => {
    const notices = setUp();
    const retried: string[] = [];
    for (const name of ['accounts', 'cards']) {
      notices.show(new HttpErrorResponse({ status: 0 }), () => retried.push(name));
    }
    notices.current()?.retry?.();
    expect(retried).toEqual(['accounts', 'cards']);
  });

  it('does not retry what the message before was about', () => {
    const notices = setUp();
    const retried: string[] = [];
    notices.show(DENIED, () => retried.push('transfer'));
    notices.show(new HttpErrorResponse({ status: 0 }), () => retried.push('accounts'));
    notices.current()?.retry?.();
    expect(retried).toEqual(['accounts']);
  });

  it('offers no retry where it cannot help', () => {
    const notices = setUp();
    notices.show(new HttpErrorResponse({ status: 422 }), () => undefined);
    expect(notices.current()?.retry).toBeUndefined();
  });

  it('does not run an effect again that tells about a failure', () => {
    const notices = setUp();
    const failure = signal(DENIED);
    let runs = 0;
    TestBed.runInInjectionContext(() => {
      effect(() => {
        runs += 1;
        notices.show(failure(), () => undefined);
      });
    });
    TestBed.tick();
    TestBed.tick();
    expect(runs).toBe(1);
  });

  it('tells why a page did not open, on a page that does, and opens it on retry', async () => {
    const notices = setUp();
    const router = TestBed.inject(Router);
    await router.navigateByUrl('/');
    await router.navigateByUrl('/closed');
    expect(router.url).toBe('/');
    expect(notices.current()).toMatchObject({ tone: 'problem', title: 'It was not confirmed' });

    const wanted: string[] = [];
    router.events.subscribe((event) => {
      if (event instanceof NavigationStart) wanted.push(event.url);
    });
    notices.current()?.retry?.();
    expect(wanted).toEqual(['/closed']);
  });

  it('goes when the page that it is about is left', async () => {
    const notices = setUp();
    const router = TestBed.inject(Router);
    await router.navigateByUrl('/');
    notices.tell('success', 'Done', 'All went well.');
    await router.navigateByUrl('/?other');
    expect(notices.current()).toBeUndefined();
  });
});
