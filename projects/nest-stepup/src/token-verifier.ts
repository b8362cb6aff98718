import type { Authentication } from 'stepup-core';
import type { AccessToken } from './access-token.js';

/** What a verifier measures times with: the clock of the module, never its own. */
export interface VerificationContext {
  /** Current time, in seconds since the Unix epoch. */
  readonly now: number;
  /** How far clocks may differ, in seconds: applies to `exp`, `nbf` and `iat`. */
  readonly clockToleranceSeconds: number;
}

/**
 * Turns an access token into what it says about its user's authentication, or refuses it.
 *
 * An app writes a subclass for tokens that no verifier of this package reads. The guard hands it
 * only tokens whose syntax RFC 6750 allows, and only those of a scheme that it names.
 */
export abstract class TokenVerifier {
  /**
   * The schemes whose tokens this verifier can judge. A token that comes under another one is
   * refused before the verifier sees it.
   *
   * @default ['Bearer']
   */
  readonly schemes: readonly AccessToken['scheme'][] = ['Bearer'];

  /**
   * Verifies a token.
   *
   * @throws {InvalidTokenException} When the token is refused, for whatever reason: answered with
   *   401 and `invalid_token`.
   * @throws {AuthorizationServerUnreachableException} When it cannot be judged as keys or
   *   introspection cannot be reached: answered with 503. Anything else that is thrown becomes a
   *   500 without its text.
   */
  abstract verify(token: AccessToken, context: VerificationContext): Promise<Authentication>;

  /**
   * Gives, without waiting, what `verify()` would come to for a token that it has accepted before. A
   * verifier that remembers tokens may have it: the guard asks here first, and hands to `verify()`
   * what is not remembered.
   *
   * It is to find the very token that `verify()` accepted, under the same scheme, and to hold
   * whatever can have changed since against the context: its times, and the keys in force. A
   * subclass that checks more in its own `verify()` checks it here too.
   *
   * @returns `undefined` when the token has to be verified.
   */
  recall?(token: AccessToken, context: VerificationContext): Authentication | undefined;
}
