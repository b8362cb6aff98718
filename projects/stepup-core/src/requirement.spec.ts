import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type AuthenticationRequirement,
  combineRequirements,
  defineAcrRanking,
  defineRequirement,
  evaluateRequirement,
  OKTA_ACR_RANKING,
} from 'stepup-core';

describe('defineRequirement()', () => {
  it.each<AuthenticationRequirement>([
    { acrValues: ['urn:okta:loa:2fa:any', 'phr'], maxAge: 300 },
    { acrValues: ["!#[]^~'"] },
    { maxAge: 0 },
    { maxAge: Number.MAX_SAFE_INTEGER },
  ])('accepts %j', (requirement) => {
    expect(defineRequirement(requirement)).toEqual(requirement);
  });

  it('freezes a copy, its list too', () => {
    const acrValues = ['a'];
    const requirement = defineRequirement({ acrValues });
    acrValues.push('b');

    expect(requirement).toEqual({ acrValues: ['a'] });
    expect(Object.isFrozen(requirement)).toBe(true);
    expect(Object.isFrozen(requirement.acrValues)).toBe(true);
  });

  it('counts a value named twice once, in its first place', () => {
    expect(defineRequirement({ acrValues: ['b', 'a', 'b'] }).acrValues).toEqual(['b', 'a']);
  });

  it('takes an undefined field for an absent one', () => {
    const requirement = { acrValues: undefined, maxAge: 5 } as unknown as AuthenticationRequirement;

    expect(Object.keys(defineRequirement(requirement))).toEqual(['maxAge']);
  });

  it('returns a defined requirement as it is', () => {
    const requirement = defineRequirement({ maxAge: 5 });

    expect(defineRequirement(requirement)).toBe(requirement);
  });

  it('does not take a frozen object for a defined one', () => {
    expect(() => defineRequirement(Object.freeze({ maxAge: -1 }))).toThrow(RangeError);
  });

  it.each([
    ['nothing', {}],
    ['an empty list', { acrValues: [] }],
    ['an empty list beside a maximum age', { acrValues: [], maxAge: 5 }],
    ['an empty value', { acrValues: [''] }],
    ['a value with a space', { acrValues: ['a b'] }],
    ['a value with a quote', { acrValues: ['a"b'] }],
    ['a value with a backslash', { acrValues: ['a\\b'] }],
    ['a value with a line break', { acrValues: ['a\r\nb'] }],
    ['a value that ends in a line break', { acrValues: ['a\n'] }],
    ['a value with a NUL', { acrValues: ['\0'] }],
    ['a value beyond ASCII', { acrValues: ['é'] }],
    ['an ill-formed value after a good one', { acrValues: ['a', ''] }],
    ['a negative maximum age', { maxAge: -1 }],
    ['a fraction of a second', { maxAge: 1.5 }],
    ['NaN', { maxAge: Number.NaN }],
    ['infinity', { maxAge: Infinity }],
    ['an unsafe integer', { maxAge: 2 ** 53 }],
  ])('throws a RangeError for %s', (_, requirement) => {
    expect(() => defineRequirement(requirement)).toThrow(RangeError);
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'phr'],
    ['a list', ['phr']],
    ['a maximum age as text', { maxAge: '5m' }],
    ['a maximum age as text of digits', { maxAge: '300' }],
    ['a maximum age of null', { maxAge: null }],
    ['a maximum age as bigint', { maxAge: 5n }],
    ['acr values as text', { acrValues: 'phr' }],
    ['acr values of null', { acrValues: null }],
    ['an acr value that is a number', { acrValues: [2] }],
    ['a list with a hole', { acrValues: Array.from({ length: 1 }) }],
    ['a misspelt maximum age', { acrValues: ['a'], maxage: 5 }],
    ['the name of the wire', { acr_values: 'a', maxAge: 5 }],
  ])('throws a TypeError for %s', (_, requirement) => {
    expect(() => defineRequirement(requirement as AuthenticationRequirement)).toThrow(TypeError);
  });

  it('takes a negative zero for zero', () => {
    expect(defineRequirement({ maxAge: -0 }).maxAge).toBe(0);
  });

  it.each([
    [undefined, 'it must be an object: current value is undefined'],
    [null, 'it must be an object: current value is null'],
    ['phr', 'it must be an object: current value is "phr"'],
    [['phr'], 'it must be an object: current value is a list'],
    [{ maxAge: -1 }, "'maxAge' must be a non-negative integer of seconds: current value is -1"],
    [{ maxAge: '5m' }, `'maxAge' must be a non-negative integer of seconds: current value is "5m"`],
    [{}, "it must have 'acrValues' or 'maxAge': current value is an object"],
    [{ maxage: 5 }, `only 'acrValues' and 'maxAge' are known: current value is "maxage"`],
    [{ acrValues: [] }, "'acrValues' must be a list of one value or more: current value is a list"],
    [
      { acrValues: ['a', ''] },
      "'acrValues[1]' must be printable ASCII without spaces, quotes and " +
        'backslashes: current value is ""',
    ],
  ])('says what is wrong with %j', (requirement, reason) => {
    expect(() => defineRequirement(requirement as AuthenticationRequirement)).toThrow(
      `Cannot define a requirement as ${reason}`,
    );
  });
});

describe('combineRequirements()', () => {
  it('is undefined for an empty list', () => {
    expect(combineRequirements([])).toBeUndefined();
  });

  it('returns the one requirement of a list of one', () => {
    expect(combineRequirements([{ acrValues: ['b', 'a'], maxAge: 5 }])).toEqual({
      acrValues: ['b', 'a'],
      maxAge: 5,
    });
  });

  it('takes the smaller maximum age', () => {
    expect(combineRequirements([{ maxAge: 300 }, { maxAge: 60 }, { maxAge: 90 }])).toEqual({
      maxAge: 60,
    });
    expect(combineRequirements([{ maxAge: 300 }, { maxAge: 0 }])).toEqual({ maxAge: 0 });
  });

  it('joins a maximum age and acr values', () => {
    expect(combineRequirements([{ maxAge: 300 }, { acrValues: ['a'] }])).toEqual({
      acrValues: ['a'],
      maxAge: 300,
    });
  });

  it('keeps the values that all lists name, in the first one’s order', () => {
    expect(
      combineRequirements([{ acrValues: ['c', 'b', 'a'] }, { acrValues: ['a', 'x', 'c'] }]),
    ).toEqual({ acrValues: ['c', 'a'] });
  });

  it.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['the stronger of two', ['2fa'], ['phr'], ['phr']],
    ['the stronger of two, the other way round', ['phr'], ['2fa'], ['phr']],
    [
      'the first list’s order before the second’s',
      ['phrh', 'phr'],
      ['2fa', 'phr'],
      ['phrh', 'phr'],
    ],
    [
      'values of the second list after those of the first',
      ['2fa', 'phrh'],
      ['phr'],
      ['phrh', 'phr'],
    ],
    ['equals', ['1fa'], ['pwd'], ['1fa', 'pwd']],
    ['a value that no tier names', ['phr', 'other'], ['other'], ['other']],
  ])('names under a ranking %s', (_, first, second, expected) => {
    const ranking = defineAcrRanking([['1fa', 'pwd'], '2fa', 'phr', 'phrh']);

    expect(combineRequirements([{ acrValues: first }, { acrValues: second }], ranking)).toEqual({
      acrValues: expected,
    });
  });

  it('knows no order without a ranking (RFC 9470 §2)', () => {
    const parts = [{ acrValues: ['urn:okta:loa:2fa:any'] }, { acrValues: ['phr'] }];

    expect(() => combineRequirements(parts)).toThrow(RangeError);
    expect(combineRequirements(parts, OKTA_ACR_RANKING)).toEqual({ acrValues: ['phr'] });
  });

  it('names requirements that exclude each other', () => {
    expect(() => combineRequirements([{ acrValues: ['a'] }, { acrValues: ['b', 'c'] }])).toThrow(
      'Cannot combine requirements as no acr value satisfies all of them: current value is "a / b c"',
    );
  });

  it('refuses a part that is not a valid requirement', () => {
    expect(() => combineRequirements([{ maxAge: 5 }, {}])).toThrow(RangeError);
    expect(() => combineRequirements([{ maxAge: -1 }])).toThrow(RangeError);
    expect(() => combineRequirements([undefined as unknown as AuthenticationRequirement])).toThrow(
      TypeError,
    );
  });

  it('refuses what is not a list, rather than finding nothing in it', () => {
    const requirement = { maxAge: 5 } as unknown as readonly AuthenticationRequirement[];

    expect(() => combineRequirements(requirement)).toThrow(
      new TypeError(
        'Cannot combine requirements as they must be a list: current value is an object',
      ),
    );
  });

  it('is satisfied by exactly the authentications that satisfy every part', () => {
    const ranking = defineAcrRanking(['a', ['b', 'c'], 'd']);
    const acr = fc.constantFrom('a', 'b', 'c', 'd', 'x', 'y');
    const requirement = fc.oneof(
      fc.record({ acrValues: fc.array(acr, { minLength: 1 }), maxAge: fc.nat(20) }),
      fc.record({ acrValues: fc.array(acr, { minLength: 1 }) }),
      fc.record({ maxAge: fc.nat(20) }),
    );
    const authentication = fc.record({ acr, authTime: fc.integer({ min: 70, max: 110 }) });
    fc.assert(
      fc.property(
        fc.array(requirement, { minLength: 1, maxLength: 4 }),
        authentication,
        fc.constantFrom({}, { ranking }),
        (parts, presented, order: { ranking?: typeof ranking }) => {
          const options = { now: 100, ...order };
          const each = parts.every(
            (part) => evaluateRequirement(part, presented, options).satisfied,
          );
          let combined: AuthenticationRequirement | undefined;
          try {
            combined = combineRequirements(parts, order.ranking);
          } catch (error) {
            if (!(error instanceof RangeError)) throw error;
          }
          const all =
            combined !== undefined && evaluateRequirement(combined, presented, options).satisfied;
          expect(all).toBe(each);
        },
      ),
    );
  });
});
