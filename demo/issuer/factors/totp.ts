import { generateSecret, generateSync, verifySync } from 'otplib';
import type { DemoAccount } from '../../demo.config.js';

const PERIOD_SECONDS = 30;
const CODE = /^\d{6}$/;

/** What an authenticator app shows. */
export interface ShownCode {
  readonly code: string;
  /** When the next code takes its place, in seconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Second factor: time-based one-time codes.
 *
 * RFC 6238 §5.2 wants a code to be accepted only once. Here it may be used again while it lasts:
 * who tries out the demo steps up several times within half a minute, and would have to wait each
 * time. Guessing is held back by the number of attempts that one interaction allows.
 *
 * @see [RFC 6238](https://www.rfc-editor.org/rfc/rfc6238)
 */
export class OneTimeCodes {
  readonly #secrets: ReadonlyMap<string, string>;
  readonly #now: () => number;

  /** @param now Current time, in seconds since the epoch. */
  constructor(accounts: readonly DemoAccount[], now: () => number) {
    const enrolled = accounts.filter(({ secondFactors }) => secondFactors.includes('otp'));
    this.#secrets = new Map(enrolled.map(({ id }) => [id, generateSecret()]));
    this.#now = now;
  }

  /** The code on an account's authenticator app; `undefined` when it has none. */
  show(accountId: string): ShownCode | undefined {
    const secret = this.#secrets.get(accountId);
    if (secret === undefined) return undefined;
    const epoch = this.#now();
    return {
      code: generateSync({ secret, epoch, period: PERIOD_SECONDS }),
      expiresAt: (Math.floor(epoch / PERIOD_SECONDS) + 1) * PERIOD_SECONDS,
    };
  }

  /** Whether a code is the account's, now or one step earlier or later. */
  verify(accountId: string, typed: string): boolean {
    const secret = this.#secrets.get(accountId);
    const token = typed.replaceAll(/\s/g, '');
    if (secret === undefined || !CODE.test(token)) return false;
    const epoch = this.#now();
    return verifySync({
      secret,
      token,
      epoch,
      period: PERIOD_SECONDS,
      epochTolerance: PERIOD_SECONDS,
    }).valid;
  }
}
