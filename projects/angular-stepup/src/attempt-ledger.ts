import { type AuthenticationRequirement, defineRequirement } from 'stepup-core';

import { isReturnUrl } from './return-url';
import { tabStorage } from './tab-storage';

const MAX_ATTEMPTS = 2;
const MAX_ATTEMPTS_BY_ONE = 4;
const MAX_ATTEMPTS_IN_ALL = 8;

/** A step-up that the page may be left for. */
export interface Attempt {
  /** Of its requirement; empty when it is forgiven. */
  readonly key: string;
  /** What wanted it: a guard, the app, or a request; empty when it is forgiven. */
  readonly initiator: string;
  readonly requirement: AuthenticationRequirement;
  /** Router URL that the end-user wanted. */
  readonly returnUrl: string;
  /** Router URL of the page that the end-user came from. */
  readonly fromUrl: string;
  /** Name of the handler. */
  readonly handler: string;
  /** Who was signed in. */
  readonly subject: string | undefined;
  /** Whether the end-user is back from it. */
  readonly isOver?: boolean;
}

/** Tells requirements apart; the order of acr values makes no difference. */
export function requirementKey({ acrValues = [], maxAge }: AuthenticationRequirement): string {
  // oxlint-disable-next-line unicorn/no-array-sort -- toSorted() is younger than our browsers.
  return JSON.stringify([[...acrValues].sort(), maxAge]);
}

/**
 * Knows the step-ups that this tab left the page for: to find the last one again, and to count them,
 * so that no answer leads to a redirect loop.
 *
 * An attempt is forgiven when its initiator got through, and forgotten after ten minutes or when the
 * end-user clicks for another. That the ID token is strong enough is not enough for a request: its
 * API may still refuse. Those forgiven count among all: two requests may get through in turn, each
 * with a token that the other one's API refuses.
 */
export interface AttemptLedger {
  /**
   * Whether a requirement was tried as often as it may be, or an initiator has tried so many: an
   * API may think of another one each time. There is a limit to all of them, too.
   */
  isExhausted(attempt: Pick<Attempt, 'key' | 'initiator'>): boolean;
  /**
   * Counts an attempt before it is made: afterwards the page may be gone.
   *
   * @returns Whether it could be counted.
   */
  begin(attempt: Attempt): boolean;
  /** Takes back the last attempt, which ended without leaving the page. */
  undo(): void;
  /** The attempt that the end-user is not back from, as far as this page knows. */
  left(): Attempt | undefined;
  /** Remembers that the end-user is back from the last attempt. */
  comeBack(): void;
  /** Forgives the attempts of something that got through. */
  forgive(initiator: string): void;
  /** Forgets all attempts. */
  clear(): void;
}

/** @param now Seconds since the epoch. */
export function attemptLedger(window: Window | null, now: () => number): AttemptLedger {
  const { read, write, add } = tabStorage<Attempt>('stepup.attempts', window, now);
  return {
    isExhausted: ({ key, initiator }) => {
      const all = read();
      return (
        all.filter((attempt) => attempt.key === key).length >= MAX_ATTEMPTS ||
        all.filter((attempt) => attempt.initiator === initiator).length >= MAX_ATTEMPTS_BY_ONE ||
        all.length >= MAX_ATTEMPTS_IN_ALL
      );
    },
    begin: add,
    undo: () => write(read().slice(0, -1)),
    left: () => {
      const left = read().at(-1);
      if (!left || left.isOver || !isReturnUrl(left.returnUrl) || !isReturnUrl(left.fromUrl)) {
        return undefined;
      }
      try {
        return { ...left, requirement: defineRequirement(left.requirement) };
      } catch {
        // Not what begin() wrote.
        return undefined;
      }
    },
    comeBack: () => write(read().map((attempt) => ({ ...attempt, isOver: true }))),
    forgive: (initiator) => {
      const all = read();
      // Not taken out: the page may just be being left for it, and it counts among all.
      const forgiven = all.map((attempt) =>
        attempt.initiator === initiator ? { ...attempt, key: '', initiator: '' } : attempt,
      );
      if (all.length) write(forgiven);
    },
    clear: () => write([]),
  };
}
