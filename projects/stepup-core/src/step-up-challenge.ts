import { isAcrValue } from './acr-value.js';
import type { Challenge } from './challenge.js';
import { indexOfUnquotable } from './challenge-cursor.js';
import { isStepUpScheme, readChallenges, type StepUpScheme } from './lenient-challenges.js';
import { defineRequirement, type AuthenticationRequirement } from './requirement.js';

export type { StepUpScheme } from './lenient-challenges.js';

const INSUFFICIENT_USER_AUTHENTICATION = 'insufficient_user_authentication';

/**
 * A resource server's demand for a stronger or more recent authentication.
 *
 * With neither `acrValues` nor `maxAge` it is legal, but there is nothing that a client could ask
 * for. Its texts come from a server: do not trust them, do not show them as HTML.
 *
 * @see [RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)
 */
export interface StepUpChallenge {
  readonly scheme: StepUpScheme;
  /** Acceptable authentication context classes, the preferred one first: any one is enough. */
  readonly acrValues: readonly string[];
  /** Longest acceptable time since the end-user last actively authenticated, in seconds. */
  readonly maxAge?: number;
  /** Scopes that the token lacks too. */
  readonly scope?: readonly string[];
  readonly realm?: string;
  /** For developers, not for end-users. */
  readonly errorDescription?: string;
  /** Where the resource's metadata is, as the server sent it (RFC 9728 §5.1). */
  readonly resourceMetadata?: string;
}

/** What a step-up challenge says besides the requirement. */
export interface StepUpChallengeOptions {
  /**
   * The scheme that the refused token came with, in any case.
   *
   * @default 'Bearer'
   */
  readonly scheme?: StepUpScheme | 'Bearer' | 'DPoP';
  readonly realm?: string;
  /** Scopes that the token lacks too: a list, or a text with spaces between them. */
  readonly scope?: string | readonly string[];
  /** For developers: printable ASCII without `"` and `\` (RFC 6750 §3). */
  readonly errorDescription?: string;
  /** The absolute URL of the resource's metadata (RFC 9728 §5.1). */
  readonly resourceMetadata?: string;
}

/**
 * Creates the challenge that tells a client what authentication a resource demands.
 *
 * @throws {TypeError | RangeError} When the requirement is not valid, as `defineRequirement()`, or
 *   an option is not what the RFCs allow there.
 *
 * @example
 * serializeChallenge(createStepUpChallenge({ acrValues: ['phr'], maxAge: 300 }));
 * // Bearer error="insufficient_user_authentication", acr_values="phr", max_age="300"
 *
 * @see [RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)
 */
export function createStepUpChallenge(
  requirement: AuthenticationRequirement,
  options: StepUpChallengeOptions = {},
): Challenge {
  const { acrValues, maxAge } = defineRequirement(requirement);
  const { scheme = 'bearer', realm, scope, errorDescription, resourceMetadata } = options;
  const writtenScheme = text(scheme, 'scheme', ANY).toLowerCase();
  if (!isStepUpScheme(writtenScheme)) refuse("'scheme' must be 'Bearer' or 'DPoP'", RangeError);
  const params = {
    ...(realm !== undefined && { realm: text(realm, 'realm', ANY) }),
    error: INSUFFICIENT_USER_AUTHENTICATION,
    ...(errorDescription !== undefined && {
      error_description: text(errorDescription, 'errorDescription', DESCRIPTION),
    }),
    ...(acrValues && { acr_values: acrValues.join(' ') }),
    ...(maxAge !== undefined && { max_age: String(maxAge) }),
    ...(scope !== undefined && { scope: text(joined(scope), 'scope', SCOPE) }),
    ...(resourceMetadata !== undefined && {
      resource_metadata: text(resourceMetadata, 'resourceMetadata', URL_TEXT),
    }),
  };
  return Object.freeze({ scheme: writtenScheme, params: Object.freeze(params) });
}

/**
 * Finds the first step-up challenge in a `WWW-Authenticate` header.
 *
 * It reads what servers really send, and never throws: values that should have been quoted,
 * several challenges in one line, malformed ones beside a good one. Field lines are read one by
 * one. A `max_age` or an acr value that is ill-formed is left out, the challenge is not.
 *
 * @param header The field value, the values of several field lines, or nothing.
 * @returns `undefined` when there is none, and for anything that is not a header.
 *
 * @see [RFC 9470 §4](https://www.rfc-editor.org/rfc/rfc9470#section-4)
 */
export function readStepUpChallenge(
  header: string | readonly string[] | null | undefined,
): StepUpChallenge | undefined {
  try {
    for (const line of fieldLines(header)) {
      for (const { scheme, params } of readChallenges(line)) {
        if (params.get('error') === INSUFFICIENT_USER_AUTHENTICATION) {
          return stepUpChallenge(scheme, params);
        }
      }
    }
  } catch {
    // Only an object that throws when it is looked at gets here (a revoked proxy): not a header.
  }
  return undefined;
}

/**
 * Reads what a step-up challenge demands.
 *
 * @returns `undefined` when it demands nothing that a client could ask for.
 */
export function readRequirement(challenge: StepUpChallenge): AuthenticationRequirement | undefined {
  const { acrValues, maxAge } = challenge;
  if (acrValues.length === 0 && maxAge === undefined) return undefined;
  return defineRequirement({
    ...(acrValues.length > 0 && { acrValues }),
    ...(maxAge !== undefined && { maxAge }),
  });
}

function stepUpChallenge(
  scheme: StepUpScheme,
  params: ReadonlyMap<string, string>,
): StepUpChallenge {
  const maxAge = seconds(params.get('max_age'));
  const scope = words(params.get('scope'));
  const realm = params.get('realm');
  const errorDescription = params.get('error_description');
  const resourceMetadata = params.get('resource_metadata');
  return Object.freeze({
    scheme,
    acrValues: Object.freeze(words(params.get('acr_values')).filter(isAcrValue)),
    ...(maxAge !== undefined && { maxAge }),
    ...(scope.length > 0 && { scope: Object.freeze(scope) }),
    ...(realm !== undefined && { realm }),
    ...(errorDescription !== undefined && { errorDescription }),
    ...(resourceMetadata !== undefined && { resourceMetadata }),
  });
}

function fieldLines(header: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(header) ? header : [header];
  const lines: string[] = [];
  // Unlike `every()`, this looks at holes, too, and stops at the first of a sparse list.
  for (const value of values) {
    if (typeof value !== 'string') return [];
    lines.push(value);
  }
  return lines;
}

function words(value = ''): string[] {
  return [...new Set(value.match(/[^ ]+/g))];
}

function seconds(value = ''): number | undefined {
  const number = /^[0-9]+$/.test(value) ? Number(value) : undefined;
  return Number.isSafeInteger(number) ? number : undefined;
}

// RFC 6750 §3 and its appendix A. None of them lets a quote or a backslash through.
const ANY = /^[^]*$/;
const DESCRIPTION = /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/;
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*$/;
const URL_TEXT = /^https?:\/\/[\x21\x23-\x5B\x5D-\x7E]+$/i;

function joined(scope: unknown): unknown {
  return Array.isArray(scope) ? scope.join(' ') : scope;
}

/** An option as a text that the header can carry. Its value stays out of any message. */
function text(value: unknown, name: string, allowed: RegExp): string {
  if (typeof value !== 'string') refuse(`'${name}' must be a string`, TypeError);
  if (indexOfUnquotable(value) >= 0 || !allowed.test(value)) {
    refuse(`'${name}' has characters that it may not have, or none`, RangeError);
  }
  return value;
}

function refuse(reason: string, kind: ErrorConstructor): never {
  throw new kind(`Cannot create a step-up challenge as ${reason}`);
}
