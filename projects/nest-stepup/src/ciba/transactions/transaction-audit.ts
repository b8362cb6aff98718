import { Inject, Injectable, Logger } from '@nestjs/common';
import type { CibaEvent } from '../ciba.event.js';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import { referenceOf } from './transaction-key.js';
import type { TransactionPhase, TransactionRecord } from './transaction-record.js';

const EVENT_OF: Readonly<Partial<Record<TransactionPhase, CibaEvent['type']>>> = {
  ready: 'approved',
  'handed-over': 'handed_over',
  denied: 'denied',
  expired: 'expired',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** Tells the app what becomes of transactions. Nothing secret ever gets here. */
@Injectable()
export class TransactionAudit {
  private readonly logger = new Logger('StepUp');

  constructor(
    @Inject(CIBA_SETTINGS)
    private readonly settings: Pick<CibaSettings, 'now' | 'onEvent'>,
  ) {}

  /** Tells that a transaction has come to where it is now. */
  reached(key: string, record: TransactionRecord): void {
    const { kind, state, approvedBy: subject = record.subject } = record;
    const type = EVENT_OF[state.phase];
    if (type === undefined) return;
    const error = 'error' in state ? state.error : undefined;
    this.tell({
      type,
      kind,
      reference: referenceOf(key),
      ...(subject !== undefined && { subject }),
      ...(error !== undefined && { error }),
    });
  }

  /** Tells anything else. A listener that throws harms nobody. */
  tell(event: Omit<CibaEvent, 'at'>): void {
    if (!this.settings.onEvent) return;
    try {
      const told = this.settings.onEvent({ ...event, at: this.settings.now() });
      // A rejection that nobody handles ends the process.
      if (told instanceof Promise) told.catch((error: unknown) => this.explain(error));
    } catch (error) {
      this.explain(error);
    }
  }

  private explain(error: unknown): void {
    const kind = error instanceof Error ? error.name : typeof error;
    this.logger.error(
      `Cannot report what became of a transaction as 'onEvent' threw an error: current error is ${kind}`,
    );
  }
}
