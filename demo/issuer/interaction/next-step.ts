import { ACR, type DemoAccount } from '../../demo.config.js';
import { acrOf, acrSatisfies, type ProvenFactor } from '../acr-ladder.js';
import { canReach } from '../accounts.js';

/** What the person who signs in is asked for next. */
export type Step = 'password' | 'otp' | 'createPasskey' | 'passkey';

/** What an interaction does next: asks, is done, or cannot give what was asked. */
export type NextStep = Step | 'done' | 'unmet';

/** Where an interaction stands. */
export interface Standing {
  /** Requested `acr` values, most preferred first; empty when none are requested. */
  readonly acrValues: readonly string[];
  /** Who signs in; `undefined` before that is known. */
  readonly account: DemoAccount | undefined;
  readonly hasPasskey: boolean;
  /** Factors that count: of this interaction, and those of the session that need not be repeated. */
  readonly proven: ReadonlySet<ProvenFactor>;
}

/** Works out what is needed next for the first requested `acr` value that the account can reach. */
export function nextStep({ acrValues, account, hasPasskey, proven }: Standing): NextStep {
  if (acrValues.length > 0 && acrValues.every((acr) => !anybodyReaches(acr))) return 'unmet';
  if (!account) return 'password';

  const target = targetAcr(acrValues, account);
  if (target === undefined) return 'unmet';
  if (acrSatisfies(acrOf(proven), target)) return 'done';
  if (target === ACR.phishingResistant && hasPasskey) return 'passkey';
  if (!proven.has('pwd')) return 'password';
  return proven.has('otp') ? 'createPasskey' : 'otp';
}

/**
 * The `acr` that an account is brought to.
 *
 * @returns `undefined` when it reaches none of the requested values and must not get less.
 */
export function targetAcr(acrValues: readonly string[], account: DemoAccount): string | undefined {
  const reachable = acrValues.find((acr) => canReach(account, acr));
  if (reachable !== undefined) return reachable;
  const lessWillDo = acrValues.length === 0 || account.whenUnreachable === 'grantLess';
  return lessWillDo ? ACR.oneFactor : undefined;
}

function anybodyReaches(acr: string): boolean {
  return acrSatisfies(ACR.phishingResistant, acr);
}
