import { NgZone, PLATFORM_ID, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { STEP_UP_CLOCK, StepUpError, type StepUpProgress } from 'angular-stepup';

import { DialogPage, FakeFlow } from './dialog-page';
import { StepUpDialog } from './step-up-dialog';
import { STEP_UP_DIALOG_LOADER } from './step-up-dialog-loader';

const page = new DialogPage();

// Loaded beforehand, so that no test has to wait for the disk.
beforeAll(async () => {
  await Promise.all([import('./open-step-up-dialog'), import('qrcode')]);
});

afterEach(() => {
  TestBed.resetTestingModule();
  document.documentElement.removeAttribute('dir');
  document.body.replaceChildren();
});

class FollowedFlow extends FakeFlow {
  readonly progress = signal<StepUpProgress | undefined>(undefined);
}

const APPROVING: StepUpProgress = {
  status: 'pending',
  phase: 'approving',
  bindingMessage: 'AB12-CD34',
};

/** All but intervals: Angular's own scheduling goes on as it does. */
const NOT_FAKED = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'requestAnimationFrame',
  'cancelAnimationFrame',
  'requestIdleCallback',
  'cancelIdleCallback',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
] as const;

/** Keeps an end from being reported as unhandled before the test looks at it. */
function kept<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

const conduct = <T>(
  flow: FakeFlow<T>,
  details: Partial<Parameters<StepUpDialog['conduct']>[1]> = {},
): Promise<T> => kept(TestBed.inject(StepUpDialog).conduct(flow, { kind: 'step-up', ...details }));

/** Opens the dialog of a flow that waits for the phone. */
async function approve(expiresAt?: number): Promise<FollowedFlow> {
  const flow = new FollowedFlow();
  void conduct(flow);
  flow.progress.set({ ...APPROVING, ...(expiresAt !== undefined && { expiresAt }) });
  await page.settle();
  return flow;
}

function spokenTime(): string | undefined {
  return page.find('p.stepup-dialog__spoken[role=status]').textContent?.trim();
}

function shownTime(): string | undefined {
  return page.dialog.querySelector('[role=timer]')?.textContent?.trim();
}

/** The button of the page that has the focus before the dialog opens. */
function focusedButton(): HTMLButtonElement {
  const button = document.createElement('button');
  document.body.append(button);
  button.focus();
  return button;
}

describe('StepUpDialog.conduct()', () => {
  it('asks first, in words, and says why', async () => {
    const flow = new FakeFlow();
    void conduct(flow, {
      askFirst: true,
      requirement: { acrValues: ['urn:okta:loa:2fa:any'], maxAge: 300 },
      reason: 'You are about to transfer 1,500 euros.',
    });
    await page.settle();
    expect(page.heading).toBe('Confirm that it is you');
    expect(page.text).toContain('You are about to transfer 1,500 euros.');
    expect(page.text).toContain('This needs a stronger sign-in, made in the last 5 minutes.');
    expect(page.text).not.toContain('urn:okta');
    expect(page.buttons).toEqual(['Continue', 'Cancel']);
    expect(flow.runs).toHaveLength(0);
  });

  it('runs the flow within the click on "Continue", so that a popup is not blocked', async () => {
    const flow = new FakeFlow();
    void conduct(flow, { askFirst: true });
    await page.settle();
    page.button('Continue').click();
    expect(flow.runs).toHaveLength(1);
  });

  it('runs the flow once when the click is a double one', async () => {
    const flow = new FakeFlow();
    void conduct(flow, { askFirst: true });
    await page.settle();
    const button = page.button('Continue');
    button.click();
    button.click();
    expect(flow.runs).toHaveLength(1);
  });

  it.each(['Continue', 'Try again'])(
    'is not cancelled by the second click of a double one on "%s"',
    async (name) => {
      const flow = new FakeFlow();
      const done = conduct(flow, { askFirst: name === 'Continue' });
      await page.settle();
      if (name === 'Try again') {
        flow.last.reject(new StepUpError('ERR_STEPUP_EXPIRED', 'Cannot step up'));
        await page.settle();
      }
      await page.click(name);
      // It stands by then where the other button was.
      page.button('Cancel').dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 2 }));
      await page.settle();
      expect(flow.last.signal.aborted).toBe(false);
      flow.last.resolve('done');
      expect(await done).toBe('done');
    },
  );

  it('runs the flow when the dialog is open, unless it is to ask first', async () => {
    const flow = new FakeFlow();
    void conduct(flow, { kind: 'sign-in' });
    expect(flow.runs).toHaveLength(0);
    await page.settle();
    expect(flow.runs).toHaveLength(1);
    expect(page.heading).toBe('Sign in');
    expect(page.buttons).toEqual(['Cancel']);
  });

  it('closes when the flow succeeds, and resolves with what it resolved with', async () => {
    const flow = new FakeFlow();
    const result = conduct(flow);
    await page.settle();
    flow.last.resolve('done');
    await page.settle();
    expect(page.dialogs).toHaveLength(0);
    await expect(result).resolves.toBe('done');
  });

  it('stays while the page is being left', async () => {
    const flow = new FakeFlow();
    const result = conduct(flow);
    await page.settle();
    flow.last.resolve('redirecting');
    await page.settle();
    await expect(result).resolves.toBe('redirecting');
    expect(page.text).toContain('You are being taken to sign in');
    await page.click('Cancel');
    expect(page.dialogs).toHaveLength(0);
    expect(flow.last.signal.aborted).toBe(true);
  });

  it('closes a dialog that stayed when its signal is aborted: the end-user came back', async () => {
    const flow = new FakeFlow();
    const abort = new AbortController();
    void conduct(flow, { signal: abort.signal });
    await page.settle();
    flow.last.resolve('redirecting');
    await page.settle();
    abort.abort();
    await page.settle();
    expect(page.dialogs).toHaveLength(0);
  });

  it('fails on a server, and opens nothing', async () => {
    TestBed.configureTestingModule({ providers: [{ provide: PLATFORM_ID, useValue: 'server' }] });
    const flow = new FakeFlow();
    await expect(conduct(flow)).rejects.toMatchObject({ code: 'ERR_STEPUP_FAILED' });
    expect(flow.runs).toHaveLength(0);
  });

  it('fails when the dialog cannot be loaded, and works when it can be loaded again', async () => {
    const cause = new TypeError('Failed to fetch dynamically imported module');
    const load = jest.fn(() => import('./open-step-up-dialog'));
    load.mockRejectedValueOnce(cause);
    TestBed.configureTestingModule({
      providers: [{ provide: STEP_UP_DIALOG_LOADER, useValue: load }],
    });
    const flow = new FakeFlow();
    await expect(conduct(flow)).rejects.toMatchObject({ code: 'ERR_STEPUP_FAILED', cause });
    expect(flow.runs).toHaveLength(0);
    void conduct(flow);
    await page.settle();
    expect(flow.runs).toHaveLength(1);
  });

  describe('when the end-user gives up', () => {
    it.each([
      ['"Cancel"', () => page.click('Cancel')],
      ['Escape', () => page.press('Escape')],
    ])('aborts the flow and rejects on %s', async (_, giveUp) => {
      const flow = new FakeFlow();
      const result = conduct(flow, { requirement: { maxAge: 0 } });
      await page.settle();
      await giveUp();
      expect(flow.last.signal.aborted).toBe(true);
      expect(page.dialogs).toHaveLength(0);
      await expect(result).rejects.toMatchObject({
        code: 'ERR_STEPUP_CANCELLED',
        requirement: { maxAge: 0 },
      });
    });

    it('does not wait for a flow that ignores its signal, nor uses what it does later', async () => {
      const flow = new FakeFlow();
      const result = conduct(flow);
      await page.settle();
      await page.click('Cancel');
      flow.last.resolve('too late');
      await expect(result).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
    });

    it('never runs a flow that was cancelled before "Continue"', async () => {
      const flow = new FakeFlow();
      const result = conduct(flow, { askFirst: true });
      await page.settle();
      await page.press('Escape');
      await expect(result).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
      expect(flow.runs).toHaveLength(0);
    });

    it('stays on a click outside, and on Escape with another key', async () => {
      void conduct(new FakeFlow());
      await page.settle();
      document.querySelector<HTMLElement>('.cdk-overlay-backdrop')?.click();
      await page.press('Escape', { shiftKey: true });
      expect(page.dialogs).toHaveLength(1);
    });

    it('closes and rejects when its signal is aborted', async () => {
      const abort = new AbortController();
      const flow = new FakeFlow();
      const result = conduct(flow, { signal: abort.signal });
      await page.settle();
      abort.abort();
      await page.settle();
      expect(page.dialogs).toHaveLength(0);
      expect(flow.last.signal.aborted).toBe(true);
      await expect(result).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
    });

    it('opens nothing when its signal is aborted already', async () => {
      const result = conduct(new FakeFlow(), { signal: AbortSignal.abort() });
      await page.settle();
      expect(page.dialogs).toHaveLength(0);
      await expect(result).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
    });

    it('opens nothing when its signal is aborted while the dialog is being loaded', async () => {
      const openStepUpDialog = jest.fn();
      let load!: (module: unknown) => void;
      const loader = (): Promise<unknown> =>
        new Promise((resolve) => {
          load = resolve;
        });
      TestBed.configureTestingModule({
        providers: [{ provide: STEP_UP_DIALOG_LOADER, useValue: loader }],
      });
      const abort = new AbortController();
      const result = conduct(new FakeFlow(), { signal: abort.signal });
      await page.settle();
      abort.abort();
      load({ openStepUpDialog });
      await expect(result).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
      await page.settle();
      expect(openStepUpDialog).not.toHaveBeenCalled();
    });

    it('ends when the browser goes back', async () => {
      const flow = new FakeFlow();
      const result = conduct(flow);
      await page.settle();
      window.dispatchEvent(new PopStateEvent('popstate'));
      await page.settle();
      expect(page.dialogs).toHaveLength(0);
      expect(flow.last.signal.aborted).toBe(true);
      await expect(result).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
    });
  });

  describe('when the flow rejects', () => {
    it.each([
      ['ERR_STEPUP_DENIED', 'The request was denied.'],
      ['ERR_STEPUP_EXPIRED', 'The time is up.'],
      ['ERR_STEPUP_CANCELLED', 'It was stopped before it was finished.'],
      ['ERR_STEPUP_UNMET', 'in a way that is not enough'],
      ['ERR_STEPUP_FAILED', 'Something went wrong.'],
      ['ERR_STEPUP_POPUP_BLOCKED', 'Your browser blocked the window.'],
    ] as const)('says what happened on %s, and rejects with it on "Close"', async (code, text) => {
      const flow = new FakeFlow();
      const result = conduct(flow);
      await page.settle();
      const error = new StepUpError(code, 'secret details');
      flow.last.reject(error);
      await page.settle();
      expect(page.heading).toBe('This did not work');
      expect(page.text).toContain(text);
      expect(page.text).not.toContain('secret details');
      expect(page.buttons).toEqual(['Try again', 'Close']);
      await page.click('Close');
      expect(page.dialogs).toHaveLength(0);
      await expect(result).rejects.toBe(error);
    });

    it('rejects with the same object on Escape, whatever was thrown', async () => {
      const flow = new FakeFlow();
      const result = conduct(flow);
      await page.settle();
      const error = { not: 'an error' };
      flow.last.reject(error);
      await page.settle();
      expect(page.text).toContain('Something went wrong.');
      await page.press('Escape');
      await expect(result).rejects.toBe(error);
    });

    it('shows the error of a flow that throws at once', async () => {
      const error = new StepUpError('ERR_STEPUP_FAILED', 'at once');
      const result = kept(
        TestBed.inject(StepUpDialog).conduct(
          {
            run: () => {
              throw error;
            },
          },
          { kind: 'step-up' },
        ),
      );
      await page.settle();
      await page.click('Close');
      await expect(result).rejects.toBe(error);
    });

    it('runs the flow again within the click on "Try again"', async () => {
      const flow = new FakeFlow();
      const result = conduct(flow);
      await page.settle();
      flow.last.reject(new StepUpError('ERR_STEPUP_POPUP_BLOCKED', 'blocked'));
      await page.settle();
      page.button('Try again').click();
      expect(flow.runs).toHaveLength(2);
      expect(flow.last.signal.aborted).toBe(false);
      flow.last.resolve('second');
      await page.settle();
      await expect(result).resolves.toBe('second');
    });

    it('rejects with the last error after several tries', async () => {
      const flow = new FakeFlow();
      const result = conduct(flow);
      await page.settle();
      flow.last.reject(new StepUpError('ERR_STEPUP_EXPIRED', 'first'));
      await page.settle();
      await page.click('Try again');
      const last = new StepUpError('ERR_STEPUP_DENIED', 'second');
      flow.last.reject(last);
      await page.settle();
      await page.click('Close');
      await expect(result).rejects.toBe(last);
    });

    it('does not offer to try again what the setup of the app prevents', async () => {
      const flow = new FakeFlow();
      void conduct(flow);
      await page.settle();
      flow.last.reject(new StepUpError('ERR_STEPUP_CONFIGURATION', 'wrong'));
      await page.settle();
      expect(page.buttons).toEqual(['Close']);
    });
  });

  describe('while one is open', () => {
    it('waits with the next one', async () => {
      const [first, second] = [new FakeFlow(), new FakeFlow()];
      void conduct(first);
      const result = conduct(second);
      await page.settle();
      expect(page.dialogs).toHaveLength(1);
      expect(second.runs).toHaveLength(0);
      first.last.resolve('one');
      await page.settle();
      expect(page.dialogs).toHaveLength(1);
      second.last.resolve('two');
      await page.settle();
      await expect(result).resolves.toBe('two');
    });

    it('lets one that waits be cancelled, and the one after it wait all the same', async () => {
      const [first, third] = [new FakeFlow(), new FakeFlow()];
      void conduct(first);
      const abort = new AbortController();
      const second = conduct(new FakeFlow(), { signal: abort.signal });
      void conduct(third);
      await page.settle();
      abort.abort();
      await expect(second).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
      await page.settle();
      expect(page.dialogs).toHaveLength(1);
      expect(third.runs).toHaveLength(0);
      await page.click('Cancel');
      expect(third.runs).toHaveLength(1);
    });
  });
});

describe('The dialog', () => {
  it('shows how the flow goes on', async () => {
    const flow = new FollowedFlow();
    void conduct(flow, { reason: 'You are about to transfer 1,500 euros.' });
    await page.settle();
    expect(page.text).toContain('One moment, please.');
    flow.progress.set(APPROVING);
    await page.settle();
    expect(page.text).toContain('You are about to transfer 1,500 euros.');
    expect(page.text).toContain('Open the request on your phone');
    expect(page.find('.stepup-dialog__code').textContent).toContain('AB12-CD34');
    expect(page.text).toContain('Compare this code with the one on your phone.');
    expect(page.text).toContain('choose Deny');
    flow.progress.set({ ...APPROVING, phase: 'reconnecting' });
    await page.settle();
    expect(page.text).toContain('The connection is lost.');
    expect(page.text).toContain('AB12-CD34');
    flow.progress.set({ ...APPROVING, phase: 'completing', status: 'approved' });
    await page.settle();
    expect(page.text).toContain('Approved.');
    expect(page.text).not.toContain('AB12-CD34');
  });

  it('shows the QR code only as long as it is to be scanned', async () => {
    const flow = new FollowedFlow();
    void conduct(flow);
    const qr = 'https://bank.example.com/';
    for (const [phase, shown] of [
      ['scanning', 1],
      ['reconnecting', 1],
      ['approving', 0],
      ['completing', 0],
    ] as const) {
      flow.progress.set({ status: 'pending', phase, qr });
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      await page.settle();
      expect(page.dialog.querySelectorAll('svg')).toHaveLength(shown);
    }
  });

  it('has a code spelled, and a sentence read', async () => {
    const flow = new FollowedFlow();
    void conduct(flow);
    flow.progress.set(APPROVING);
    await page.settle();
    const [shown, spoken] = page.find('.stepup-dialog__code').children;
    expect(shown?.getAttribute('aria-hidden')).toBe('true');
    expect(spoken?.textContent).toBe('A B 1 2 , C D 3 4');
    flow.progress.set({ ...APPROVING, bindingMessage: 'Pay 1,500 euros to Ann' });
    await page.settle();
    expect(page.find('.stepup-dialog__code').textContent?.trim()).toBe('Pay 1,500 euros to Ann');
    expect(page.dialog.querySelector('.stepup-dialog__code [aria-hidden]')).toBeNull();
  });

  it('shows texts as text', async () => {
    const flow = new FollowedFlow();
    void conduct(flow, { reason: '<img src=x>' });
    flow.progress.set({ ...APPROVING, bindingMessage: '<b>1</b>' });
    await page.settle();
    expect(page.dialog.querySelector('img, b')).toBeNull();
    expect(page.text).toContain('<img src=x>');
  });

  it('needs no inline style in its own elements', async () => {
    const flow = new FollowedFlow();
    void conduct(flow);
    flow.progress.set({ ...APPROVING, phase: 'scanning', qr: 'https://a.example/' });
    await page.settle();
    expect(page.find('svg').getAttribute('role')).toBe('img');
    expect(page.find('stepup-dialog-panel').outerHTML).not.toMatch(/style=|data:|<img/);
  });

  describe('for assistive technology', () => {
    it('is a modal dialog, labelled by its heading and described by its text', async () => {
      void conduct(new FakeFlow(), { askFirst: true, reason: 'Because.' });
      await page.settle();
      const { dialog } = page;
      expect(dialog.getAttribute('aria-modal')).toBe('true');
      const label = document.getElementById(dialog.getAttribute('aria-labelledby') ?? '');
      expect(label?.textContent?.trim()).toBe('Confirm that it is you');
      const description = document.getElementById(dialog.getAttribute('aria-describedby') ?? '');
      expect(description?.textContent).toContain('Because.');
    });

    it('announces changes of its text: they are in a live region that was there before', async () => {
      const flow = new FollowedFlow();
      void conduct(flow);
      await page.settle();
      const region = page.find('#stepup-dialog-text');
      expect(region.getAttribute('role')).toBe('status');
      // What is new alone: else each change would repeat the advice, too.
      expect(region.getAttribute('aria-atomic')).toBe('false');
      flow.progress.set(APPROVING);
      await page.settle();
      expect(page.find('#stepup-dialog-text')).toBe(region);
      expect(region.textContent).toContain('Open the request on your phone');
    });
  });

  describe('by keyboard', () => {
    // jsdom lays nothing out, and what has no size cannot be tabbed to.
    beforeEach(() => {
      jest.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(100);
    });
    afterEach(() => {
      jest.restoreAllMocks();
    });

    it('has the focus on its heading, where no key presses a button by accident', async () => {
      focusedButton();
      void conduct(new FakeFlow(), { askFirst: true });
      await page.settle();
      expect(document.activeElement).toBe(page.find('h2'));
    });

    it('keeps the focus in the dialog', async () => {
      void conduct(new FakeFlow(), { askFirst: true });
      await page.settle();
      const [before, after] = document.querySelectorAll<HTMLElement>('.cdk-focus-trap-anchor');
      after?.focus();
      expect(document.activeElement).toBe(page.button('Continue'));
      before?.focus();
      expect(document.activeElement).toBe(page.button('Cancel'));
    });

    it('moves the focus to the heading when the pressed button is gone', async () => {
      const flow = new FakeFlow();
      void conduct(flow, { askFirst: true });
      await page.settle();
      page.button('Continue').focus();
      await page.click('Continue');
      expect(document.activeElement).toBe(page.find('h2'));
      page.button('Cancel').focus();
      flow.last.reject(new StepUpError('ERR_STEPUP_DENIED', 'denied'));
      await page.settle();
      expect(document.activeElement).toBe(page.find('h2'));
    });

    it('leaves the focus where it is while the flow goes on', async () => {
      const flow = new FollowedFlow();
      void conduct(flow);
      await page.settle();
      page.button('Cancel').focus();
      flow.progress.set(APPROVING);
      await page.settle();
      expect(document.activeElement).toBe(page.button('Cancel'));
    });

    it('returns the focus to where it was', async () => {
      const button = focusedButton();
      const flow = new FakeFlow();
      void conduct(flow);
      await page.settle();
      expect(document.activeElement).not.toBe(button);
      flow.last.resolve('done');
      await page.settle();
      expect(document.activeElement).toBe(button);
    });
  });

  it('follows the direction of the page', async () => {
    document.documentElement.dir = 'rtl';
    void conduct(new FakeFlow());
    await page.settle();
    expect(page.dialog.closest('[dir]')?.getAttribute('dir')).toBe('rtl');
  });

  it('lets the code keep its own direction', async () => {
    document.documentElement.dir = 'rtl';
    const flow = new FollowedFlow();
    void conduct(flow);
    flow.progress.set(APPROVING);
    await page.settle();
    expect(page.find('.stepup-dialog__code').getAttribute('dir')).toBe('auto');
  });

  describe('counting down', () => {
    let now = 0;
    const pass = async (seconds: number): Promise<void> => {
      now += seconds;
      jest.advanceTimersByTime(seconds * 1000);
      await page.settle();
    };

    beforeEach(() => {
      now = 1_800_000_000;
      jest.useFakeTimers({ doNotFake: [...NOT_FAKED] });
      TestBed.configureTestingModule({
        providers: [{ provide: STEP_UP_CLOCK, useValue: () => now }],
      });
    });
    afterEach(() => {
      TestBed.resetTestingModule();
      jest.useRealTimers();
    });

    it('shows the time left, each second, down to zero', async () => {
      await approve(now + 119.5);
      expect(shownTime()).toBe('Time left: 2:00');
      await pass(1);
      expect(shownTime()).toBe('Time left: 1:59');
      await pass(200);
      expect(shownTime()).toBe('Time left: 0:00');
    });

    it('counts outside the zone, so that the app is stable meanwhile', async () => {
      const zone = TestBed.inject(NgZone);
      let timers = 0;
      const leaveZone = zone.runOutsideAngular.bind(zone);
      jest.spyOn(zone, 'runOutsideAngular').mockImplementation((run) => {
        const before = jest.getTimerCount();
        const result = leaveZone(run);
        timers += jest.getTimerCount() - before;
        return result;
      });
      await approve(now + 120);
      expect(timers).toBe(1);
    });

    it('says the time left at three moments only', async () => {
      await approve(now + 120);
      expect(spokenTime()).toBe('');
      await pass(59);
      expect(spokenTime()).toBe('');
      await pass(1);
      expect(spokenTime()).toBe('1 minute left.');
      await pass(29);
      expect(spokenTime()).toBe('1 minute left.');
      await pass(1);
      expect(spokenTime()).toBe('30 seconds left.');
      await pass(20);
      expect(spokenTime()).toBe('10 seconds left.');
      await pass(10);
      expect(spokenTime()).toBe('');
    });

    it('does not say a time that was not left in the beginning', async () => {
      await approve(now + 45);
      expect(spokenTime()).toBe('');
      await pass(15);
      expect(spokenTime()).toBe('30 seconds left.');
    });

    it('starts anew with a new deadline', async () => {
      const flow = await approve(now + 5);
      await pass(4);
      flow.progress.set({ ...APPROVING, expiresAt: now + 90 });
      await page.settle();
      expect(shownTime()).toBe('Time left: 1:30');
      expect(spokenTime()).toBe('');
    });

    it('shows no time without a deadline, nor one that a wrong clock puts in the past', async () => {
      const flow = await approve();
      expect(shownTime()).toBeUndefined();
      expect(jest.getTimerCount()).toBe(0);
      flow.progress.set({ ...APPROVING, expiresAt: now - 600 });
      await page.settle();
      expect(shownTime()).toBeUndefined();
    });

    it.each([
      ['succeeds', (flow: FollowedFlow) => flow.last.resolve('done')],
      ['fails', (flow: FollowedFlow) => flow.last.reject(new Error('failed'))],
      ['is cancelled', () => page.button('Cancel').click()],
      ['is interrupted by the end of the app', () => TestBed.resetTestingModule()],
    ])('keeps no timer when the flow %s', async (_, end) => {
      const flow = await approve(now + 120);
      expect(jest.getTimerCount()).toBe(1);
      end(flow);
      await page.settle();
      expect(jest.getTimerCount()).toBe(0);
    });
  });

  it('is gone with the app: nobody waits for it, and no listener stays', async () => {
    const abort = new AbortController();
    const added = jest.spyOn(abort.signal, 'addEventListener');
    const removed = jest.spyOn(abort.signal, 'removeEventListener');
    const flow = new FakeFlow();
    const result = conduct(flow, { signal: abort.signal });
    const waiting = conduct(new FakeFlow());
    await page.settle();
    TestBed.resetTestingModule();
    await expect(result).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
    expect(flow.last.signal.aborted).toBe(true);
    expect(page.dialogs).toHaveLength(0);
    expect(removed.mock.calls).toEqual(added.mock.calls);
    expect(added).toHaveBeenCalledTimes(1);
  });
});
