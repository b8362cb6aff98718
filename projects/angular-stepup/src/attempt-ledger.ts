import type { AuthenticationRequirement } from 'stepup-core';

import { tabStorage } from './tab-storage';

const MAX_ATTEMPTS = 2;
const MAX_ATTEMPTS_IN_ALL = 8;

/** A step-up that the page may be left for. */
export interface Attempt {
  /** Of its requirement; empty when it is forgiven. */
  readonly key: string;
  /** The request that wanted it, or the key of the requirement; empty when it is forgiven. */
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
   * Whether a requirement was tried as often as it may be. There is a limit to all of them, too: an
   * API may think of another one each time.
   *
   * @param key Of the requirement.
   */
  isExhausted(key: string): boolean;
  /**
   * Counts an attempt before it is made: afterwards the page may be gone.
   *
   * @returns Whether it could be counted.
   */
  begin(attempt: Attempt): boolean;
  /** Takes back the last attempt, which ended without leaving the page. */
  undo(): void;
  /** The attempt that the end-user is not back from. It comes from storage: not to be trusted. */
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
    isExhausted: (key) => {
      const all = read();
      return (
        all.filter((attempt) => attempt.key === key).length >= MAX_ATTEMPTS ||
        all.length >= MAX_ATTEMPTS_IN_ALL
      );
    },
    begin: add,
    undo: () => write(read().slice(0, -1)),
    left: () => {
      const last = read().at(-1);
      return last?.isOver ? undefined : last;
    },
    comeBack: () => write(read().map((attempt) => ({ ...attempt, isOver: true }))),
    forgive: (initiator) => {
      const all = read();
      // Not taken out: the page may just be being left for it, and it counts among all.
      const forgiven = all.map((attempt) =>
        attempt.initiator === initiator ? { ...attempt, key: '', initiator: '' } : attempt,
      );
      if (all[0]) write(forgiven);
    },
    clear: () => write([]),
  };
}
