import type { DemoAccount } from '../../demo.config.js';
import { Passkeys } from './passkey.js';
import { Passwords } from './password.js';
import { OneTimeCodes } from './totp.js';

/** The factors by which people authenticate. */
export interface Factors {
  readonly passwords: Passwords;
  readonly oneTimeCodes: OneTimeCodes;
  readonly passkeys: Passkeys;
}

/**
 * Makes the factors of accounts: passwords are set, codes have new secrets, passkeys do not exist yet.
 *
 * @param rp Who passkeys are for: the origin of the sign-in pages, and a name for people.
 * @param now Current time, in seconds since the epoch.
 */
export async function createFactors(
  accounts: readonly DemoAccount[],
  rp: { readonly origin: string; readonly name: string },
  now: () => number,
): Promise<Factors> {
  return {
    passwords: await Passwords.of(accounts),
    oneTimeCodes: new OneTimeCodes(accounts, now),
    passkeys: new Passkeys(rp),
  };
}
