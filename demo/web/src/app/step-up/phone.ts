import { withChoice, type AuthenticationRequirement, type StepUpFeature } from 'angular-stepup';
import { withCiba } from 'angular-stepup/ciba';
import { withDialog } from 'angular-stepup/dialog';
import { OKTA_ACR_RANKING } from 'stepup-core';
import type { DemoConfig } from '../demo-config';
import type { Interaction } from './interaction';
import { requirementInWords } from './words';

/**
 * Approval on the phone, beside Okta: by the choice of the person.
 *
 * @returns Nothing where nobody can be asked on a phone.
 */
export function phoneFeatures(
  { apiUrl, phoneUrl }: DemoConfig,
  interaction: Interaction,
): readonly StepUpFeature[] {
  if (phoneUrl === undefined) return [];
  return [
    // #region phone
    withDialog(
      withCiba({
        apiUrl,
        binding: 'cookie',
        storage: 'session',
        acrRanking: OKTA_ACR_RANKING,
        reason,
      }),
      {
        reason,
        texts: { approving: `Approve it on your phone: the demo’s is at ${phoneUrl}.` },
      },
    ),
    withChoice(() => (interaction === 'phone' ? 'ciba' : 'okta')),
    // #endregion
  ];
}

/** What the page says, and the phone: one who compares the two finds the same. */
function reason(requirement: AuthenticationRequirement): string {
  return `Harbour Bank asks for ${requirementInWords(requirement)}.`;
}
