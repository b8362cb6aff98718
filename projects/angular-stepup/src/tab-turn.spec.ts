import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { jest } from '@jest/globals';
import {
  type Authentication,
  StepUp,
  StepUpReturns,
  StepUpHandler,
  type StepUpOutcome,
  defineHandlerFeature,
  provideStepUp,
  withApis,
} from 'angular-stepup';

const MARK = 'stepup.turn';
const PHR = { acrValues: ['phr'] };
const STRONG = { subject: 'alice', acr: 'phr' };

class Handler extends StepUpHandler {
  readonly authentication = signal<Authentication | undefined>({ subject: 'alice', acr: 'pwd' });
  outcome: StepUpOutcome | 'never' = 'completed';
  prompts = 0;

  accessToken(): string {
    return 'token';
  }

  stepUp(): Promise<StepUpOutcome> {
    this.prompts += 1;
    if (this.outcome === 'never') return new Promise(() => undefined);
    if (this.outcome === 'completed') this.authentication.set(STRONG);
    return Promise.resolve(this.outcome);
  }
}

let handler: Handler;
let stepUp: StepUp;

const settle = (milliseconds = 0): Promise<void> => jest.advanceTimersByTimeAsync(milliseconds);

function load(): void {
  TestBed.resetTestingModule();
  handler = new Handler();
  TestBed.configureTestingModule({
    providers: [
      provideStepUp(
        withApis('/api'),
        defineHandlerFeature({ name: 'test', create: () => handler }),
      ),
    ],
  });
  stepUp = TestBed.inject(StepUp);
}

function promptElsewhere(seconds = 60): void {
  localStorage.setItem(MARK, String(Date.now() + seconds * 1000));
}

beforeEach(() => {
  jest.useFakeTimers();
  sessionStorage.clear();
  localStorage.clear();
  load();
});

afterEach(() => jest.useRealTimers());

describe('StepUp beside another tab that prompts', () => {
  it('waits for it, and needs no prompt when that one was enough', async () => {
    promptElsewhere();
    const done = stepUp.satisfy(PHR);
    await settle(30_000);
    expect(stepUp.transaction()).toMatchObject({ phase: 'waiting' });

    localStorage.removeItem(MARK);
    handler.authentication.set(STRONG);
    await settle(500);
    await done;
    expect(handler.prompts).toBe(0);
    expect(stepUp.transaction()).toBeUndefined();
  });

  it('prompts after it when it was not', async () => {
    promptElsewhere();
    const done = stepUp.satisfy(PHR);
    await settle(1000);
    localStorage.removeItem(MARK);
    await settle(500);
    await done;
    expect(handler.prompts).toBe(1);
  });

  it('waits for a minute at most: the other tab may be closed', async () => {
    promptElsewhere();
    const done = stepUp.satisfy(PHR);
    await settle(59_000);
    expect(handler.prompts).toBe(0);
    await settle(1500);
    await done;
    expect(handler.prompts).toBe(1);
  });

  it.each(['6000 s ahead', 'not a time'])('does not wait for a mark that is %s', async (mark) => {
    if (mark === 'not a time') localStorage.setItem(MARK, mark);
    else promptElsewhere(6000);
    await stepUp.satisfy(PHR);
    expect(handler.prompts).toBe(1);
  });

  it('stops waiting on cancel(), and does not prompt any more', async () => {
    promptElsewhere();
    const done = expect(stepUp.satisfy(PHR)).rejects.toMatchObject({
      code: 'ERR_STEPUP_CANCELLED',
    });
    stepUp.cancel();
    await done;
    await settle(61_000);
    expect(handler.prompts).toBe(0);
  });

  it.each(['', 'x', 'NaN page', '1 another-page'])(
    'does not wait for the mark %j',
    async (mark) => {
      localStorage.setItem(MARK, mark);
      await stepUp.satisfy(PHR);
      expect(handler.prompts).toBe(1);
    },
  );

  it('does not wait where there is no storage', async () => {
    promptElsewhere();
    const getItem = jest.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    const done = stepUp.satisfy(PHR);
    await settle();
    getItem.mockRestore();
    await done;
    expect(handler.prompts).toBe(1);
  });
});

describe('StepUp as the tab that prompts', () => {
  it('does not wait for a mark that an earlier app of its own page has left', async () => {
    handler.outcome = 'never';
    stepUp.satisfy(PHR).catch(() => undefined);
    expect(localStorage.getItem(MARK)).not.toBeNull();

    load();
    await stepUp.satisfy(PHR);
    expect(handler.prompts).toBe(1);
  });

  it('keeps the others waiting until it is done, denied or cancelled', async () => {
    handler.outcome = 'never';
    const cancelled = expect(stepUp.satisfy(PHR)).rejects.toMatchObject({
      code: 'ERR_STEPUP_CANCELLED',
    });
    expect(localStorage.getItem(MARK)).not.toBeNull();
    stepUp.cancel();
    await cancelled;
    expect(localStorage.getItem(MARK)).toBeNull();

    handler.outcome = 'completed';
    await stepUp.satisfy(PHR);
    expect(localStorage.getItem(MARK)).toBeNull();
  });

  it('keeps them waiting while it is away for a redirect, and does not wait for itself', async () => {
    handler.outcome = 'redirecting';
    void stepUp.satisfy(PHR);
    await settle();
    expect(localStorage.getItem(MARK)).not.toBeNull();

    // As the page load that comes back from it.
    promptElsewhere();
    load();
    await stepUp.satisfy(PHR);
    expect(handler.prompts).toBe(1);
    expect(localStorage.getItem(MARK)).toBeNull();
  });

  it('lets them go on when it is back', async () => {
    handler.outcome = 'redirecting';
    void stepUp.satisfy(PHR);
    await settle();
    load();
    TestBed.inject(StepUpReturns).find()?.fail(new Error('broken'));
    expect(localStorage.getItem(MARK)).toBeNull();
  });
});
