import { describe, expect, it } from '@jest/globals';
import { evaluateRequirement } from 'stepup-core';
import { challengeVectors, createTestAuthentication, createTestClock } from 'stepup-core/testing';

describe('challengeVectors', () => {
  it('says of each header either what it means or where it is at fault', () => {
    for (const { challenges, offset } of challengeVectors) {
      expect(challenges === undefined).toBe(offset !== undefined);
    }
  });

  it('describes each case once', () => {
    const descriptions = challengeVectors.map(({ description }) => description);

    expect(new Set(descriptions).size).toBe(descriptions.length);
  });
});

describe('createTestClock()', () => {
  it('moves only when told to', () => {
    const clock = createTestClock(100);

    expect(clock.now()).toBe(100);
    clock.advance(5);
    expect(clock.now()).toBe(105);
  });
});

describe('createTestAuthentication()', () => {
  it('ages as its clock moves', () => {
    const clock = createTestClock();
    const authentication = createTestAuthentication(clock, { acr: 'phr' });
    const evaluate = () =>
      evaluateRequirement({ acrValues: ['phr'], maxAge: 60 }, authentication, { now: clock.now() });

    expect(evaluate().satisfied).toBe(true);
    clock.advance(120);
    expect(evaluate()).toEqual({
      satisfied: false,
      unmet: [{ parameter: 'max_age', reason: 'too_old' }],
    });
  });

  it('is of one factor, just now', () => {
    expect(createTestAuthentication(createTestClock(7))).toStrictEqual({
      acr: 'pwd',
      authTime: 7,
      subject: 'alice',
    });
  });

  it('leaves out a claim that is to be undefined', () => {
    expect(createTestAuthentication(createTestClock(7), { acr: undefined })).toStrictEqual({
      authTime: 7,
      subject: 'alice',
    });
  });
});
