import { authenticationFromClaims, type Authentication } from 'stepup-core';
import type { JsonObject } from './json-object.js';
import { TokenRefusal } from './token-refusal.js';
import type { VerificationContext } from './token-verifier.js';

/** What the claims of an access token must say: what is left out may be anything. */
export interface ExpectedClaims {
  readonly issuer?: string;
  readonly audience?: readonly string[];
}

/** The time in which a token is valid, in seconds since the epoch. */
export interface Validity {
  /** The later of `nbf` and `iat`. */
  readonly notBefore: number;
  readonly expiresAt: number;
}

/**
 * Checks all that an access token says about itself: for whom, by whom, when, and bound to what.
 *
 * @throws {TokenRefusal}
 * @see [RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4)
 */
export function checkClaims(
  claims: JsonObject,
  { issuer, audience }: ExpectedClaims,
  context: VerificationContext,
): Validity {
  if (issuer !== undefined && claims.iss !== issuer) {
    throw new TokenRefusal('its issuer is not the configured one');
  }
  if (audience && !audienceOf(claims).some((one) => audience.includes(one))) {
    throw new TokenRefusal('its audience is not the configured one');
  }
  if (claims.sub !== undefined && typeof claims.sub !== 'string') {
    throw new TokenRefusal('its sub is not a string');
  }
  // RFC 9449 §7.2, RFC 8705 §3: without its proof, a bound token may be a stolen one.
  if (Object.hasOwn(claims, 'cnf')) {
    throw new TokenRefusal('it is bound to a key (cnf) and came as a bearer token');
  }
  return checkTimes(claims, context);
}

function checkTimes(
  { exp, nbf, iat }: JsonObject,
  { now, clockToleranceSeconds }: VerificationContext,
): Validity {
  // JSON can write 1e999, which is read as Infinity: a token that never expires.
  if (!isFinite(exp)) throw new TokenRefusal('it has no usable exp');
  if (!(now < exp + clockToleranceSeconds)) {
    throw new TokenRefusal('it has expired', 'The access token has expired');
  }
  let notBefore = -Infinity;
  for (const time of [nbf, iat]) {
    if (time === undefined) continue;
    if (!isFinite(time)) throw new TokenRefusal('its nbf or iat is not a time');
    notBefore = Math.max(notBefore, time);
  }
  if (!(notBefore <= now + clockToleranceSeconds)) {
    throw new TokenRefusal('its nbf or iat is in the future');
  }
  return { notBefore, expiresAt: exp };
}

/**
 * What the claims say about the user's authentication. Ill-typed claims count as absent, so that a
 * requirement that depends on them is unmet.
 *
 * @param acrListClaim The claim that holds a list of classes, instead of `acr`.
 * @see [RFC 9068 §2.2.1](https://www.rfc-editor.org/rfc/rfc9068#section-2.2.1)
 */
export function authenticationOf(claims: JsonObject, acrListClaim?: string): Authentication {
  const { acr: single, ...others } = authenticationFromClaims(claims);
  const acr = acrListClaim === undefined ? single : listOf(claims, acrListClaim);
  return deepFreeze({ ...(acr !== undefined && { acr }), ...others });
}

function listOf(claims: JsonObject, name: string): readonly string[] | undefined {
  const list = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return isListOfStrings(list) && list.length > 0 ? list : undefined;
}

function audienceOf({ aud }: JsonObject): readonly string[] {
  if (typeof aud === 'string') return [aud];
  return isListOfStrings(aud) ? aud : [];
}

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isListOfStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Requests share what is kept of a token: none may change it for the others. */
function deepFreeze<T extends object>(root: T): T {
  const left: object[] = [root];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    Object.freeze(value);
    const members: readonly unknown[] = Object.values(value);
    for (const member of members) {
      if (typeof member === 'object' && member !== null) left.push(member);
    }
  }
  return root;
}
