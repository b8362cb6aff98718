import type { AcrRanking } from './acr-ranking.js';
import { describeValue } from './describe-value.js';
import { defineRequirement, type AuthenticationRequirement } from './requirement.js';

/**
 * What a verified token says about one authentication of the end-user.
 *
 * @see [RFC 9068 §2.2.1](https://www.rfc-editor.org/rfc/rfc9068#section-2.2.1)
 */
export interface Authentication {
  /** The authentication context class, or several where the issuer lists them. */
  readonly acr?: string | readonly string[];
  /** When the end-user actively authenticated, in seconds since the Unix epoch. */
  readonly authTime?: number;
  /** The end-user. */
  readonly subject?: string;
  /** The methods that were used: for information, never a reason to accept. */
  readonly amr?: readonly string[];
  /** All verified claims, for an application's own checks. */
  readonly claims?: Readonly<Record<string, unknown>>;
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
  if (!Number.isFinite(now)) refuse("'now' must be a finite number of seconds", now);
  if (!Number.isFinite(clockToleranceSeconds) || clockToleranceSeconds < 0) {
    refuse(
      "'clockToleranceSeconds' must be a non-negative number of seconds",
      clockToleranceSeconds,
    );
  }

  // An empty requirement would be satisfied by anyone: it is refused here too, not only at boot.
  const { acrValues, maxAge } = defineRequirement(requirement);
  const [first, ...others] = [
    ...(acrValues ? unmetAcr(acrValues, authentication.acr, ranking) : []),
    ...(maxAge === undefined
      ? []
      : unmetAge(maxAge, authentication.authTime, now, clockToleranceSeconds)),
  ];
  if (first === undefined) return SATISFIED;
  return Object.freeze({ satisfied: false, unmet: Object.freeze([first, ...others] as const) });
}

const SATISFIED: Evaluation = Object.freeze({ satisfied: true, unmet: Object.freeze([] as const) });

function unmetAcr(
  acrValues: readonly string[],
  acr: unknown,
  ranking: AcrRanking | undefined,
): readonly UnmetRequirement[] {
  const actual: readonly unknown[] = Array.isArray(acr) ? acr : [acr];
  if (actual.length === 0 || !Array.from(actual).every(isString)) {
    return [{ parameter: 'acr_values', reason: 'missing' }];
  }
  const accepted = actual
    .filter(isString)
    .some((value) =>
      acrValues.some((demanded) => value === demanded || ranking?.satisfies(value, demanded)),
    );
  return accepted ? [] : [{ parameter: 'acr_values', reason: 'not_accepted' }];
}

function unmetAge(
  maxAge: number,
  authTime: unknown,
  now: number,
  toleranceSeconds: number,
): readonly UnmetRequirement[] {
  if (typeof authTime !== 'number' || !Number.isFinite(authTime)) {
    return [{ parameter: 'max_age', reason: 'missing' }];
  }
  if (authTime > now + toleranceSeconds) return [{ parameter: 'max_age', reason: 'in_the_future' }];
  if (now - authTime > maxAge + toleranceSeconds) {
    return [{ parameter: 'max_age', reason: 'too_old' }];
  }
  return [];
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function refuse(reason: string, value: unknown): never {
  const kind = typeof value === 'number' ? RangeError : TypeError;
  throw new kind(
    `Cannot evaluate a requirement as ${reason}: current value is ${describeValue(value)}`,
  );
}
