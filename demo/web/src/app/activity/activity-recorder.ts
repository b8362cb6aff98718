import { Service, effect, inject, untracked } from '@angular/core';
import { StepUp, type Authentication, type StepUpTransaction } from 'angular-stepup';
import { requirementInWords } from '../step-up/words';
import { ActivityLog } from './activity-log';

const KNOWN_KEY = 'demo.activity.known';

/** Writes down what the signals of `StepUp` tell: step-ups that start, end and fail. */
@Service()
export class ActivityRecorder {
  private readonly stepUp = inject(StepUp);
  private readonly log = inject(ActivityLog);
  private isRunning = false;

  constructor() {
    effect(() => {
      const authentication = this.stepUp.authentication();
      untracked(() => this.recordAuthentication(authentication));
    });
    effect(() => {
      const error = this.stepUp.error();
      if (!error) return;
      untracked(() =>
        this.log.add({
          kind: 'failed',
          title: 'Step-up failed',
          details: [['code', error.code]],
        }),
      );
    });
    // Last, so that a transaction that is gone has its result or its error written down already.
    effect(() => {
      const transaction = this.stepUp.transaction();
      untracked(() => {
        if (transaction) this.recordStart(transaction);
        else this.recordEnd();
      });
    });
  }

  private recordStart({ requirement, handler }: StepUpTransaction): void {
    // A transaction changes its phase several times; it starts once.
    this.isRunning = true;
    if (this.log.isStepUpOpen()) return;
    const { acrValues, maxAge } = requirement;
    this.log.add({
      kind: 'started',
      title: `Step-up started: ${requirementInWords(requirement)}`,
      details: [
        ...(acrValues ? [['acr_values', acrValues.join(' ')] as const] : []),
        ...(maxAge === undefined ? [] : [['max_age', String(maxAge)] as const]),
        ['handler', handler],
      ],
    });
  }

  private recordEnd(): void {
    // After a redirect the step-up that this tab left for is open, and no transaction runs here.
    if (this.isRunning && this.log.isStepUpOpen()) {
      this.log.add({ kind: 'finished', title: 'Step-up ended', details: [] });
    }
    this.isRunning = false;
  }

  private recordAuthentication(authentication: Authentication | undefined): void {
    const known = sessionStorage.getItem(KNOWN_KEY);
    const fingerprint = authentication ? JSON.stringify(claimDetails(authentication)) : '';
    if (known === fingerprint || (known === null && !authentication)) return;
    sessionStorage.setItem(KNOWN_KEY, fingerprint);
    if (!authentication) {
      this.log.add({ kind: 'signed-out', title: 'Signed out', details: [] });
      return;
    }
    const finished = this.log.isStepUpOpen();
    this.log.add({
      kind: finished ? 'finished' : 'signed-in',
      title: finished ? 'Step-up finished: a new ID token' : 'Signed in',
      details: claimDetails(authentication),
    });
  }
}

/** The claims of an authentication that step-up is about, under their wire names. */
function claimDetails({
  acr,
  amr,
  authTime,
}: Authentication): readonly (readonly [string, string])[] {
  return [
    ['acr', typeof acr === 'string' ? acr : (acr?.join(' ') ?? 'absent')],
    ['auth_time', authTime === undefined ? 'absent' : String(authTime)],
    ...(amr ? [['amr', amr.join(' ')] as const] : []),
  ];
}
