import type { AcrRanking } from './acr-ranking.js';
import { refuse } from './refusal.js';
import { defineRequirement, type AuthenticationRequirement } from './requirement.js';

/**
 * What a verified token says about one authentication of the end-user.
 *
 * @see [RFC 9068 §2.2.1](https://www.rfc-editor.org/rfc/rfc9068#section-2.2.1)
 */
export interface Authentication {
  /** The authentication context class, or several where the issuer lists them. */
  readonly acr?: string | readonly string[] | undefined;
  /** When the end-user actively authenticated, in seconds since the Unix epoch. */
  readonly authTime?: number | undefined;
  /** The end-user. */
  readonly subject?: string | undefined;
  /** The methods that were used: for information, never a reason to accept. */
  readonly amr?: readonly string[] | undefined;
  /** All verified claims, for an application's own checks. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}

/** A part of a requirement that an authentication does not satisfy, and why. */
export type UnmetRequirement =
  | { readonly parameter: 'acr_values'; readonly reason: 'missing' | 'not_accepted' }
  | { readonly parameter: 'max_age'; readonly reason: 'missing' | 'too_old' | 'in_the_future' };

/** The result of holding an authentication against a requirement. */
export type Evaluation =
  | { readonly satisfied: true; readonly unmet: readonly [] }
  | {
      readonly satisfied: false;
      readonly unmet: readonly [UnmetRequirement, ...UnmetRequirement[]];
    };

/** Options of {@link evaluateRequirement}. */
export interface EvaluationOptions {
  /** The current time, in seconds since the Unix epoch. */
  readonly now: number;
  /**
   * How far the clocks of issuer and evaluator may be apart, in seconds.
   *
   * @default 5
   */
  readonly clockToleranceSeconds?: number;
  /** Lets a higher class stand for a lower one. Without it, values are compared as exact strings. */
  readonly ranking?: AcrRanking;
}

const EVALUATE = 'evaluate a requirement';
const DEFAULT_CLOCK_TOLERANCE_SECONDS = 5;

/**
 * Decides whether an authentication satisfies a requirement.
 *
 * A claim that the requirement depends on but the token lacks, or has in the wrong type, counts as
 * unmet, never as met.
 *
 * @returns Every unmet part, so that one challenge can name them all.
 * @throws {TypeError | RangeError} When the time or the tolerance is not a finite number, the
 *   tolerance is negative, or the requirement is not valid, as {@link defineRequirement}.
 *
 * @example
 * const { satisfied } = evaluateRequirement({ maxAge: 300 }, { authTime: 1000 }, { now: 1300 });
 *
 * @see [RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)
 */
export function evaluateRequirement(
  requirement: AuthenticationRequirement,
  authentication: Authentication,
  options: EvaluationOptions,
): Evaluation {
  const { now, clockToleranceSeconds = DEFAULT_CLOCK_TOLERANCE_SECONDS, ranking } = options;
  assertSeconds('now', now);
  assertSeconds('clockToleranceSeconds', clockToleranceSeconds);
  if (clockToleranceSeconds < 0) {
    refuse(EVALUATE, "'clockToleranceSeconds' must not be negative", clockToleranceSeconds);
  }

  // An empty requirement would be satisfied by anyone: it is refused here too, not only at boot.
  const { acrValues, maxAge } = defineRequirement(requirement);
  const acr = acrValues && unmetAcr(acrValues, authentication.acr, ranking);
  const age =
    maxAge !== undefined && unmetAge(maxAge, authentication.authTime, now, clockToleranceSeconds);
  if (acr) return { satisfied: false, unmet: age ? [acr, age] : [acr] };
  return age ? { satisfied: false, unmet: [age] } : SATISFIED;
}

const SATISFIED: Evaluation = Object.freeze({ satisfied: true, unmet: Object.freeze([] as const) });

function unmetAcr(
  acrValues: readonly string[],
  acr: unknown,
  ranking: AcrRanking | undefined,
): UnmetRequirement | undefined {
  const actual = typeof acr === 'string' ? [acr] : acr;
  if (!isListOfStrings(actual)) return { parameter: 'acr_values', reason: 'missing' };
  const accepted = actual.some(
    (value) =>
      acrValues.includes(value) ||
      // A ranking of the app's own that returns a promise, say, has not said yes.
      acrValues.some((demanded) => ranking?.satisfies(value, demanded) === true),
  );
  return accepted ? undefined : { parameter: 'acr_values', reason: 'not_accepted' };
}

function unmetAge(
  maxAge: number,
  authTime: unknown,
  now: number,
  toleranceSeconds: number,
): UnmetRequirement | undefined {
  if (typeof authTime !== 'number' || !Number.isFinite(authTime)) {
    return { parameter: 'max_age', reason: 'missing' };
  }
  if (authTime > now + toleranceSeconds) return { parameter: 'max_age', reason: 'in_the_future' };
  if (now - authTime > maxAge + toleranceSeconds) {
    return { parameter: 'max_age', reason: 'too_old' };
  }
  return undefined;
}

function isListOfStrings(list: unknown): list is readonly string[] {
  if (!Array.isArray(list) || list.length === 0) return false;
  // Unlike every(), this looks at holes, too.
  for (const item of list) {
    if (typeof item !== 'string') return false;
  }
  return true;
}

function assertSeconds(name: string, value: number): void {
  if (Number.isFinite(value)) return;
  const kind = typeof value === 'number' ? RangeError : TypeError;
  refuse(EVALUATE, `'${name}' must be a finite number of seconds`, value, kind);
}
