import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { Injectable, InjectionToken, inject, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type Authentication,
  type AuthenticationRequirement,
  StepUp,
  type StepUpContext,
  StepUpError,
  StepUpHandler,
  type StepUpOutcome,
  type StepUpProgress,
  defineHandlerFeature,
  provideStepUp,
  stepUpInterceptor,
  withApis,
  withChoice,
  withHandler,
} from 'angular-stepup';
import { defineAcrRanking } from 'stepup-core';

import type { StepUpDialogOptions } from './dialog-step-up-handler';
import { DialogPage } from './dialog-page';
import { withDialog } from './with-dialog';

const PHR: AuthenticationRequirement = { acrValues: ['phr'] };

const page = new DialogPage();

beforeAll(async () => {
  await import('./open-step-up-dialog');
});

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
});

afterEach(() => {
  TestBed.resetTestingModule();
});

/** A handler that opens a popup, as it were: it says nothing of how it goes on. */
@Injectable()
class PopupHandler extends StepUpHandler {
  override readonly authentication = signal<Authentication | undefined>({ subject: 'alice' });
  readonly contexts: StepUpContext[] = [];
  end!: (outcome: StepUpOutcome) => void;
  fail!: (error: unknown) => void;

  override accessToken(): string {
    return 'token-of-the-inner';
  }

  override stepUp(_: AuthenticationRequirement, context: StepUpContext): Promise<StepUpOutcome> {
    this.contexts.push(context);
    return new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
  }

  get context(): StepUpContext {
    const context = this.contexts.at(-1);
    if (!context) throw new Error('It was not asked');
    return context;
  }

  /** As a handler does when the end-user has authenticated. */
  succeed(authentication: Authentication): void {
    try {
      this.context.verify(authentication);
      this.authentication.set(authentication);
      this.end('completed');
    } catch (error) {
      this.fail(error);
    }
  }
}

@Injectable()
class PhoneHandler extends PopupHandler {
  override readonly progress = signal<StepUpProgress | undefined>(undefined);
}

function load<Handler extends PopupHandler>(
  handler: new () => Handler,
  options?: StepUpDialogOptions,
): { readonly stepUp: StepUp; readonly inner: Handler } {
  TestBed.configureTestingModule({
    providers: [
      provideRouter([]),
      provideHttpClient(withInterceptors([stepUpInterceptor])),
      provideHttpClientTesting(),
      provideStepUp(withApis('/api'), withDialog(withHandler(handler), options)),
    ],
  });
  return { stepUp: TestBed.inject(StepUp), inner: TestBed.inject(handler) };
}

const satisfy = (stepUp: StepUp, requirement = PHR): Promise<void> => {
  const done = stepUp.satisfy(requirement);
  done.catch(() => undefined);
  return done;
};

describe('withDialog()', () => {
  it('keeps the name, the ranking and the providers of the handler', async () => {
    const TOKEN = new InjectionToken<string>('TOKEN');
    const ranked = defineHandlerFeature(
      {
        name: 'ranked',
        create: () => {
          expect(inject(TOKEN)).toBe('provided');
          return inject(PopupHandler);
        },
        acrRanking: defineAcrRanking(['pwd', 'mfa', 'phr']),
      },
      [PopupHandler, { provide: TOKEN, useValue: 'provided' }],
    );
    TestBed.configureTestingModule({
      providers: [
        provideRouter([]),
        provideStepUp(
          withApis('/api'),
          withDialog(ranked),
          withHandler(PhoneHandler, 'other'),
          withChoice(() => 'ranked'),
        ),
      ],
    });
    const stepUp = TestBed.inject(StepUp);
    TestBed.inject(PopupHandler).authentication.set({ subject: 'alice', acr: 'phr' });
    await stepUp.satisfy({ acrValues: ['mfa'] });
    void satisfy(stepUp, { maxAge: 60 });
    await page.settle();
    expect(stepUp.transaction()?.handler).toBe('ranked');
    expect(page.dialogs).toHaveLength(1);
  });

  it('refuses a handler that has a dialog: the inner one would wait for the outer one', () => {
    expect(() => withDialog(withDialog(withHandler(PopupHandler)))).toThrow(
      expect.objectContaining({ code: 'ERR_STEPUP_CONFIGURATION' }),
    );
  });

  it('leaves authentication, access token and progress to the handler', () => {
    const phone = new PhoneHandler();
    const feature = withDialog(defineHandlerFeature({ name: 'phone', create: () => phone }));
    const handler = TestBed.runInInjectionContext(() => feature.ɵvalue.create());
    expect(handler.authentication()).toEqual({ subject: 'alice' });
    expect(handler.accessToken()).toBe('token-of-the-inner');
    expect(handler.progress).toBe(phone.progress);
  });

  it('asks first, and steps up within the click', async () => {
    const { stepUp, inner } = load(PopupHandler);
    const done = satisfy(stepUp);
    await page.settle();
    expect(inner.contexts).toHaveLength(0);
    expect(page.text).toContain('This needs a stronger sign-in.');
    page.button('Continue').click();
    expect(inner.contexts).toHaveLength(1);
    inner.succeed({ subject: 'alice', acr: 'phr' });
    await done;
    await page.settle();
    expect(page.dialogs).toHaveLength(0);
    expect(stepUp.authentication()).toEqual({ subject: 'alice', acr: 'phr' });
  });

  it('starts at once with a handler that shows its progress', async () => {
    const { stepUp, inner } = load(PhoneHandler);
    void satisfy(stepUp);
    await page.settle();
    expect(inner.contexts).toHaveLength(1);
    inner.progress.set({ status: 'pending', phase: 'approving', bindingMessage: 'AB12-CD34' });
    await page.settle();
    expect(page.text).toContain('AB12-CD34');
  });

  it.each([
    [PhoneHandler, true, 0],
    [PopupHandler, false, 1],
    [PopupHandler, ({ maxAge }: AuthenticationRequirement) => maxAge === 0, 1],
    [PhoneHandler, ({ acrValues }: AuthenticationRequirement) => !!acrValues, 0],
  ])('lets the app decide: %p, askFirst %p', async (handler, askFirst, runs) => {
    const { stepUp, inner } = load<PopupHandler>(handler, { askFirst });
    void satisfy(stepUp);
    await page.settle();
    expect(inner.contexts).toHaveLength(runs);
  });

  it("gives the app's reason and texts", async () => {
    const reason = jest.fn<NonNullable<StepUpDialogOptions['reason']>>(() => 'For your safety.');
    const { stepUp } = load(PopupHandler, { reason, texts: { continueButton: 'Go on' } });
    void satisfy(stepUp);
    await page.settle();
    expect(reason).toHaveBeenCalledWith(PHR, undefined);
    expect(page.text).toContain('For your safety.');
    expect(page.buttons).toEqual(['Go on', 'Cancel']);
  });

  it("hands the challenge to the app's reason", () => {
    const reason = jest.fn<NonNullable<StepUpDialogOptions['reason']>>();
    const feature = withDialog(
      defineHandlerFeature({ name: 'popup', create: () => new PopupHandler() }),
      { reason },
    );
    const handler = TestBed.runInInjectionContext(() => feature.ɵvalue.create());
    const challenge = { scheme: 'bearer', acrValues: ['phr'] } as const;
    void handler
      .stepUp(PHR, { returnUrl: '/', challenge, signal: AbortSignal.abort(), verify: () => {} })
      .catch(() => undefined);
    expect(reason).toHaveBeenCalledWith(PHR, challenge);
  });

  it('hands the handler what it needs to come back', async () => {
    const { stepUp, inner } = load(PhoneHandler);
    stepUp.satisfy(PHR, { returnUrl: '/profile' }).catch(() => undefined);
    await page.settle();
    expect(inner.context.returnUrl).toBe('/profile');
  });

  it('cancels the step-up for all who wait', async () => {
    const { stepUp, inner } = load(PhoneHandler);
    const all = [satisfy(stepUp), satisfy(stepUp)];
    await page.settle();
    await page.press('Escape');
    expect(inner.context.signal.aborted).toBe(true);
    for (const done of all) {
      // oxlint-disable-next-line no-await-in-loop -- Both are settled.
      await expect(done).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED', requirement: PHR });
    }
    expect(stepUp.error()?.code).toBe('ERR_STEPUP_CANCELLED');
    expect(stepUp.transaction()).toBeUndefined();
  });

  it('closes when the app cancels the step-up', async () => {
    const { stepUp, inner } = load(PhoneHandler);
    void satisfy(stepUp);
    await page.settle();
    stepUp.cancel();
    await page.settle();
    expect(page.dialogs).toHaveLength(0);
    expect(inner.context.signal.aborted).toBe(true);
  });

  it('lets no cancelled try store its tokens, also while another step-up is under way', async () => {
    const { stepUp, inner } = load(PhoneHandler);
    void satisfy(stepUp);
    await page.settle();
    const { context } = inner;
    await page.click('Cancel');
    void satisfy(stepUp);
    await page.settle();
    expect(() => context.verify({ subject: 'alice', acr: 'phr' })).toThrow(
      expect.objectContaining({ code: 'ERR_STEPUP_CANCELLED' }),
    );
  });

  it('shows that the new authentication is not enough, and rejects with that error', async () => {
    const { stepUp, inner } = load(PhoneHandler);
    const done = satisfy(stepUp);
    await page.settle();
    inner.succeed({ subject: 'alice', acr: 'pwd' });
    await page.settle();
    expect(page.text).toContain('not enough');
    expect(inner.authentication()).toEqual({ subject: 'alice' });
    await page.click('Close');
    await expect(done).rejects.toMatchObject({ code: 'ERR_STEPUP_UNMET' });
  });

  it('is one step-up to the app, however often the end-user tries again', async () => {
    const { stepUp, inner } = load(PhoneHandler);
    const done = satisfy(stepUp);
    for (let tries = 0; tries < 3; tries += 1) {
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      await page.settle();
      inner.fail(new StepUpError('ERR_STEPUP_EXPIRED', 'expired'));
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      await page.settle();
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      await page.click('Try again');
    }
    inner.succeed({ subject: 'alice', acr: 'phr' });
    await done;
    expect(stepUp.error()).toBeUndefined();
  });

  it('shows that the page is being left, and frees all who wait when the end-user stays', async () => {
    const { stepUp, inner } = load(PopupHandler);
    const done = satisfy(stepUp);
    await page.settle();
    await page.click('Continue');
    inner.end('redirecting');
    await page.settle();
    expect(stepUp.transaction()?.phase).toBe('redirecting');
    expect(page.text).toContain('You are being taken to sign in');
    await page.click('Cancel');
    await expect(done).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
    expect(page.dialogs).toHaveLength(0);
    expect(stepUp.transaction()).toBeUndefined();
  });

  it('leaves alone the step-up that an app begins as soon as it hears of the end', async () => {
    const { stepUp, inner } = load(PopupHandler, { askFirst: false });
    let second: Promise<void> | undefined;
    TestBed.inject(HttpClient)
      .get('/api/transfers')
      .subscribe({ error: () => (second = satisfy(stepUp)) });
    TestBed.inject(HttpTestingController)
      .expectOne('/api/transfers')
      .flush(null, {
        status: 401,
        statusText: 'Unauthorized',
        headers: {
          'WWW-Authenticate':
            'Bearer error="insufficient_user_authentication", acr_values="phr", max_age=60',
        },
      });
    await page.settle();
    inner.end('redirecting');
    await page.settle();
    stepUp.cancel();
    await page.settle();
    inner.succeed({ subject: 'alice', acr: 'phr' });
    await expect(second).resolves.toBeUndefined();
  });

  it('closes when the end-user comes back to the page by the back button', async () => {
    const { stepUp, inner } = load(PopupHandler, { askFirst: false });
    void satisfy(stepUp);
    await page.settle();
    inner.end('redirecting');
    await page.settle();
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    await page.settle();
    expect(page.dialogs).toHaveLength(0);
  });
});
