import type { Forge } from './forge.js';
import { accepted, each, refused, type Recipe } from './recipe.js';

/** Claims that a careless reader takes for the right ones. All are signed as they should be. */

/** Ways to write a URL or an identifier that another reader might call the same. */
const LOOKALIKES: readonly ((right: string) => unknown)[] = [
  (right) => right.replace('a', '\u0430'),
  (right) => right.replace('e', 'e\u0301'),
  (right) => right.replaceAll('a', '\uFF41'),
  (right) => `${right}\0`,
  (right) => `${right}\0.evil.example`,
  (right) => `${right}\n`,
  (right) => `\t${right}`,
  (right) => `\uFEFF${right}`,
  (right) => `${right}\u200B`,
  (right) => `\u202E${right}`,
  (right) => `${right}%00`,
  (right) => `${right}.evil.example`,
  (right) => `${right}/../evil`,
  (right) => `${right}@evil.example`,
  (right) => `${right};evil`,
  (right) => `https://evil.example/?${right}`,
  (right) => `https://evil.example/#${right}`,
  (right) => `https://evil.example/${right}`,
  (right) => right.replace('://', ':///'),
  (right) => right.replace('://', ':'),
  (right) => right.replace('://', '://user:secret@'),
  (right) => right.replace('://', ':\\\\'),
  (right) => right.replaceAll('/', '\\'),
  (right) => right.replaceAll('/', '//'),
  (right) => encodeURIComponent(right),
  (right) => encodeURI(right).replace('d', '%64'),
  (right) => right.replace('default', 'DEFAULT'),
  (right) => right.replace('default', '*'),
  (right) => right.replace('default', '.*'),
  (right) => right.replace(/^\w+/, (scheme) => scheme.toUpperCase()),
  (right) => JSON.stringify(right),
  (right) => JSON.stringify([right]),
  (right) => right.split(''),
  (right) => ({ value: right }),
  (right) => ({ toString: right, valueOf: right }),
  (right) => ({ equals: right }),
  (right) => [[right]],
  (right) => [[right], right],
  (right) => [right, { toString: 1 }],
  (right) => [right, true],
  () => '*',
  () => '.*',
  () => ['*'],
  () => '%',
  () => 'null',
  () => 'undefined',
  () => '[object Object]',
  () => '__proto__',
  () => ['constructor', 'length', '0'],
  () => Array.from({ length: 300 }, (_, index) => `other-${index}`),
];

const ISSUERS: readonly ((issuer: string) => string)[] = [
  (issuer) => issuer.replace('127.0.0.1', 'localhost'),
  (issuer) => issuer.replace('127.0.0.1', '2130706433'),
  (issuer) => issuer.replace('127.0.0.1', '127.1'),
  (issuer) => issuer.replace('127.0.0.1', '0x7f.0.0.1'),
  (issuer) => issuer.replace('127.0.0.1', '127.0.0.1.'),
  (issuer) => issuer.replace(/:\d+\//, '/'),
  (issuer) => issuer.replace(/:(\d+)\//, ':0$1/'),
  (issuer) => new URL(issuer).origin,
  (issuer) => `${issuer}/.well-known/openid-configuration`,
];

const withMember = (member: (forge: Forge) => string, last: boolean) => (forge: Forge) => {
  const json = JSON.stringify(forge.claims());
  const claimsText = last
    ? json.replace(/\}$/, `,${member(forge)}}`)
    : json.replace('{', `{${member(forge)},`);
  return { claimsText };
};

/** Members that the claims have already: readers differ on which of two they take. */
const REPEATED: Readonly<Record<string, (forge: Forge) => string>> = {
  iss: ({ issuer }) => `"iss":${JSON.stringify(issuer)}`,
  'another iss': () => '"iss":"https://evil.example"',
  aud: ({ audience }) => `"aud":${JSON.stringify(audience)}`,
  'another aud': () => '"aud":["other"]',
  'the same sub': () => '"sub":"alice"',
  iat: () => '"iat":1',
  exp: ({ now }) => `"exp":${now + 300}`,
  auth_time: ({ now }) => `"auth_time":${now}`,
  acr: () => '"acr":"phr"',
  'acr, escaped': () => '"\\u0061\\u0063\\u0072":"phrh"',
  'auth_time, escaped': ({ now }) => `"auth\\u005ftime":${now}`,
  '__proto__ with claims': () => '"__proto__":{"acr":"phrh","exp":9999999999}',
  '__proto__ in a list': () => '"x":[[{"__proto__":[]}]]',
  'the empty name twice': () => '"":1,"":2',
  'a long name twice': () => `"${'n'.repeat(2000)}":1,"${'n'.repeat(2000)}":2`,
  'names that are equal once decoded': () => '"\\ud83d\\udd11":1,"\u{1F511}":2',
};

/** Claims under names that are not theirs. */
const RENAMED: readonly (readonly [claim: 'aud' | 'exp' | 'iss', name: string])[] = [
  ...['EXP', 'Exp', 'exp ', ' exp', 'exp\0', 'expires', 'expires_at', 'e\u0445p'].map(
    (name) => ['exp', name] as const,
  ),
  ...['ISS', 'iss\0', 'issuer', 'iss ', 'http://iss'].map((name) => ['iss', name] as const),
  ...['AUD', 'aud\0', 'audience', 'aud[]', 'aud.0'].map((name) => ['aud', name] as const),
];

const NOT_A_TIME: readonly unknown[] = [
  'NaN',
  'Infinity',
  'never',
  'tomorrow',
  '2099-01-01T00:00:00Z',
  '0x7fffffff',
  '1e10',
  '9999999999.5',
  ' 9999999999',
  [[9_999_999_999]],
  [9_999_999_999, 1],
  { $date: 9_999_999_999 },
  { $gt: 0 },
  { valueOf: 9_999_999_999 },
  false,
];

const LITERALS: readonly ((forge: Forge) => string)[] = [
  ({ now }) => `${now + 300}.000`,
  ({ now }) => `${(now + 300) / 1000}e3`,
  ({ now }) => `${now + 300}E+0`,
  () => '9007199254740993',
  () => '1e308',
  () => '9'.repeat(300),
];

const literal = (claim: string, text: string, forge: Forge) => ({
  claimsText: JSON.stringify(forge.claims({ [claim]: 4711 })).replace('4711', text),
});

const TIMES: readonly Recipe[] = [
  ...['exp', 'nbf', 'iat'].flatMap((claim) =>
    refused(
      `${claim} that looks like a time`,
      each(NOT_A_TIME, (value) => ({ claims: { [claim]: value } })),
    ),
  ),
  ...['nbf', 'iat'].flatMap((claim) =>
    refused(
      `${claim}, written as a number that is none`,
      each(['1e400', '-1e400'], (text, forge) => literal(claim, text, forge)),
    ),
  ),
  ...refused(
    'exp long ago',
    each(['-0', '-0.0', '5e-324', '-1e308', '1e-400', '1', '4294967295e-9'], (text, forge) =>
      literal('exp', text, forge),
    ),
  ),
  ...accepted(
    'exp written in another way',
    each(LITERALS, (from, forge) => literal('exp', from(forge), forge)),
  ),
  ...accepted(
    'auth_time, written as a number that is none',
    each(['1e400', '-1e400'], (text, forge) => literal('auth_time', text, forge)),
    { authTime: undefined },
  ),
  ...accepted(
    'auth_time before there was time',
    each(['-5', '-5.0', '-5e0'], (text, forge) => literal('auth_time', text, forge)),
    { authTime: -5 },
  ),
  ...accepted(
    'auth_time that looks like a time',
    each(NOT_A_TIME, (value) => ({ claims: { auth_time: value } })),
    { authTime: undefined },
  ),
];

/** Texts that a reader who splits, trims, folds or decodes takes for `phr`. */
const ACRS: readonly string[] = [
  ' phr',
  'phr ',
  'PHR',
  'Phr',
  'phr\0',
  'phr\n',
  'phr\r\nX-Injected: 1',
  'phr phrh',
  'phr,phrh',
  'phr"',
  '"phr"',
  'phr\\',
  '\u0440hr',
  '\uFF50hr',
  'phr\u200B',
  '["phr"]',
  '*',
  '.*',
  '__proto__',
  'constructor',
  'toString',
  'x'.repeat(5000),
];

export const NEAR_MISSES: readonly Recipe[] = [
  ...refused(
    'iss that looks right',
    each([...LOOKALIKES, ...ISSUERS], (from, { issuer }) => ({ claims: { iss: from(issuer) } })),
  ),
  ...refused(
    'aud that looks right',
    each(LOOKALIKES, (from, { audience }) => ({ claims: { aud: from(audience) } })),
  ),
  ...[true, false].flatMap((last) =>
    refused(
      `a member once more, ${last ? 'last' : 'first'}`,
      Object.fromEntries(
        Object.entries(REPEATED).map(([name, member]) => [name, withMember(member, last)]),
      ),
    ),
  ),
  ...refused(
    'a claim under another name',
    each(RENAMED, ([claim, name], forge) => ({
      claims: { [claim]: undefined, [name]: forge.claims()[claim] },
    })),
  ),
  ...TIMES,
  ...ACRS.flatMap((acr) =>
    accepted(
      'acr that is another one',
      each([acr], () => ({ claims: { acr } })),
      { acr },
    ),
  ),
  ...accepted(
    'acr that looks like a list',
    each([[['phr']], { 0: 'phr', length: 1 }, { includes: 'phr' }, ['phr', 1]], (acr) => ({
      claims: { acr },
    })),
    { acr: undefined },
  ),
];
