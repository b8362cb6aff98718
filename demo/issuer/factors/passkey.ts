import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  type WebAuthnCredential,
} from '@simplewebauthn/server';
import type { DemoAccount } from '../../demo.config.js';

/**
 * ES256 and RS256, which every authenticator knows one of. Left to itself the library tries out what
 * the runtime knows, and Node then warns on the console of algorithms that are experimental.
 */
const ALGORITHMS = [-7, -257];

interface Passkey {
  readonly accountId: string;
  readonly credential: WebAuthnCredential;
}

/**
 * Phishing-resistant factor: passkeys, always with user verification.
 *
 * No attestation is asked for, so nobody knows whether a key lives in hardware: an authentication
 * is reported as `swk`, and never counts as `phrh`.
 *
 * @see [Web Authentication Level 3](https://www.w3.org/TR/webauthn-3/)
 */
export class Passkeys {
  readonly #byCredentialId = new Map<string, Passkey>();
  readonly #origin: string;
  readonly #rpId: string;
  readonly #rpName: string;

  constructor(rp: { readonly origin: string; readonly name: string }) {
    this.#origin = rp.origin;
    this.#rpId = new URL(rp.origin).hostname;
    this.#rpName = rp.name;
  }

  get isEmpty(): boolean {
    return this.#byCredentialId.size === 0;
  }

  has(accountId: string): boolean {
    return this.#of(accountId).length > 0;
  }

  creationOptions(account: DemoAccount): Promise<PublicKeyCredentialCreationOptionsJSON> {
    return generateRegistrationOptions({
      rpName: this.#rpName,
      rpID: this.#rpId,
      userName: account.email,
      userDisplayName: account.name,
      // Stable, so that a passkey of an earlier run of the demo is replaced and not joined by another.
      userID: new TextEncoder().encode(account.id),
      excludeCredentials: this.#of(account.id).map(({ credential }) => descriptor(credential)),
      supportedAlgorithmIDs: ALGORITHMS,
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
  }

  /** Keeps a new passkey of an account; `false` when the response does not hold. */
  async create(account: DemoAccount, response: unknown, challenge: string): Promise<boolean> {
    if (!isResponse(response)) return false;
    const { registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: this.#origin,
      expectedRPID: this.#rpId,
      supportedAlgorithmIDs: ALGORITHMS,
      requireUserVerification: true,
    }).catch(refused);
    if (!registrationInfo || this.#byCredentialId.has(registrationInfo.credential.id)) return false;
    const { credential } = registrationInfo;
    this.#byCredentialId.set(credential.id, { accountId: account.id, credential });
    return true;
  }

  /** Options for using a passkey of an account, or of anybody when no account is known yet. */
  requestOptions(accountId: string | undefined): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const passkeys = accountId === undefined ? [] : this.#of(accountId);
    return generateAuthenticationOptions({
      rpID: this.#rpId,
      allowCredentials: passkeys.map(({ credential }) => descriptor(credential)),
      userVerification: 'required',
    });
  }

  /** The id of the account that has just used its passkey; `undefined` when the response does not hold. */
  async verify(response: unknown, challenge: string): Promise<string | undefined> {
    if (!isResponse(response)) return undefined;
    const passkey = this.#byCredentialId.get(response.id);
    if (!passkey) return undefined;
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: this.#origin,
      expectedRPID: this.#rpId,
      credential: passkey.credential,
      requireUserVerification: true,
    }).catch(refused);
    if (!verified || !authenticationInfo) return undefined;
    passkey.credential.counter = authenticationInfo.newCounter;
    return passkey.accountId;
  }

  #of(accountId: string): readonly Passkey[] {
    return [...this.#byCredentialId.values()].filter((passkey) => passkey.accountId === accountId);
  }
}

interface Refusal {
  readonly verified: false;
  readonly registrationInfo?: undefined;
  readonly authenticationInfo?: undefined;
}

/** The library throws for each check that fails: to the person who signs in they are all the same. */
function refused(): Refusal {
  return { verified: false };
}

function descriptor({ id, transports }: WebAuthnCredential) {
  return transports ? { id, transports } : { id };
}

/** Whether a value has the outline of an authenticator's response: the library checks the rest. */
function isResponse(
  value: unknown,
): value is RegistrationResponseJSON & AuthenticationResponseJSON {
  if (typeof value !== 'object' || value === null) return false;
  return 'id' in value && typeof value.id === 'string' && 'response' in value;
}
