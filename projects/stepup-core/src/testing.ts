import type { Authentication } from './evaluate-requirement.js';
import vectors from './challenge.vectors.json' with { type: 'json' };

export type { Authentication } from './evaluate-requirement.js';

/** One case of the challenge grammar: what a header value means, or where it is at fault. */
export interface ChallengeVector {
  readonly description: string;
  /** The rule that the case stands for: a section of an RFC, or a ruling of this project. */
  readonly source: string;
  readonly header: string | readonly string[];
  /** What it means. Absent when the header does not parse. */
  readonly challenges?: readonly {
    readonly scheme: string;
    readonly params: Readonly<Record<string, string>>;
    readonly token68?: string;
  }[];
  /** Where it is at fault. Absent when the header parses. */
  readonly offset?: number;
}

/** Cases of the challenge grammar, for tests of other readers and writers of the header. */
export const challengeVectors: readonly ChallengeVector[] = vectors;

/** A clock that moves only when told to. */
export interface TestClock {
  /** The current time, in seconds since the Unix epoch. Fits wherever a `now` function does. */
  readonly now: () => number;
  /** Moves the clock forward, or back when negative. */
  advance(seconds: number): void;
}

/**
 * Creates a clock for tests.
 *
 * @param start The time at first, in seconds since the Unix epoch.
 */
export function createTestClock(start: number = 1_750_000_000): TestClock {
  let time = start;
  return {
    now: () => time,
    advance(seconds) {
      time += seconds;
    },
  };
}

/**
 * Creates an authentication for tests: one factor, just now.
 *
 * @param clock Tells when "just now" is.
 * @param differences What is to be different. `undefined` leaves a claim out.
 */
export function createTestAuthentication(
  clock: Pick<TestClock, 'now'>,
  differences: { readonly [Claim in keyof Authentication]: Authentication[Claim] | undefined } = {},
): Authentication {
  const claims = { acr: 'pwd', authTime: clock.now(), subject: 'alice', ...differences };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}
