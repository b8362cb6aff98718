import type { DemoAccount } from '../../demo.config.js';
import type { Accounts } from '../accounts.js';
import type { Passkeys } from '../factors/passkey.js';
import type { Html } from '../pages/html.js';
import type { InteractionView } from '../pages/interaction-parts.js';
import { oneTimeCodePage } from '../pages/one-time-code-page.js';
import { createPasskeyPage, usePasskeyPage } from '../pages/passkey-pages.js';
import { signInPage } from '../pages/sign-in-page.js';
import { accountOf, type Exchange } from './exchange.js';
import type { Progress } from './progress.js';
import { targetAcr, type Step } from './next-step.js';

/** Chooses and fills the page of a step; a page with a passkey button starts its ceremony. */
export class InteractionPages {
  readonly #accounts: Accounts;
  readonly #passkeys: Passkeys;

  constructor(accounts: Accounts, passkeys: Passkeys) {
    this.#accounts = accounts;
    this.#passkeys = passkeys;
  }

  /**
   * @param problem Why the last try did not succeed.
   * @param userName What was typed at the last try.
   */
  async of(exchange: Exchange, step: Step, problem?: string, userName?: string): Promise<Html> {
    const { progress, request } = exchange;
    const account = accountOf(exchange, this.#accounts);
    const view = viewOf(exchange, account, problem);
    if (step === 'otp') return oneTimeCodePage(view);
    if (step === 'createPasskey' && account) {
      const options = await this.#passkeys.creationOptions(account);
      progress.pendingChallenge = { purpose: 'create', challenge: options.challenge };
      return createPasskeyPage(view, options);
    }

    const passkeyOptions = await this.#startUse(progress, account);
    if (step === 'passkey' && passkeyOptions) {
      return usePasskeyPage({ ...view, justCreated: progress.passkeyCreated }, passkeyOptions);
    }
    return signInPage({
      ...view,
      userName: userName ?? (progress.anotherAccount ? '' : (request.loginHint ?? '')),
      demoAccounts: this.#accounts.all,
      passkeyOptions,
    });
  }

  /** Starts the use of a passkey where there is one; it will do in place of a password as well. */
  async #startUse(progress: Progress, account: DemoAccount | undefined) {
    const isThere = account ? this.#passkeys.has(account.id) : !this.#passkeys.isEmpty;
    if (!isThere) return undefined;
    const options = await this.#passkeys.requestOptions(account?.id);
    progress.pendingChallenge = { purpose: 'use', challenge: options.challenge };
    return options;
  }
}

function viewOf(
  { path, clientName, request, progress }: Exchange,
  account: DemoAccount | undefined,
  problem: string | undefined,
): InteractionView {
  const { acrValues, maxAge, mustBeRecent, sessionAccountId } = request;
  return {
    path,
    clientName,
    acr: acrValues.length > 0 && account ? targetAcr(acrValues, account) : acrValues[0],
    again: mustBeRecent && sessionAccountId !== undefined && !progress.anotherAccount,
    maxAge,
    account,
    problem,
  };
}
