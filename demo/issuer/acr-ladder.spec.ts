import { describe, expect, it } from '@jest/globals';
import {
  acrOf,
  acrSatisfies,
  amrOf,
  factorsOf,
  readAcrValues,
  type ProvenFactor,
} from './acr-ladder.js';

describe('acrSatisfies()', () => {
  it.each([
    ['phr', 'urn:okta:loa:2fa:any', true],
    ['urn:okta:loa:2fa:any', 'phr', false],
    ['urn:okta:loa:1fa:any', 'urn:okta:loa:2fa:any:ifpossible', true],
    ['urn:okta:loa:1fa:any', 'urn:okta:loa:1fa:pwd', true],
    ['phr', 'phrh', false],
    [undefined, 'urn:okta:loa:1fa:any', false],
    ['unknown', 'urn:okta:loa:1fa:any', false],
    ['phrh', 'unknown', false],
  ])('says of %s for %s: %s', (acr, wanted, expected) => {
    expect(acrSatisfies(acr, wanted)).toBe(expected);
  });
});

describe('readAcrValues()', () => {
  it('keeps the order and passes over what it does not know', () => {
    expect(readAcrValues('phr  urn:example:gold urn:okta:loa:2fa:any')).toEqual([
      'phr',
      'urn:okta:loa:2fa:any',
    ]);
  });

  it.each([[undefined], [['phr']], ['']])('reads nothing from %j', (parameter) => {
    expect(readAcrValues(parameter)).toEqual([]);
  });
});

describe('amrOf()', () => {
  it.each<[ProvenFactor[], string | undefined, string[]]>([
    [['pwd'], 'urn:okta:loa:1fa:any', ['pwd']],
    [['pwd', 'otp'], 'urn:okta:loa:2fa:any', ['pwd', 'otp', 'mfa']],
    [['swk'], 'phr', ['swk', 'user', 'mfa']],
    [['otp'], undefined, ['otp']],
  ])('goes with acrOf() for %j', (factors, acr, amr) => {
    expect(acrOf(new Set(factors))).toBe(acr);
    expect(amrOf(new Set(factors))).toEqual(amr);
  });

  it('is undone by factorsOf()', () => {
    const factors = new Set<ProvenFactor>(['pwd', 'otp', 'swk']);
    expect(factorsOf(amrOf(factors))).toEqual(factors);
    expect(factorsOf(undefined)).toEqual(new Set());
  });
});
