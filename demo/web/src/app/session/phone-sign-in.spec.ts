import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { StepUpError, type StepUpProgress } from 'angular-stepup';
import { QrSignIn } from 'angular-stepup/ciba';
import { StepUpDialog, type StepUpDialogTexts } from 'angular-stepup/dialog';
import { Notices } from '../notice/notices';
import { PhoneSignIn } from './phone-sign-in';

const progress = signal<StepUpProgress | undefined>(undefined);
const conducted: { kind: string; texts: () => Partial<StepUpDialogTexts> }[] = [];
const shown: unknown[] = [];
let outcome: Promise<void>;

beforeEach(() => {
  progress.set(undefined);
  conducted.length = 0;
  shown.length = 0;
  outcome = Promise.resolve();
  TestBed.configureTestingModule({
    providers: [
      { provide: QrSignIn, useValue: { progress } },
      {
        provide: StepUpDialog,
        useValue: {
          conduct: (_flow: unknown, details: (typeof conducted)[number]) => {
            conducted.push(details);
            return outcome;
          },
        },
      },
      {
        provide: Notices,
        useValue: { dismiss: () => undefined, show: (error: unknown) => shown.push(error) },
      },
    ],
  });
});

describe('PhoneSignIn', () => {
  it('has the dialog say the address of the QR code, for the phone that is a page', async () => {
    await TestBed.inject(PhoneSignIn).run();
    const [details] = conducted;
    expect(details?.kind).toBe('sign-in');
    progress.set({ status: 'pending', phase: 'scanning', qr: 'http://localhost/phone/scan#1' });
    expect(details?.texts().scanning).toContain('http://localhost/phone/scan#1');
    expect(shown).toEqual([]);
  });

  it('tells a failure, and nothing to who has closed the dialog', async () => {
    const failure = new StepUpError('ERR_STEPUP_EXPIRED', 'Cannot sign in');
    outcome = Promise.reject(failure);
    await TestBed.inject(PhoneSignIn).run();
    expect(shown).toEqual([failure]);

    outcome = Promise.reject(new StepUpError('ERR_STEPUP_CANCELLED', 'Cannot sign in'));
    await TestBed.inject(PhoneSignIn).run();
    expect(shown).toEqual([failure]);
  });
});
