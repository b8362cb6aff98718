import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type Challenge,
  ChallengeSyntaxError,
  parseChallenges,
  serializeChallenge,
} from 'stepup-core';
import { challengeVectors } from 'stepup-core/testing';

const TOKEN_CHARACTERS =
  "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const token = fc.string({
  unit: fc.constantFrom(...TOKEN_CHARACTERS.split('')),
  minLength: 1,
  maxLength: 12,
});
const quotable = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\t', '"', '\\', ',', '=', ' '),
    fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    fc.integer({ min: 0x80, max: 0xff }).map((code) => String.fromCharCode(code)),
  ),
});
const withParams: fc.Arbitrary<Challenge> = fc.record({
  scheme: token.map((text) => text.toLowerCase()),
  params: fc
    .array(
      fc.tuple(
        fc.oneof(
          token.map((text) => text.toLowerCase()),
          fc.constantFrom('__proto__', 'constructor'),
        ),
        quotable,
      ),
    )
    .map((entries) => Object.fromEntries(entries)),
});
const withToken68: fc.Arbitrary<Challenge> = fc.record({
  scheme: token.map((text) => text.toLowerCase()),
  params: fc.constant({}),
  token68: fc.stringMatching(/^[0-9A-Za-z._~+/-]{1,20}={0,2}$/),
});
/** Text that is nearly a header: it gets further into the grammar than any text. */
const nearlyHeader = fc
  .array(
    fc.oneof(
      fc.constantFrom('Bearer', ' ', ',', ', ', '=', '"', '\\', '\t', 'a', 'a=', 'a="b"', 'x=y'),
      token,
      quotable,
    ),
  )
  .map((parts) => parts.join(''));

/** The challenges with their parameters in plain objects, to be compared. */
function plain(challenges: readonly Challenge[]): unknown {
  return challenges.map(({ params, ...rest }) => ({
    ...rest,
    params: new Map(Object.entries(params)),
  }));
}

function faultIn(header: string | readonly string[]): ChallengeSyntaxError {
  try {
    parseChallenges(header);
  } catch (error) {
    if (error instanceof ChallengeSyntaxError) return error;
  }
  throw new Error('The header parses');
}

describe('parseChallenges()', () => {
  const cases = challengeVectors.map((vector) => ({
    ...vector,
    name: `${vector.description} (${vector.source})`,
  }));

  it.each(cases.filter(({ challenges }) => challenges))(
    'reads: $name',
    ({ header, challenges }) => {
      expect(plain(parseChallenges(header))).toEqual(plain(challenges ?? []));
    },
  );

  it.each(cases.filter(({ offset }) => offset !== undefined))(
    'throws at the fault: $name',
    ({ header, offset }) => {
      expect(faultIn(header)).toMatchObject({
        name: 'ChallengeSyntaxError',
        code: 'ERR_CHALLENGE_SYNTAX',
        offset,
      });
    },
  );

  it('throws an error that is a SyntaxError and keeps the header out of its message', () => {
    const fault = faultIn('Basic realm="s3cret');

    expect(fault).toBeInstanceOf(SyntaxError);
    expect(fault.message).toBe(
      'Cannot parse challenges as a quoted string is not closed: current offset is 12',
    );
  });

  it.each([
    ['="a"', 'a scheme is expected'],
    ['Bearer =a', 'parameters or a token68 are expected'],
    ['Bearer a=b, ="c"', 'a scheme is expected'],
    ['Bearer a=b, A=c', 'a parameter is repeated'],
    ['Bearer a=b, c=', 'a value is expected'],
    ['Bearer a="b', 'a quoted string is not closed'],
    ['Bearer a="\n"', 'a quoted string has a character that it may not have'],
    ['Bearer a b', 'a comma or the end is expected'],
  ])('says of %j that %s', (header, reason) => {
    expect(faultIn(header).message).toBe(
      `Cannot parse challenges as ${reason}: current offset is ${faultIn(header).offset}`,
    );
  });

  it('reads no header at all as no challenges', () => {
    expect(parseChallenges(undefined)).toEqual([]);
    expect(parseChallenges(null)).toEqual([]);
  });

  it.each([
    [42, 'number'],
    [{}, 'object'],
    [[1], 'number'],
    [[undefined], 'undefined'],
    [['Bearer', null], 'object'],
  ])('throws a TypeError when handed %j', (value, type) => {
    const parse = () => parseChallenges(value as string);

    expect(parse).toThrow(TypeError);
    expect(parse).toThrow(
      `Cannot parse challenges as a field line must be a string: current value is a ${type}`,
    );
  });

  it('holds a parameter called __proto__ as data, and nothing that was not in the header', () => {
    const [challenge] = parseChallenges('Bearer __proto__="polluted"');

    expect(Object.keys(challenge!.params)).toEqual(['__proto__']);
    expect(challenge!.params['constructor']).toBeUndefined();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('freezes what it returns', () => {
    const challenges = parseChallenges('Bearer realm="a", Negotiate abc=');

    expect(Object.isFrozen(challenges)).toBe(true);
    for (const challenge of challenges) {
      expect(Object.isFrozen(challenge)).toBe(true);
      expect(Object.isFrozen(challenge.params)).toBe(true);
    }
  });

  it('answers any text with challenges or a ChallengeSyntaxError', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), nearlyHeader), (text) => {
        try {
          return Array.isArray(parseChallenges(text));
        } catch (error) {
          if (!(error instanceof ChallengeSyntaxError)) throw error;
          return error.offset >= 0 && error.offset <= text.length;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('serializeChallenge()', () => {
  it.each([
    ['Bearer', { scheme: 'bearer', params: {} }],
    ['DPoP algs="ES256"', { scheme: 'dpop', params: { algs: 'ES256' } }],
    ['Bearer realm=""', { scheme: 'BEARER', params: { realm: '' } }],
    [
      'Basic realm="a", charset="UTF-8"',
      { scheme: 'Basic', params: { realm: 'a', charset: 'UTF-8' } },
    ],
    ['negotiate abc==', { scheme: 'negotiate', params: {}, token68: 'abc==' }],
    [String.raw`x a="\"b\" \\c"`, { scheme: 'x', params: { a: String.raw`"b" \c` } }],
    ['x a="\t\u00e9"', { scheme: 'x', params: { a: '\t\u00e9' } }],
  ])('writes %s', (header, challenge) => {
    expect(serializeChallenge(challenge)).toBe(header);
  });

  it.each([
    ['a line feed', { scheme: 'x', params: { a: 'b\nSet-Cookie: c' } }],
    ['a carriage return', { scheme: 'x', params: { a: '\r' } }],
    ['a NUL', { scheme: 'x', params: { a: '\0' } }],
    ['a DEL', { scheme: 'x', params: { a: '\x7f' } }],
    ['a character above U+00FF', { scheme: 'x', params: { a: '\u0100' } }],
    ['an empty scheme', { scheme: '', params: {} }],
    ['a scheme with a space', { scheme: 'a b', params: {} }],
    ['a scheme with a line break', { scheme: 'a\r\n', params: {} }],
    ['an empty name', { scheme: 'x', params: { '': 'b' } }],
    ['a name that is no token', { scheme: 'x', params: { 'a=': 'b' } }],
    ['two names that differ in case only', { scheme: 'x', params: { realm: 'a', Realm: 'b' } }],
    ['an ill-formed token68', { scheme: 'x', params: {}, token68: 'a=b' }],
    ['an empty token68', { scheme: 'x', params: {}, token68: '' }],
    ['a token68 beside parameters', { scheme: 'x', params: { a: 'b' }, token68: 'abc' }],
  ])('refuses %s', (_, challenge) => {
    expect(() => serializeChallenge(challenge)).toThrow(RangeError);
  });

  it.each([
    ['a scheme', { scheme: 1, params: {} }],
    ['a value', { scheme: 'x', params: { a: 1 } }],
    ['an absent value', { scheme: 'x', params: { a: undefined } }],
    ['a token68', { scheme: 'x', params: {}, token68: 1 }],
    ['absent parameters', { scheme: 'x' }],
    ['parameters', { scheme: 'x', params: 'abc' }],
    ['a list of parameters', { scheme: 'x', params: ['abc'] }],
  ])('throws a TypeError for %s of the wrong type', (_, challenge) => {
    const serialize = () => serializeChallenge(challenge as unknown as Challenge);

    expect(serialize).toThrow(TypeError);
    expect(serialize).toThrow('Cannot serialize a challenge as');
  });

  it.each([
    [{ scheme: 1, params: {} }, 'its scheme must be a string'],
    [{ scheme: 'a b', params: {} }, 'its scheme must be a token'],
    [{ scheme: 'x', params: null }, 'its params must be an object'],
    [{ scheme: 'x', params: {}, token68: 1 }, 'its token68 must be a string'],
    [{ scheme: 'x', params: {}, token68: '=' }, 'its token68 is ill-formed'],
    [{ scheme: 'x', params: { a: 'b' }, token68: 'c' }, 'a token68 excludes parameters'],
    [{ scheme: 'x', params: { a: 'b', A: 'c' } }, 'a parameter is repeated'],
    [{ scheme: 'x', params: { 'a b': 'c' } }, "a parameter's name must be a token"],
    [{ scheme: 'x', params: { a: 1 } }, "parameter 'a' must be a string"],
    [
      { scheme: 'x', params: { a: '\n' } },
      "parameter 'a' has a control character or one above U+00FF",
    ],
  ])('says what is wrong with %j', (challenge, reason) => {
    const serialize = () => serializeChallenge(challenge as unknown as Challenge);

    expect(serialize).toThrow(new Error(`Cannot serialize a challenge as ${reason}`));
  });

  it('keeps values out of its messages', () => {
    expect(() => serializeChallenge({ scheme: 'x', params: { a: 's3cret\n' } })).toThrow(
      /^(?!.*s3cret)/s,
    );
  });

  it('writes what parseChallenges() reads back as the same', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(withParams, withToken68)), (challenges) => {
        const header = challenges.map((challenge) => serializeChallenge(challenge)).join(', ');
        expect(plain(parseChallenges(header))).toEqual(plain(challenges));
      }),
    );
  });
});
