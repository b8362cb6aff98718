import { assertAcrValue } from './acr-value.js';
import { refuse } from './refusal.js';

/**
 * An order among authentication context classes, declared by whoever knows them.
 *
 * There is no built-in order: without a ranking, a value satisfies itself only.
 *
 * @see [RFC 9470 §2](https://www.rfc-editor.org/rfc/rfc9470#section-2)
 */
export interface AcrRanking {
  /** Whether an authentication of class `actual` is as good as the `demanded` one, or better. */
  satisfies(actual: string, demanded: string): boolean;
}

const ACTION = 'define an acr ranking';

/**
 * Declares an order among authentication context classes.
 *
 * A value that no tier names still satisfies itself, and nothing else.
 *
 * @param tiers The weakest first. A tier is a value or a list of values that are equals.
 * @throws {TypeError} When a tier is neither a string nor a list of strings.
 * @throws {RangeError} When a tier is empty, a value is ill-formed or stands in two tiers.
 *
 * @example
 * const ranking = defineAcrRanking(['silver', ['gold', 'gold-offline'], 'platinum']);
 * ranking.satisfies('platinum', 'gold'); // true
 */
export function defineAcrRanking(tiers: readonly (string | readonly string[])[]): AcrRanking {
  if (!Array.isArray(tiers)) refuse(ACTION, 'it must be a list of tiers', tiers, TypeError);
  if (tiers.length === 0) refuse(ACTION, 'it must have a tier', tiers);

  const tierOf = new Map<string, number>();
  tiers.forEach((tier, index) => {
    for (const value of valuesOf(tier, index)) {
      if ((tierOf.get(value) ?? index) !== index) {
        refuse(ACTION, 'a value may stand in one tier only', value);
      }
      tierOf.set(value, index);
    }
  });

  return Object.freeze({
    satisfies(actual: string, demanded: string): boolean {
      if (actual === demanded) return true;
      // NaN compares with nothing: neither does a value that no tier names.
      return (tierOf.get(actual) ?? NaN) >= (tierOf.get(demanded) ?? NaN);
    },
  });
}

/**
 * The order of Okta's predefined values.
 *
 * `2fa:any:ifpossible` is no stronger than one factor: Okta grants it to users who have no second.
 *
 * @see [Okta: step-up authentication](https://developer.okta.com/docs/guides/step-up-authentication/main/)
 */
export const OKTA_ACR_RANKING: AcrRanking = /* @__PURE__ */ defineAcrRanking([
  ['urn:okta:loa:1fa:any', 'urn:okta:loa:1fa:pwd', 'urn:okta:loa:2fa:any:ifpossible'],
  'urn:okta:loa:2fa:any',
  'phr',
  'phrh',
]);

function valuesOf(tier: unknown, index: number): readonly string[] {
  const place = `tiers[${index}]`;
  const values: readonly unknown[] = Array.isArray(tier) ? tier : [tier];
  if (values.length === 0) refuse(ACTION, `'${place}' must name a value`, tier);
  return Array.from(values, (value) => {
    assertAcrValue(value, ACTION, place);
    return value;
  });
}
