import { Component, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { DraftStore, STEP_UP_CLOCK, StepUp, injectDraft, withApis } from 'angular-stepup';
import { StepUpTestingController, provideStepUpTesting } from 'angular-stepup/testing';

let now = 1_800_000_000;

@Component({ template: '' })
class TransferForm {
  readonly value = signal({ to: '', amount: 0 });
  readonly draft = injectDraft('transfer', () => this.value());
}

@Component({ template: '' })
class BrokenForm {
  readonly draft = injectDraft('broken', () => {
    throw new Error('broken');
  });
}

/** As a page load: what is in the browser's storage stays. */
function load(): StepUpTestingController {
  TestBed.resetTestingModule();
  TestBed.configureTestingModule({
    providers: [
      provideStepUpTesting(withApis('/api')),
      { provide: STEP_UP_CLOCK, useValue: () => now },
    ],
  });
  return TestBed.inject(StepUpTestingController);
}

/** It is cancelled when a later test comes back to the page. */
function startStepUp(): void {
  TestBed.inject(StepUp)
    .satisfy({ acrValues: ['phr'] })
    .catch(() => undefined);
}

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  load();
});

describe('DraftStore', () => {
  it('gives a value back once', () => {
    TestBed.inject(DraftStore).save('form', { amount: 5000 });
    load();
    const drafts = TestBed.inject(DraftStore);

    expect(drafts.take('form')).toEqual({ amount: 5000 });
    expect(drafts.take('form')).toBeUndefined();
  });

  it('keeps values apart by key, and the last of a key', () => {
    const drafts = TestBed.inject(DraftStore);
    drafts.save('a', 1);
    drafts.save('b', 2);
    drafts.save('a', 3);

    expect([drafts.take('b'), drafts.take('a')]).toEqual([2, 3]);
  });

  it('forgets a value that is discarded, and each after ten minutes', () => {
    const drafts = TestBed.inject(DraftStore);
    drafts.save('a', 1);
    drafts.discard('a');
    expect(drafts.take('a')).toBeUndefined();

    drafts.save('b', 1);
    now += 601;
    expect(drafts.take('b')).toBeUndefined();
    drafts.save('c', 1);
    expect(JSON.stringify(sessionStorage)).not.toContain('"b"');
  });

  it('does not keep what is longer than 64 Ki characters', () => {
    const drafts = TestBed.inject(DraftStore);
    expect(drafts.save('long', 'x'.repeat(65_534))).toBe(true);
    expect(drafts.save('longer', 'x'.repeat(65_535))).toBe(false);
    expect(drafts.take('longer')).toBeUndefined();
  });

  it('has nothing for a value that JSON does not know', () => {
    const drafts = TestBed.inject(DraftStore);
    expect(drafts.save('nothing', undefined)).toBe(false);
    expect(drafts.take('nothing')).toBeUndefined();
  });
});

describe('injectDraft()', () => {
  it('gives a component nothing when it was not interrupted', () => {
    const { draft } = TestBed.createComponent(TransferForm).componentInstance;
    expect(draft).toEqual({ interrupted: false, value: undefined });
  });

  it('brings back, once, what the form held when the page was left', async () => {
    TestBed.createComponent(TransferForm).componentInstance.value.set({ to: 'bob', amount: 5000 });
    startStepUp();
    await TestBed.inject(StepUpTestingController).expectOne().redirect();
    load();

    const { draft } = TestBed.createComponent(TransferForm).componentInstance;
    expect(draft).toEqual({ interrupted: true, value: { to: 'bob', amount: 5000 } });
    expect(TestBed.createComponent(TransferForm).componentInstance.draft.interrupted).toBe(false);
  });

  it('keeps nothing after a step-up in the page', async () => {
    TestBed.createComponent(TransferForm).componentInstance.value.set({ to: 'bob', amount: 5000 });
    const done = TestBed.inject(StepUp).satisfy({ acrValues: ['phr'] });
    await TestBed.inject(StepUpTestingController).expectOne().complete();
    await done;
    window.dispatchEvent(new Event('pagehide'));

    expect(JSON.stringify(sessionStorage)).not.toContain('bob');
  });

  it('keeps nothing of a page that is left without a step-up', () => {
    TestBed.createComponent(TransferForm).componentInstance.value.set({ to: 'bob', amount: 5000 });
    window.dispatchEvent(new Event('pagehide'));

    expect(JSON.stringify(sessionStorage)).not.toContain('bob');
  });

  it('keeps nothing when the user comes back to the page as it was left', async () => {
    TestBed.createComponent(TransferForm).componentInstance.value.set({ to: 'bob', amount: 5000 });
    startStepUp();
    await TestBed.inject(StepUpTestingController).expectOne().redirect();
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));

    expect(JSON.stringify(sessionStorage)).not.toContain('bob');
  });

  it('keeps nothing of a component that is gone', async () => {
    const fixture = TestBed.createComponent(TransferForm);
    fixture.componentInstance.value.set({ to: 'bob', amount: 5000 });
    fixture.destroy();
    startStepUp();
    await TestBed.inject(StepUpTestingController).expectOne().redirect();

    expect(JSON.stringify(sessionStorage)).not.toContain('bob');
  });

  it('does not let a form that cannot be read stop the step-up', async () => {
    TestBed.createComponent(BrokenForm);
    TestBed.createComponent(TransferForm).componentInstance.value.set({ to: 'bob', amount: 1 });
    startStepUp();
    await TestBed.inject(StepUpTestingController).expectOne().redirect();

    expect(JSON.stringify(sessionStorage)).toContain('bob');
  });
});
