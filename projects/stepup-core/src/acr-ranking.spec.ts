import { describe, expect, it } from '@jest/globals';
import { defineAcrRanking, OKTA_ACR_RANKING } from 'stepup-core';

type Tiers = Parameters<typeof defineAcrRanking>[0];

describe('defineAcrRanking()', () => {
  const ranking = defineAcrRanking(['bronze', ['silver', 'silver-offline'], 'gold']);

  it.each([
    ['gold', 'bronze', true],
    ['gold', 'gold', true],
    ['silver', 'bronze', true],
    ['silver', 'silver-offline', true],
    ['silver-offline', 'silver', true],
    ['bronze', 'silver', false],
    ['silver', 'gold', false],
    ['Gold', 'bronze', false],
    ['unknown', 'unknown', true],
    ['unknown', 'bronze', false],
    ['gold', 'unknown', false],
    ['unknown', 'other', false],
    ['__proto__', 'constructor', false],
  ])('says whether %s satisfies %s: %s', (actual, demanded, answer) => {
    expect(ranking.satisfies(actual, demanded)).toBe(answer);
  });

  it('freezes the ranking', () => {
    expect(Object.isFrozen(ranking)).toBe(true);
  });

  it('counts a value that its tier names twice once', () => {
    expect(defineAcrRanking([['a', 'a'], 'b']).satisfies('b', 'a')).toBe(true);
  });

  it.each<[string, Tiers]>([
    ['no tier', []],
    ['an empty tier', ['a', []]],
    ['a value in two tiers', ['a', ['b', 'a']]],
    ['an empty value', ['']],
    ['a value with a space', ['a b']],
    ['a value beyond ASCII', ['é']],
  ])('refuses %s', (_, tiers) => {
    expect(() => defineAcrRanking(tiers)).toThrow(RangeError);
  });

  it.each([undefined, 'abc', {}, [1], [['a', null]]])('throws a TypeError for %j', (tiers) => {
    expect(() => defineAcrRanking(tiers as Tiers)).toThrow(TypeError);
  });

  it.each([
    [['a', 'b', 'a'], 'a value may stand in one tier only: current value is "a"'],
    ['abc', 'it must be a list of tiers: current value is "abc"'],
    [[], 'it must have a tier: current value is a list'],
    [['a', []], "'tiers[1]' must name a value: current value is a list"],
    [
      ['a', ['b', '']],
      "'tiers[1]' must be printable ASCII without spaces, quotes and backslashes: " +
        'current value is ""',
    ],
  ])('says what is wrong with %j', (tiers, reason) => {
    expect(() => defineAcrRanking(tiers as Tiers)).toThrow(
      new Error(`Cannot define an acr ranking as ${reason}`),
    );
  });
});

describe('OKTA_ACR_RANKING', () => {
  const OKTA = 'urn:okta:loa:';
  const tiers = [
    [`${OKTA}1fa:any`, `${OKTA}1fa:pwd`, `${OKTA}2fa:any:ifpossible`],
    [`${OKTA}2fa:any`],
    ['phr'],
    ['phrh'],
  ];
  const values = tiers.flatMap((tier, rank) => tier.map((value) => ({ value, rank })));
  const pairs = values.flatMap((actual) => values.map((demanded) => ({ actual, demanded })));

  it.each(pairs)('ranks $actual.value against $demanded.value', ({ actual, demanded }) => {
    expect(OKTA_ACR_RANKING.satisfies(actual.value, demanded.value)).toBe(
      actual.rank >= demanded.rank,
    );
  });
});
