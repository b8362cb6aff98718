import type { Interaction } from 'oidc-provider';
import type { Accounts } from '../accounts.js';
import { factorsOf, readAcrValues, type ProvenFactor } from '../acr-ladder.js';

/** What an application asks of a sign-in, and what the session already brings to it. */
export interface SignInRequest {
  /** Requested `acr` values that are known here, most preferred first. */
  readonly acrValues: readonly string[];
  /** Whether factors of the session have to be proven again. */
  readonly mustBeRecent: boolean;
  /** Longest acceptable time since the last authentication, in seconds, where one is asked. */
  readonly maxAge: number | undefined;
  readonly sessionAccountId: string | undefined;
  /** Factors of the session that need not be repeated. */
  readonly remembered: ReadonlySet<ProvenFactor>;
  readonly loginHint: string | undefined;
  /** Where the answer goes in the end: a form's redirects may lead there. */
  readonly clientOrigin: string;
}

export function readSignInRequest(
  { params, prompt, session }: Interaction,
  accounts: Accounts,
): SignInRequest {
  const loginHint = textOf(params['login_hint']);
  // A session of somebody else than the one who is expected counts for nothing.
  const isExpected =
    loginHint === undefined || accounts.findByUserName(loginHint)?.id === session?.accountId;
  const live = isExpected && !prompt.reasons.includes('id_token_hint') ? session : undefined;
  // Every reason but a missing strength is one to authenticate anew.
  const mustBeRecent = prompt.reasons.some((reason) => reason !== 'acr_values');
  const maxAge = Number(textOf(params['max_age']) ?? Number.NaN);
  return {
    acrValues: readAcrValues(params['acr_values']),
    mustBeRecent,
    maxAge: Number.isFinite(maxAge) ? maxAge : undefined,
    sessionAccountId: live?.accountId,
    remembered: mustBeRecent ? new Set() : factorsOf(live?.amr),
    loginHint,
    clientOrigin: new URL(String(params['redirect_uri'])).origin,
  };
}

function textOf(parameter: unknown): string | undefined {
  if (typeof parameter === 'number') return String(parameter);
  return typeof parameter === 'string' && parameter !== '' ? parameter : undefined;
}
