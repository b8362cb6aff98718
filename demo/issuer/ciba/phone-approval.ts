import { ACR, type AcrMode, type DemoAccount } from '../../demo.config.js';
import { canReach } from '../accounts.js';
import { acrSatisfies } from '../acr-ladder.js';
import { targetAcr } from '../interaction/next-step.js';

/** What an approval is worth: claims of the tokens that come of it. */
export interface PhoneApproval {
  readonly acr: string | undefined;
  readonly amr: string[];
}

/**
 * What approving on somebody's phone is worth: never more than the account can do.
 *
 * The claim is filled as `shapeAcrClaim()` fills it for a sign-in in the browser.
 *
 * @returns `undefined` when it is less than was asked and must not be granted.
 */
export function phoneApproval(
  account: DemoAccount,
  acrValues: readonly string[],
  mode: AcrMode,
): PhoneApproval | undefined {
  if (targetAcr(acrValues, account) === undefined) return undefined;
  const strongest = strongestAcr(account);
  const amr = AMR[strongest];
  if (mode === 'session') return { acr: strongest, amr: [...amr] };
  const chosen = acrValues.find((value) => acrSatisfies(strongest, value));
  return { acr: acrValues.length === 0 ? undefined : (chosen ?? strongest), amr: [...amr] };
}

/** The strongest authentication that an account's phone can offer. */
export function strongestAcr(account: DemoAccount): keyof typeof AMR {
  if (canReach(account, ACR.phishingResistant)) return ACR.phishingResistant;
  return canReach(account, ACR.twoFactors) ? ACR.twoFactors : ACR.oneFactor;
}

/**
 * A key of the phone's and its owner's presence; a second channel and presence; a second channel alone.
 *
 * @see [RFC 8176 §2](https://www.rfc-editor.org/rfc/rfc8176#section-2)
 */
const AMR = {
  [ACR.phishingResistant]: ['hwk', 'user', 'mfa'],
  [ACR.twoFactors]: ['mca', 'user', 'mfa'],
  [ACR.oneFactor]: ['mca'],
} as const;
