import type { Provider } from 'oidc-provider';
import type { AcrMode } from '../demo.config.js';
import { acrSatisfies, readAcrValues } from './acr-ladder.js';

/**
 * Makes the `acr` claim say what an Okta org says, whatever the session is worth.
 *
 * `session`: the claim is always the session's full strength. `okta`: it is the requested value that
 * was chosen, and it is absent when none was requested; a session that satisfies none of them (which
 * the voluntary `acr_values` allow) shows its real strength.
 */
export function shapeAcrClaim(provider: Provider, mode: AcrMode): void {
  if (mode === 'session') return;
  provider.on('authorization.accepted', ({ oidc }) => {
    const acr = oidc.session?.acr;
    const requested = readAcrValues(oidc.params?.['acr_values']);
    const chosen = requested.find((value) => acrSatisfies(acr, value));
    // The provider reads this getter for the code, from which all tokens inherit the claim.
    Object.defineProperty(oidc, 'acr', {
      value: requested.length === 0 ? undefined : (chosen ?? acr),
      configurable: true,
    });
  });
}
