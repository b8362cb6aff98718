import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type AuthenticationRequirement,
  createStepUpChallenge,
  parseChallenges,
  readRequirement,
  readStepUpChallenge,
  serializeChallenge,
  type StepUpChallenge,
  type StepUpChallengeOptions,
} from 'stepup-core';

const STEP_UP = 'error="insufficient_user_authentication"';

describe('createStepUpChallenge()', () => {
  it('names acr values in their order, with spaces between them (RFC 9470 §3)', () => {
    const challenge = createStepUpChallenge({ acrValues: ['urn:b', 'urn:a'] });

    expect(serializeChallenge(challenge)).toBe(
      'Bearer error="insufficient_user_authentication", acr_values="urn:b urn:a"',
    );
  });

  it('names a maximum age of zero', () => {
    expect(createStepUpChallenge({ maxAge: 0 })).toEqual({
      scheme: 'bearer',
      params: { error: 'insufficient_user_authentication', max_age: '0' },
    });
  });

  it('says all that it was told', () => {
    const challenge = createStepUpChallenge(
      { acrValues: ['phr'], maxAge: 300 },
      {
        scheme: 'DPoP',
        realm: 'the "bank"',
        scope: ['read', 'write'],
        errorDescription: 'A stronger authentication is required',
        resourceMetadata: 'https://api.example.com/.well-known/oauth-protected-resource',
      },
    );

    expect(serializeChallenge(challenge)).toBe(
      String.raw`DPoP realm="the \"bank\"", error="insufficient_user_authentication", ` +
        'error_description="A stronger authentication is required", acr_values="phr", ' +
        'max_age="300", scope="read write", resource_metadata=' +
        '"https://api.example.com/.well-known/oauth-protected-resource"',
    );
  });

  it.each(['read', 'read write', 'read write delete'])('takes scopes as one text: %s', (scope) => {
    expect(createStepUpChallenge({ maxAge: 1 }, { scope }).params['scope']).toBe(scope);
  });

  it.each(['https://api.example.com/meta', 'HTTP://localhost:3000/meta'])(
    'takes %s for the address of metadata',
    (resourceMetadata) => {
      const { params } = createStepUpChallenge({ maxAge: 1 }, { resourceMetadata });

      expect(params['resource_metadata']).toBe(resourceMetadata);
    },
  );

  it.each([{}, { acrValues: [] }, { acrValues: ['a b'] }, { maxAge: -1 }])(
    'refuses the requirement %j',
    (requirement) => {
      expect(() => createStepUpChallenge(requirement)).toThrow(RangeError);
    },
  );

  it.each<[string, StepUpChallengeOptions]>([
    ['a description with a quote (RFC 6750 §3)', { errorDescription: 'say "please"' }],
    ['a description with a backslash (RFC 6750 §3)', { errorDescription: String.raw`a\b` }],
    ['a description with a line break', { errorDescription: 'a\r\nSet-Cookie: b' }],
    ['a description with a tab', { errorDescription: 'a\tb' }],
    ['a description with a letter beyond ASCII', { errorDescription: 'Stärker' }],
    ['an empty description', { errorDescription: '' }],
    ['a realm with a line break', { realm: 'a\nb' }],
    ['a realm with a character above U+00FF', { realm: '銀行' }],
    ['an empty list of scopes', { scope: [] }],
    ['a scope with a quote', { scope: ['a"b'] }],
    ['scopes with two spaces between them', { scope: 'a  b' }],
    ['a relative URL', { resourceMetadata: '/.well-known/oauth-protected-resource' }],
    ['a URL that is not of the web', { resourceMetadata: 'javascript:alert(1)' }],
    ['a URL within another', { resourceMetadata: 'javascript:https://api.example.com' }],
    ['a URL with a space', { resourceMetadata: 'https://api.example.com/a b' }],
    ['another scheme', { scheme: 'Basic' as 'Bearer' }],
  ])('refuses %s', (_, options) => {
    expect(() => createStepUpChallenge({ maxAge: 1 }, options)).toThrow(RangeError);
  });

  it.each<[unknown, string]>([
    [{ scheme: 'Basic' }, "'scheme' must be 'Bearer' or 'DPoP'"],
    [{ scheme: 1 }, "'scheme' must be a string"],
    [{ realm: 1 }, "'realm' must be a string"],
    [{ realm: '\n' }, "'realm' has characters that it may not have, or none"],
    [{ scope: '' }, "'scope' has characters that it may not have, or none"],
    [{ errorDescription: '"' }, "'errorDescription' has characters that it may not have, or none"],
    [{ resourceMetadata: '/' }, "'resourceMetadata' has characters that it may not have, or none"],
  ])('says what is wrong with %j', (options, reason) => {
    expect(() => createStepUpChallenge({ maxAge: 1 }, options as StepUpChallengeOptions)).toThrow(
      new Error(`Cannot create a step-up challenge as ${reason}`),
    );
  });

  it('throws a TypeError for an option of the wrong type', () => {
    const options = { realm: 1 } as unknown as StepUpChallengeOptions;

    expect(() => createStepUpChallenge({ maxAge: 1 }, options)).toThrow(TypeError);
  });

  it('creates what readStepUpChallenge() reads back', () => {
    const acrValue = fc.stringMatching(/^[\x21\x23-\x5B\x5D-\x7E]{1,20}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(acrValue, { minLength: 1 }),
        fc.maxSafeNat(),
        fc.constantFrom('Bearer' as const, 'DPoP' as const),
        (acrValues, maxAge, scheme) => {
          const header = serializeChallenge(
            createStepUpChallenge({ acrValues, maxAge }, { scheme, realm: 'a, "b" \\' }),
          );
          expect(readStepUpChallenge(header)).toEqual({
            scheme: scheme.toLowerCase(),
            acrValues,
            maxAge,
            realm: 'a, "b" \\',
          });
          expect(parseChallenges(header)).toHaveLength(1);
        },
      ),
    );
  });
});

describe('readStepUpChallenge()', () => {
  it('reads every parameter', () => {
    const header =
      `Bearer realm="bank", ${STEP_UP}, error_description="Stronger, please", ` +
      'acr_values="urn:a urn:b", max_age="300", scope="read write", ' +
      'resource_metadata="https://api.example.com/meta"';

    expect(readStepUpChallenge(header)).toEqual({
      scheme: 'bearer',
      acrValues: ['urn:a', 'urn:b'],
      maxAge: 300,
      scope: ['read', 'write'],
      realm: 'bank',
      errorDescription: 'Stronger, please',
      resourceMetadata: 'https://api.example.com/meta',
    });
  });

  it('has no properties that the header does not have', () => {
    expect(readStepUpChallenge(`Bearer ${STEP_UP}`)).toStrictEqual({
      scheme: 'bearer',
      acrValues: [],
    });
  });

  it('freezes what it returns', () => {
    const challenge = readStepUpChallenge(`Bearer ${STEP_UP}, acr_values=a, scope=b`);

    expect(Object.isFrozen(challenge)).toBe(true);
    expect(Object.isFrozen(challenge?.acrValues)).toBe(true);
    expect(Object.isFrozen(challenge?.scope)).toBe(true);
  });

  it.each<[string, string | readonly string[], Partial<StepUpChallenge>]>([
    ['names in any case', `bEARER ${STEP_UP.replace('error', 'ERROR')}, Max_Age=5`, { maxAge: 5 }],
    ['DPoP (RFC 9449 §7.1)', `DPoP algs="ES256", ${STEP_UP}, acr_values="a"`, { scheme: 'dpop' }],
    ['a challenge with neither parameter', `Bearer ${STEP_UP}`, { acrValues: [] }],
    ['max_age as token', `Bearer ${STEP_UP}, max_age=0`, { maxAge: 0 }],
    ['max_age as quoted-string', `Bearer ${STEP_UP}, max_age="0"`, { maxAge: 0 }],
    [
      'several spaces between acr values',
      `Bearer ${STEP_UP}, acr_values=" a  b "`,
      { acrValues: ['a', 'b'] },
    ],
    [
      'an acr value with a comma as one value',
      `Bearer ${STEP_UP}, acr_values="a,b"`,
      { acrValues: ['a,b'] },
    ],
    [
      'a repeated acr value once',
      `Bearer ${STEP_UP}, acr_values="b a b"`,
      { acrValues: ['b', 'a'] },
    ],
    [
      'well-formed acr values beside ill-formed ones',
      `Bearer ${STEP_UP}, acr_values="a \u00e9 \\"b c"`,
      { acrValues: ['a', 'c'] },
    ],
    [
      'unquoted values that are no tokens, up to the comma',
      'Bearer error=insufficient_user_authentication, acr_values=urn:okta:loa:2fa:any, max_age=300',
      { acrValues: ['urn:okta:loa:2fa:any'], maxAge: 300 },
    ],
    [
      'unquoted values that are no tokens, up to the space',
      `Bearer ${STEP_UP}, acr_values=urn:a urn:b, max_age=300`,
      { acrValues: ['urn:a'], maxAge: 300 },
    ],
    [
      'parameters without commas',
      `Bearer ${STEP_UP} acr_values="a" max_age=5`,
      { acrValues: ['a'], maxAge: 5 },
    ],
    [
      'parameters behind a word that is none',
      `Bearer ${STEP_UP} junk, acr_values="a"`,
      { acrValues: ['a'] },
    ],
    [
      'parameters behind a word that cannot be a scheme',
      `Bearer ${STEP_UP}, j@nk, acr_values="a"`,
      { acrValues: ['a'] },
    ],
    ['parameters behind a comma', `Bearer , ${STEP_UP}, max_age=5`, { maxAge: 5 }],
    [
      'parameters behind several commas and spaces',
      `Basic realm="a" , \t, Bearer ,\t, ${STEP_UP}, max_age=5`,
      { maxAge: 5 },
    ],
    [
      'a challenge after one without comma, spaces between all of it',
      `Basic realm="a" Bearer  \t${STEP_UP.replace('=', ' \t = ')}, max_age \t= 5`,
      { maxAge: 5 },
    ],
    [
      'the second challenge of a line',
      `Basic realm="a, b", Bearer ${STEP_UP}, max_age=5`,
      { maxAge: 5 },
    ],
    ['a challenge after a token68', `Negotiate abc==, Bearer ${STEP_UP}, max_age=5`, { maxAge: 5 }],
    [
      'a challenge after a bare scheme',
      `Bearer, DPoP ${STEP_UP}, max_age=5`,
      { scheme: 'dpop', maxAge: 5 },
    ],
    ['a challenge before another', `Bearer ${STEP_UP}, max_age=5, Basic realm="a"`, { maxAge: 5 }],
    [
      'a challenge after one without comma',
      `Basic realm="a" Bearer ${STEP_UP}, max_age=5`,
      { maxAge: 5 },
    ],
    [
      'a challenge after a malformed one',
      `Basic realm=, @? "x, y", Bearer ${STEP_UP}, max_age=5`,
      { maxAge: 5 },
    ],
    [
      'a challenge after one that repeats a parameter',
      `Bearer ${STEP_UP}, max_age=1, max_age=2, DPoP ${STEP_UP}, max_age=3`,
      { scheme: 'dpop', maxAge: 3 },
    ],
    [
      'what came before an unclosed quote',
      `Bearer ${STEP_UP}, max_age=5, Basic realm="a`,
      { maxAge: 5 },
    ],
    [
      'the line after an unclosed quote',
      ['Basic realm="a', `Bearer ${STEP_UP}, max_age=5`],
      { maxAge: 5 },
    ],
    [
      'the line after a challenge with an unclosed quote',
      ['Bearer realm="a', `Bearer ${STEP_UP}, max_age=5`],
      { maxAge: 5 },
    ],
    [
      'the first of two',
      `Bearer ${STEP_UP}, max_age=1, DPoP ${STEP_UP}, max_age=2`,
      { scheme: 'bearer', maxAge: 1 },
    ],
    [
      'the first of two lines',
      [`Bearer ${STEP_UP}, max_age=1`, `Bearer ${STEP_UP}, acr_values=a`],
      { maxAge: 1, acrValues: [] },
    ],
    [
      'the step-up challenge after another error',
      `Bearer error="invalid_token", Bearer ${STEP_UP}, max_age=5`,
      { maxAge: 5 },
    ],
  ])('reads %s', (_, header, expected) => {
    expect(readStepUpChallenge(header)).toMatchObject(expected);
  });

  it.each(['-1', '1.5', '5m', '1e3', '+5', ' 5', '', '0x10', '9007199254740992', '٥'])(
    'leaves out max_age="%s" and keeps the challenge',
    (maxAge) => {
      const header = `Bearer ${STEP_UP}, acr_values="a", max_age="${maxAge}"`;

      expect(readStepUpChallenge(header) ?? {}).not.toHaveProperty('maxAge');
      if (maxAge !== '٥') expect(readStepUpChallenge(header)?.acrValues).toEqual(['a']);
    },
  );

  it.each<[string, string | readonly string[]]>([
    ['no challenge', ''],
    ['no line', []],
    ['another error', 'Bearer error="invalid_token", acr_values="a"'],
    ['the error code in capitals', 'Bearer error="INSUFFICIENT_USER_AUTHENTICATION"'],
    ['more behind the error code', 'Bearer error="insufficient_user_authentication "'],
    ['another scheme', `Basic ${STEP_UP}, acr_values="a"`],
    ['no scheme', `${STEP_UP}, acr_values="a"`],
    ['a repeated parameter', `Bearer ${STEP_UP}, acr_values="a", ACR_VALUES="b"`],
    ['a repeated error', `Bearer error="invalid_token", ${STEP_UP}`],
    ['an unclosed quote', `Bearer ${STEP_UP}, acr_values="a`],
    ['an unclosed quote before it', `Basic realm="a, Bearer ${STEP_UP}`],
    ['a control character in a value', `Bearer ${STEP_UP}, realm="a\nb"`],
    ['a control character at the start of a value', `Bearer ${STEP_UP}, realm=\nb`],
    [
      'the code within a description',
      `Bearer error_description="x, ${STEP_UP.replaceAll('"', String.raw`\"`)}"`,
    ],
    [
      'a whole challenge within a value',
      `Basic realm="\\", Bearer error=insufficient_user_authentication, \\""`,
    ],
    ['a challenge split over two lines', ['Bearer realm="a"', `${STEP_UP}, max_age=5`]],
    ['the parameters of a neighbour', `Bearer realm="a", Custom ${STEP_UP}, max_age=5`],
  ])('finds nothing in %s', (_, header) => {
    expect(readStepUpChallenge(header)).toBeUndefined();
  });

  it.each([
    undefined,
    null,
    42,
    {},
    new String(`Bearer ${STEP_UP}`),
    [42],
    [`Bearer ${STEP_UP}`, 42],
  ])('is undefined for what is not a header: %j', (header) => {
    expect(readStepUpChallenge(header as string)).toBeUndefined();
  });

  it('is undefined for an object that throws when it is looked at', () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();

    expect(readStepUpChallenge(proxy)).toBeUndefined();
  });

  it('is undefined at once for a sparse list', () => {
    const lines: string[] = [`Bearer ${STEP_UP}`];
    lines.length = 2 ** 32 - 1;

    expect(readStepUpChallenge(lines)).toBeUndefined();
  });

  it('finds in a header that parses what parseChallenges() finds', () => {
    const parameter = fc.constantFrom(
      STEP_UP,
      'error = insufficient_user_authentication',
      'error="invalid_token"',
      'max_age=5',
      'acr_values="a, b"',
      String.raw`realm="\", Bearer ${STEP_UP.replaceAll('"', '')}"`,
    );
    const challenge = fc
      .tuple(
        fc.constantFrom('Bearer', 'DPoP', 'Basic'),
        fc.oneof(
          fc.uniqueArray(parameter, { selector: (text) => text.split(/[ =]/)[0] }),
          fc.constantFrom(['abc'], ['abc=='], ['a/b='], ['error=']),
        ),
      )
      .map(([scheme, parameters]) => `${scheme} ${parameters.join(' ,\t')}`);
    fc.assert(
      fc.property(fc.array(challenge), (challenges) => {
        const header = challenges.join(',');
        const strict = parseChallenges(header).find(
          ({ scheme, params }) =>
            scheme !== 'basic' && params['error'] === 'insufficient_user_authentication',
        );
        const read = readStepUpChallenge(header);

        expect(read?.scheme).toBe(strict?.scheme);
        expect(read?.realm).toBe(strict?.params['realm']);
        expect(read?.maxAge).toBe(strict?.params['max_age'] === undefined ? undefined : 5);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything({ withNullPrototype: true, withSparseArray: true, withObjectString: true }),
          fc.string({ unit: 'binary' }),
          fc.array(fc.string({ unit: 'binary' })),
          fc
            .array(
              fc.constantFrom('Bearer ', STEP_UP, ', ', '=', '"', '\\', ' ', 'acr_values', 'a'),
            )
            .map((parts) => parts.join('')),
        ),
        (value) => {
          readStepUpChallenge(value as string);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('readRequirement()', () => {
  it.each<[string, AuthenticationRequirement | undefined]>([
    ['acr_values="a b", max_age=5', { acrValues: ['a', 'b'], maxAge: 5 }],
    ['acr_values="a"', { acrValues: ['a'] }],
    ['max_age=0', { maxAge: 0 }],
    ['realm="a"', undefined],
    ['acr_values="", max_age=x', undefined],
  ])('reads what a challenge with %s demands', (parameters, requirement) => {
    const challenge = readStepUpChallenge(`Bearer ${STEP_UP}, ${parameters}`);

    expect(readRequirement(challenge!)).toEqual(requirement);
  });
});
