import {
  evaluateRequirement,
  type AcrRanking,
  type AuthenticationRequirement,
  type UnmetRequirement,
} from 'stepup-core';
import type { CibaErrorCode } from '../ciba.exception.js';
import type { AuthenticationResult } from './backchannel-client.js';

/** Who was to approve, and how strongly. */
export interface ExpectedResult {
  /** Left out where anybody may: at a sign-in. */
  readonly subject?: string | undefined;
  readonly requirement?: AuthenticationRequirement | undefined;
}

/** Options of {@link checkResult}. */
export interface CheckResultOptions {
  /** The current time, in seconds since the Unix epoch. */
  readonly now: number;
  /** How far clocks may differ, in seconds. */
  readonly clockToleranceSeconds: number;
  readonly ranking?: AcrRanking | undefined;
}

/** Why a result does not do. */
export interface ResultRefusal {
  readonly error: CibaErrorCode;
  readonly description: string;
}

/**
 * Checks that the tokens are of the user who was asked, authenticated as was asked: authorization
 * servers do not see to it.
 *
 * @returns `undefined` when they are.
 * @see [RFC 9470 §5](https://www.rfc-editor.org/rfc/rfc9470#section-5)
 */
export function checkResult(
  { authentication }: Pick<AuthenticationResult, 'authentication'>,
  { subject, requirement }: ExpectedResult,
  { now, clockToleranceSeconds, ranking }: CheckResultOptions,
): ResultRefusal | undefined {
  if (subject !== undefined && authentication.subject !== subject) {
    return { error: 'access_denied', description: 'Another user approved the request' };
  }
  if (!requirement) return undefined;
  const { satisfied, unmet } = evaluateRequirement(requirement, authentication, {
    now,
    clockToleranceSeconds,
    ...(ranking && { ranking }),
  });
  if (satisfied) return undefined;
  return { error: 'unmet_authentication_requirements', description: describe(unmet) };
}

/** Says which claim falls short: the one who mends it works on the authorization server. */
function describe(unmet: readonly UnmetRequirement[]): string {
  const reasons = unmet.map(({ parameter, reason }) => {
    const claim = parameter === 'acr_values' ? 'acr' : 'auth_time';
    return reason === 'missing' ? `has no ${claim}` : `has an ${claim} ${REASONS[reason]}`;
  });
  return `The ID token ${reasons.join(' and ')}`;
}

const REASONS: Readonly<Record<Exclude<UnmetRequirement['reason'], 'missing'>, string>> = {
  not_accepted: 'that is not accepted',
  too_old: 'that is too old',
  in_the_future: 'in the future',
};
