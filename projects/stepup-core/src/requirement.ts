import type { AcrRanking } from './acr-ranking.js';
import { assertAcrValue } from './acr-value.js';
import { refuse } from './refusal.js';

/**
 * What a protected resource demands of the authentication behind a request.
 *
 * @see [RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)
 */
export interface AuthenticationRequirement {
  /** Acceptable authentication context classes, the preferred one first: any one is enough. */
  readonly acrValues?: readonly string[];
  /** Longest acceptable time since the end-user last actively authenticated, in seconds. */
  readonly maxAge?: number;
}

const DEFINE = 'define a requirement';
const COMBINE = 'combine requirements';

// What has passed once need not pass again: evaluation checks its requirement on every request.
const defined = new WeakSet();

/**
 * Checks a requirement and freezes a copy of it.
 *
 * @returns The requirement, each acr value once, in the order given.
 * @throws {TypeError} When a field has the wrong type or is not one of a requirement's.
 * @throws {RangeError} When nothing is demanded, `acrValues` is empty or has an ill-formed value,
 *   or `maxAge` is not a non-negative integer of seconds.
 *
 * @example
 * const requirement = defineRequirement({ acrValues: ['phr'], maxAge: 300 });
 */
export function defineRequirement(
  requirement: AuthenticationRequirement,
): AuthenticationRequirement {
  if (typeof requirement !== 'object' || requirement === null || Array.isArray(requirement)) {
    refuse(DEFINE, 'it must be an object', requirement, TypeError);
  }
  if (defined.has(requirement)) return requirement;

  const { acrValues, maxAge } = requirement;
  const unknown = Object.keys(requirement).find((key) => key !== 'acrValues' && key !== 'maxAge');
  // A misspelt `maxAge` that went unnoticed would demand less than its author meant to.
  if (unknown !== undefined)
    refuse(DEFINE, "only 'acrValues' and 'maxAge' are known", unknown, TypeError);
  if (acrValues === undefined && maxAge === undefined) {
    refuse(DEFINE, "it must have 'acrValues' or 'maxAge'", requirement);
  }

  const result = Object.freeze({
    ...(acrValues !== undefined && { acrValues: checkedAcrValues(acrValues) }),
    ...(maxAge !== undefined && { maxAge: checkedMaxAge(maxAge) }),
  });
  defined.add(result);
  return result;
}

/**
 * Combines requirements that are all in force: the result is at least as strict as each of them.
 *
 * The maximum age is the smallest. Accepted are the acr values, out of those that the
 * requirements name, that satisfy every requirement; they stand in the first list's order.
 *
 * @param ranking Lets a higher class stand for a lower one. Without it, values are compared as
 *   exact strings.
 * @returns `undefined` for an empty list only.
 * @throws {RangeError} When no acr value satisfies all of them.
 * @throws {TypeError | RangeError} When one is not a valid requirement, as {@link defineRequirement}.
 */
export function combineRequirements(
  requirements: readonly AuthenticationRequirement[],
  ranking?: AcrRanking,
): AuthenticationRequirement | undefined {
  if (!Array.isArray(requirements)) {
    refuse(COMBINE, 'they must be a list', requirements, TypeError);
  }
  const parts = Array.from(requirements, (requirement: AuthenticationRequirement) =>
    defineRequirement(requirement),
  );
  if (parts.length <= 1) return parts[0];

  const lists = parts.flatMap(({ acrValues }) => (acrValues ? [acrValues] : []));
  const ages = parts.flatMap(({ maxAge }) => (maxAge === undefined ? [] : [maxAge]));
  return defineRequirement({
    ...(lists.length > 0 && { acrValues: acceptedByAll(lists, ranking) }),
    ...(ages.length > 0 && { maxAge: Math.min(...ages) }),
  });
}

function acceptedByAll(
  lists: readonly (readonly string[])[],
  ranking: AcrRanking | undefined,
): readonly string[] {
  const satisfies = (actual: string, demanded: string): boolean =>
    actual === demanded || ranking?.satisfies(actual, demanded) === true;
  const named = [...new Set(lists.flat())];
  const accepted = named.filter((actual) =>
    lists.every((list) => list.some((demanded) => satisfies(actual, demanded))),
  );
  if (accepted.length > 0) return accepted;
  return refuse(
    COMBINE,
    'no acr value satisfies all of them',
    lists.map((list) => list.join(' ')).join(' / '),
  );
}

function checkedAcrValues(acrValues: unknown): readonly string[] {
  const reason = "'acrValues' must be a list of one value or more";
  if (!Array.isArray(acrValues)) return refuse(DEFINE, reason, acrValues, TypeError);
  if (acrValues.length === 0) refuse(DEFINE, reason, acrValues);
  const values = Array.from(acrValues, (value: unknown, index) => {
    assertAcrValue(value, DEFINE, `acrValues[${index}]`);
    return value;
  });
  return Object.freeze([...new Set(values)]);
}

function checkedMaxAge(maxAge: unknown): number {
  const reason = "'maxAge' must be a non-negative integer of seconds";
  if (typeof maxAge !== 'number') return refuse(DEFINE, reason, maxAge, TypeError);
  if (!Number.isSafeInteger(maxAge) || maxAge < 0) refuse(DEFINE, reason, maxAge);
  return maxAge + 0; // turns -0 into 0
}
