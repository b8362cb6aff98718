import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { Accounts } from '../accounts.js';
import { acrSatisfies, readAcrValues } from '../acr-ladder.js';
import { targetAcr } from './next-step.js';

const { Check } = interactionPolicy;

/** When somebody who asks for tokens is sent to the sign-in pages, `acr_values` included. */
export function signInPolicy(accounts: Accounts): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  // The bank's own application: nobody is asked whether it may sign them in.
  policy.remove('consent');
  policy
    .get('login')
    ?.checks.add(
      new Check(
        'acr_values',
        'The client specified not to prompt, but the client app requires re-authentication or MFA.',
        'login_required',
        (ctx) => isStrongerThanSession(ctx, accounts),
      ),
    );
  return policy;
}

function isStrongerThanSession({ oidc }: KoaContextWithOIDC, accounts: Accounts): boolean {
  const acrValues = readAcrValues(oidc.params?.['acr_values']);
  if (acrValues.length === 0) return Check.NO_NEED_TO_PROMPT;
  const account = accounts.find(oidc.session?.accountId);
  // An account that may get less is brought to what it can reach, and not asked over and over.
  const enough = account && targetAcr(acrValues, account);
  const acceptable = enough === undefined ? acrValues : [...acrValues, enough];
  const satisfied = acceptable.some((acr) => acrSatisfies(oidc.acr, acr));
  return satisfied ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
}
