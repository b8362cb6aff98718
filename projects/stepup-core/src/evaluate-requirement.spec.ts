import { describe, expect, it } from '@jest/globals';
import {
  type AuthenticationRequirement,
  defineAcrRanking,
  type EvaluationOptions,
  evaluateRequirement,
} from 'stepup-core';

const NOW = 1_000_000;
const met = { satisfied: true, unmet: [] };

function acrUnmet(reason: 'missing' | 'not_accepted'): unknown {
  return { satisfied: false, unmet: [{ parameter: 'acr_values', reason }] };
}

function ageUnmet(reason: 'missing' | 'too_old' | 'in_the_future'): unknown {
  return { satisfied: false, unmet: [{ parameter: 'max_age', reason }] };
}

describe('evaluateRequirement()', () => {
  function evaluate(
    requirement: AuthenticationRequirement,
    authentication: object,
    options: Partial<EvaluationOptions> = {},
  ): unknown {
    return evaluateRequirement(requirement, authentication, {
      now: NOW,
      ...options,
    });
  }

  describe('for acr_values', () => {
    it('accepts any one of them (RFC 9470 §3)', () => {
      const requirement = { acrValues: ['a', 'b'] };

      expect(evaluate(requirement, { acr: 'a' })).toEqual(met);
      expect(evaluate(requirement, { acr: 'b' })).toEqual(met);
      expect(evaluate(requirement, { acr: 'c' })).toEqual(acrUnmet('not_accepted'));
    });

    it.each(['A', 'a ', ' a', 'ab', 'a b', '', '__proto__'])(
      'compares exact strings: "%s" is not "a"',
      (acr) => {
        expect(evaluate({ acrValues: ['a'] }, { acr })).toEqual(acrUnmet('not_accepted'));
      },
    );

    it('knows no order without a ranking (RFC 9470 §2)', () => {
      expect(evaluate({ acrValues: ['1'] }, { acr: '2' })).toEqual(acrUnmet('not_accepted'));
    });

    it('takes nothing but true for a yes of a ranking', () => {
      const ranking = { satisfies: (() => Promise.resolve(false)) as unknown as () => boolean };

      expect(evaluate({ acrValues: ['a'] }, { acr: 'b' }, { ranking })).toEqual(
        acrUnmet('not_accepted'),
      );
    });

    it('lets a higher class stand for a lower one under a ranking, never the other way', () => {
      const ranking = defineAcrRanking(['low', 'high']);

      expect(evaluate({ acrValues: ['low'] }, { acr: 'high' }, { ranking })).toEqual(met);
      expect(evaluate({ acrValues: ['high'] }, { acr: 'low' }, { ranking })).toEqual(
        acrUnmet('not_accepted'),
      );
    });

    it('accepts an authentication that lists an accepted class', () => {
      expect(evaluate({ acrValues: ['a', 'b'] }, { acr: ['x', 'b'] })).toEqual(met);
      expect(evaluate({ acrValues: ['a'] }, { acr: ['x'] })).toEqual(acrUnmet('not_accepted'));
    });

    it.each([[undefined], [null], [1], [true], [{}], [[]], [[1]], [['a', 1]], [[['a']]]])(
      'counts an acr of %j as missing',
      (acr) => {
        expect(evaluate({ acrValues: ['a'] }, { acr })).toEqual(acrUnmet('missing'));
      },
    );

    it('does not look into amr or other claims', () => {
      const authentication = { amr: ['a'], claims: { acr: 'a', acrs: ['a'] } };

      expect(evaluate({ acrValues: ['a'] }, authentication)).toEqual(acrUnmet('missing'));
    });

    it('needs no auth_time', () => {
      expect(evaluate({ acrValues: ['a'] }, { acr: 'a', authTime: 'x' })).toEqual(met);
    });
  });

  describe('for max_age', () => {
    it.each([
      ['just now', NOW, met],
      ['max_age seconds ago', NOW - 300, met],
      ['max_age and the tolerance ago', NOW - 305, met],
      ['a second more than max_age and the tolerance ago', NOW - 306, ageUnmet('too_old')],
      ['a fraction more than max_age and the tolerance ago', NOW - 305.5, ageUnmet('too_old')],
      ['in the future, within the tolerance', NOW + 5, met],
      ['in the future, beyond the tolerance', NOW + 6, ageUnmet('in_the_future')],
      ['in milliseconds', NOW * 1000, ageUnmet('in_the_future')],
      ['at the epoch', 0, ageUnmet('too_old')],
      ['before the epoch', -1, ageUnmet('too_old')],
    ])('evaluates an authentication %s', (_, authTime, expected) => {
      expect(evaluate({ maxAge: 300 }, { authTime })).toEqual(expected);
    });

    it('lets max_age=0 succeed within the tolerance of 5 s', () => {
      expect(evaluate({ maxAge: 0 }, { authTime: NOW - 5 })).toEqual(met);
      expect(evaluate({ maxAge: 0 }, { authTime: NOW - 6 })).toEqual(ageUnmet('too_old'));
    });

    it('uses the tolerance that it is given', () => {
      const options = { clockToleranceSeconds: 0 };

      expect(evaluate({ maxAge: 10 }, { authTime: NOW - 10 }, options)).toEqual(met);
      expect(evaluate({ maxAge: 10 }, { authTime: NOW - 11 }, options)).toEqual(
        ageUnmet('too_old'),
      );
      expect(evaluate({ maxAge: 10 }, { authTime: NOW + 1 }, options)).toEqual(
        ageUnmet('in_the_future'),
      );
    });

    it.each([
      [undefined],
      [null],
      [`${NOW}`],
      [Number.NaN],
      [Infinity],
      [-Infinity],
      [[NOW]],
      [{}],
    ])('counts an auth_time of %p as missing', (authTime) => {
      expect(evaluate({ maxAge: 300 }, { authTime })).toEqual(ageUnmet('missing'));
    });

    it('never takes iat for auth_time', () => {
      expect(evaluate({ maxAge: 300 }, { iat: NOW, claims: { iat: NOW, auth_time: NOW } })).toEqual(
        ageUnmet('missing'),
      );
    });
  });

  it('reports every unmet part at once', () => {
    expect(evaluate({ acrValues: ['a'], maxAge: 5 }, { acr: 'b' })).toEqual({
      satisfied: false,
      unmet: [
        { parameter: 'acr_values', reason: 'not_accepted' },
        { parameter: 'max_age', reason: 'missing' },
      ],
    });
  });

  it('is satisfied only when both parts are', () => {
    const requirement = { acrValues: ['a'], maxAge: 5 };

    expect(evaluate(requirement, { acr: 'a', authTime: NOW })).toEqual(met);
    expect(evaluate(requirement, { acr: 'a', authTime: NOW - 60 })).toEqual(ageUnmet('too_old'));
  });

  it.each([Number.NaN, Infinity, -Infinity])('throws a RangeError when now is %p', (now) => {
    expect(() => evaluate({ maxAge: 5 }, {}, { now })).toThrow(RangeError);
  });

  it.each<[unknown]>([[undefined], [null], [`${NOW}`], [new Date(NOW)]])(
    'throws a TypeError when now is %p',
    (now) => {
      const call = () => evaluate({ acrValues: ['a'] }, { acr: 'a' }, { now: now as number });

      expect(call).toThrow(TypeError);
      expect(call).toThrow("Cannot evaluate a requirement as 'now' must be a finite number");
    },
  );

  it.each([
    [-1, 'must not be negative'],
    [Number.NaN, 'must be a finite number of seconds'],
    [Infinity, 'must be a finite number of seconds'],
  ])('throws when the tolerance is %p', (tolerance, reason) => {
    expect(() => evaluate({ maxAge: 5 }, {}, { clockToleranceSeconds: tolerance })).toThrow(
      `Cannot evaluate a requirement as 'clockToleranceSeconds' ${reason}: current value is ${tolerance}`,
    );
  });

  it.each([{}, { maxAge: -1 }, { acrValues: [] }])(
    'refuses the requirement %j, which anyone would satisfy',
    (requirement) => {
      expect(() => evaluate(requirement, { acr: 'a', authTime: NOW })).toThrow(RangeError);
    },
  );
});
