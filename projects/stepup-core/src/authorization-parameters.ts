import { defineRequirement, type AuthenticationRequirement } from './requirement.js';

/** The parameters of an authorization request that ask for a certain authentication. */
export type AuthorizationParameters = {
  /** Acceptable classes, separated by spaces, the preferred one first. */
  readonly acr_values?: string;
  /** Longest acceptable time since the last active authentication, in seconds. */
  readonly max_age?: string;
};

/**
 * Translates a requirement into the parameters of an authorization request.
 *
 * The texts are not encoded: hand them to `URLSearchParams` or to an OpenID Connect client.
 *
 * @throws {TypeError | RangeError} When the requirement is not valid, as {@link defineRequirement}.
 *
 * @example
 * authorizationParameters({ acrValues: ['phr', 'phrh'], maxAge: 0 });
 * // { acr_values: 'phr phrh', max_age: '0' }
 *
 * @see [RFC 9470 §4](https://www.rfc-editor.org/rfc/rfc9470#section-4)
 */
export function authorizationParameters(
  requirement: AuthenticationRequirement,
): AuthorizationParameters {
  const { acrValues, maxAge } = defineRequirement(requirement);
  return Object.freeze({
    ...(acrValues && { acr_values: acrValues.join(' ') }),
    ...(maxAge !== undefined && { max_age: String(maxAge) }),
  });
}
