import { Inject, Injectable, Logger } from '@nestjs/common';
import type { QrEncounter } from '../ciba.options.js';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';

/** Asks the app's own rule whether a phone may claim the session that a browser shows. */
@Injectable()
export class QrAdmission {
  private readonly logger = new Logger('StepUp');

  constructor(
    @Inject(CIBA_SETTINGS) private readonly settings: Pick<CibaSettings, 'qr' | 'timeoutSeconds'>,
  ) {}

  /** Whether there is a rule. */
  get isAsked(): boolean {
    return this.settings.qr.admit !== undefined;
  }

  /** It does not reject: a rule that throws, or takes too long, admits nobody. */
  async isAdmitted(encounter: QrEncounter): Promise<boolean> {
    const { qr, timeoutSeconds } = this.settings;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      const late = Object.assign(new Error('It took too long'), { name: 'TimeoutError' });
      timer = setTimeout(() => reject(late), timeoutSeconds * 1000);
    });
    try {
      // Awaited inside, as a rule that is not asynchronous throws at once.
      const answer: unknown = await Promise.race([qr.admit?.(encounter), tooLate]);
      return answer === true;
    } catch (error) {
      const kind = error instanceof Error ? error.name : typeof error;
      this.logger.error(
        `Cannot admit a phone to a QR session as 'qr.admit' failed: current error is ${kind}`,
      );
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}
