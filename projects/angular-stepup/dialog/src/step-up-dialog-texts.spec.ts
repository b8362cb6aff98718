import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  STEP_UP_CLOCK,
  StepUpError,
  type StepUpErrorCode,
  type StepUpProgress,
} from 'angular-stepup';

import { DialogPage, FakeFlow } from './dialog-page';
import { ENGLISH_TEXTS } from './english-texts';
import { QR_ENCODER_LOADER } from './qr-encoder';
import { StepUpDialog } from './step-up-dialog';
import { type StepUpDialogTexts, provideStepUpDialogTexts } from './step-up-dialog-texts';

const page = new DialogPage();
const NOW = 1_800_000_000;

const GERMAN: StepUpDialogTexts = {
  lang: 'de',
  stepUpHeading: 'Bestätigen Sie, dass Sie es sind',
  signInHeading: 'Anmelden',
  requirement: ({ acrValues, maxAge }) =>
    `Hierfür ist eine ${acrValues ? 'stärkere' : 'neuere'} Anmeldung nötig (${maxAge ?? 0} s).`,
  ask: 'Wählen Sie Weiter. Ihre Eingaben bleiben erhalten.',
  askSignIn: 'Wählen Sie Weiter, um sich anzumelden.',
  waiting: 'Bitte bestätigen Sie im neuen Fenster.',
  redirecting: 'Sie werden zur Anmeldung weitergeleitet.',
  starting: 'Einen Moment bitte.',
  scanning: 'Scannen Sie das Bild mit Ihrem Telefon.',
  approving: 'Öffnen Sie die Anfrage auf Ihrem Telefon.',
  reconnecting: 'Die Verbindung ist unterbrochen.',
  completing: 'Bestätigt. Gleich geht es weiter.',
  codeLabel: 'Ihre Kennung',
  codeAdvice: 'Vergleichen Sie die Kennung. Weicht sie ab, wählen Sie Ablehnen.',
  qrLabel: 'Bild zum Scannen',
  qrMissing: 'Das Bild kann nicht gezeigt werden. Sein Inhalt:',
  timeLeft: (seconds) => `Noch ${seconds} s`,
  timeLeftSpoken: (seconds) => `Noch ${seconds} Sekunden.`,
  endedHeading: 'Das hat nicht geklappt',
  denied: 'Die Anfrage wurde abgelehnt.',
  expired: 'Die Zeit ist abgelaufen.',
  cancelled: 'Der Vorgang wurde abgebrochen.',
  unmet: 'Diese Anmeldung reicht nicht aus.',
  failed: 'Etwas ist schiefgegangen.',
  popupBlocked: 'Der Browser hat das Fenster blockiert.',
  continueButton: 'Weiter',
  cancelButton: 'Abbrechen',
  tryAgainButton: 'Erneut versuchen',
  closeButton: 'Schließen',
};

/** Words of the English texts that no German sentence has. */
const ENGLISH =
  /\b(the|this|that|you|your|continue|cancel|close|try|again|sign|phone|code|left|needs|one|please|time|wrong|blocked|denied|confirm|approved)\b/i;

beforeAll(async () => {
  await import('./open-step-up-dialog');
});

afterEach(() => {
  TestBed.resetTestingModule();
});

class FollowedFlow extends FakeFlow {
  readonly progress = signal<StepUpProgress | undefined>(undefined);
}

function conduct(
  flow: FakeFlow,
  details: Partial<Parameters<StepUpDialog['conduct']>[1]> = {},
): void {
  TestBed.inject(StepUpDialog)
    .conduct(flow, { kind: 'step-up', ...details })
    .catch(() => undefined);
}

function configure(...providers: readonly unknown[]): void {
  TestBed.configureTestingModule({
    providers: [
      provideStepUpDialogTexts(GERMAN),
      { provide: STEP_UP_CLOCK, useValue: () => NOW },
      ...(providers as []),
    ],
  });
}

describe('provideStepUpDialogTexts()', () => {
  it.each(['step-up', 'sign-in'] as const)(
    'leaves no English in what asks for a %s',
    async (kind) => {
      configure();
      conduct(new FakeFlow(), {
        kind,
        askFirst: true,
        requirement: { acrValues: ['a'], maxAge: 60 },
      });
      await page.settle();
      expect(page.text).toContain('Weiter');
      expect(page.words).not.toMatch(ENGLISH);
    },
  );

  it.each(['starting', 'scanning', 'approving', 'reconnecting', 'completing'] as const)(
    'leaves no English while %s',
    async (phase) => {
      configure();
      const flow = new FollowedFlow();
      conduct(flow);
      flow.progress.set({
        status: 'pending',
        phase,
        bindingMessage: 'AB12-CD34',
        qr: 'https://beispiel.example/',
        expiresAt: NOW + 120,
      });
      await page.settle();
      expect(page.text).toContain(GERMAN[phase]);
      expect(page.words).not.toMatch(ENGLISH);
    },
  );

  it('leaves no English where the picture is missing, in a popup and on the way out', async () => {
    configure({ provide: QR_ENCODER_LOADER, useValue: () => Promise.reject(new Error('offline')) });
    const flow = new FollowedFlow();
    conduct(flow);
    flow.progress.set({ status: 'pending', phase: 'scanning', qr: 'https://beispiel.example/' });
    await page.settle();
    expect(page.text).toContain(GERMAN.qrMissing);
    expect(page.words).not.toMatch(ENGLISH);
    flow.last.resolve('redirecting');
    await page.settle();
    expect(page.text).toContain(GERMAN.redirecting);
    expect(page.words).not.toMatch(ENGLISH);
    await page.click('Abbrechen');
    conduct(new FakeFlow());
    await page.settle();
    expect(page.text).toContain(GERMAN.waiting);
    expect(page.words).not.toMatch(ENGLISH);
  });

  it.each([
    'ERR_STEPUP_DENIED',
    'ERR_STEPUP_EXPIRED',
    'ERR_STEPUP_CANCELLED',
    'ERR_STEPUP_UNMET',
    'ERR_STEPUP_FAILED',
    'ERR_STEPUP_POPUP_BLOCKED',
    'ERR_STEPUP_CONFIGURATION',
  ] as const satisfies readonly StepUpErrorCode[])('leaves no English after %s', async (code) => {
    configure();
    const flow = new FakeFlow();
    conduct(flow);
    await page.settle();
    flow.last.reject(new StepUpError(code, 'the cause, in English'));
    await page.settle();
    expect(page.text).toContain('Schließen');
    expect(page.words).not.toMatch(ENGLISH);
  });

  it('would find English where there is some', async () => {
    conduct(new FakeFlow(), { askFirst: true });
    await page.settle();
    expect(page.words).toMatch(ENGLISH);
  });

  it('says in which language the dialog is', async () => {
    configure();
    conduct(new FakeFlow());
    await page.settle();
    expect(page.find('stepup-dialog-panel').lang).toBe('de');
  });

  it('keeps the English text that is not replaced, and puts those of one dialog first', async () => {
    TestBed.configureTestingModule({
      providers: [provideStepUpDialogTexts({ cancelButton: 'Stop', continueButton: 'Go' })],
    });
    conduct(new FakeFlow(), { askFirst: true, texts: () => ({ continueButton: 'Pay' }) });
    await page.settle();
    expect(page.heading).toBe('Confirm that it is you');
    expect(page.buttons).toEqual(['Pay', 'Stop']);
  });

  it('keeps the English text where there is none', async () => {
    const missing: unknown = { requirement: undefined, continueButton: undefined };
    TestBed.configureTestingModule({
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- As less strict apps may.
      providers: [provideStepUpDialogTexts(missing as Partial<StepUpDialogTexts>)],
    });
    conduct(new FakeFlow(), { askFirst: true, requirement: { maxAge: 0 } });
    await page.settle();
    expect(page.text).toContain('This needs a new sign-in.');
    expect(page.buttons).toEqual(['Continue', 'Cancel']);
  });

  it('follows a language that the end-user changes', async () => {
    const language = signal('en');
    TestBed.configureTestingModule({
      providers: [provideStepUpDialogTexts(() => (language() === 'de' ? GERMAN : {}))],
    });
    conduct(new FakeFlow(), { askFirst: true });
    await page.settle();
    expect(page.buttons).toEqual(['Continue', 'Cancel']);
    language.set('de');
    await page.settle();
    expect(page.buttons).toEqual(['Weiter', 'Abbrechen']);
  });
});

describe('The English texts', () => {
  it.each([
    [{ acrValues: ['urn:example:phr'] }, 'This needs a stronger sign-in.'],
    [{ maxAge: 300 }, 'This needs a recent sign-in, made in the last 5 minutes.'],
    [{ maxAge: 60 }, 'This needs a recent sign-in, made in the last minute.'],
    [{ maxAge: 7200 }, 'This needs a recent sign-in, made in the last 2 hours.'],
    [{ maxAge: 90 }, 'This needs a recent sign-in, made in the last 90 seconds.'],
    [{ maxAge: 0 }, 'This needs a new sign-in.'],
    [{ acrValues: ['phr'], maxAge: 0 }, 'This needs a new and stronger sign-in.'],
    [
      { acrValues: ['phr'], maxAge: 300 },
      'This needs a stronger sign-in, made in the last 5 minutes.',
    ],
  ])('put %p into words', (requirement, words) => {
    expect(ENGLISH_TEXTS.requirement(requirement)).toBe(words);
  });

  it.each([
    [125, '2:05', '125 seconds left.'],
    [60, '1:00', '1 minute left.'],
    [1, '0:01', '1 second left.'],
  ])('put %p seconds into words', (seconds, shown, spoken) => {
    expect(ENGLISH_TEXTS.timeLeft(seconds)).toBe(`Time left: ${shown}`);
    expect(ENGLISH_TEXTS.timeLeftSpoken(seconds)).toBe(spoken);
  });
});
