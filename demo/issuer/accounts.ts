import type { DemoAccount } from '../demo.config.js';
import { acrOf, acrSatisfies, type ProvenFactor } from './acr-ladder.js';

/** The accounts that can sign in. */
export class Accounts {
  readonly all: readonly DemoAccount[];

  constructor(accounts: readonly DemoAccount[]) {
    this.all = accounts;
  }

  /** Finds an account by its id, which is its user name. */
  find(id: string | undefined): DemoAccount | undefined {
    return this.all.find((account) => account.id === id);
  }

  /** Finds an account by what somebody typed: the user name or the e-mail address. */
  findByUserName(typed: string): DemoAccount | undefined {
    const name = typed.trim().toLowerCase();
    return this.all.find((account) => account.id === name || account.email === name);
  }
}

/** Whether an account could ever authenticate strongly enough for an `acr` value. */
export function canReach(account: DemoAccount, acr: string): boolean {
  const factors = new Set<ProvenFactor>(['pwd']);
  if (account.secondFactors.includes('otp')) factors.add('otp');
  if (account.secondFactors.includes('passkey')) factors.add('swk');
  return acrSatisfies(acrOf(factors), acr);
}
