import { accepted, each, refused, type Recipe } from './recipe.js';

/** Claims of tokens that are signed as they should be. */

const NOT_A_TIME: readonly unknown[] = ['1', '9999999999', '', null, true, [], [9999999999], {}];

const TIMES: readonly Recipe[] = [
  ...refused(
    'exp',
    each([undefined, ...NOT_A_TIME, -1, 0, 1], (exp) => ({ claims: { exp } })),
  ),
  ...refused(
    'exp, written as a number that is none',
    each(['1e999', '-1e999'], (literal, forge) => ({
      claimsText: JSON.stringify(forge.claims({ exp: 4711 })).replace('4711', literal),
    })),
  ),
  ...refused(
    'exp before now, by seconds',
    each([5, 5.5, 6, 60, 3600, 1e8], (ago, { now }) => ({ claims: { exp: now - ago } })),
  ),
  ...accepted(
    'exp within the tolerance, or later, by seconds',
    each([-4.5, -4, -1, 0, 0.5, 1, 60, 1e10, 1e15], (ahead, { now }) => ({
      claims: { exp: now + ahead },
    })),
  ),
  ...['nbf', 'iat'].flatMap((claim) => [
    ...refused(
      `${claim} is no time`,
      each(NOT_A_TIME, (value) => ({ claims: { [claim]: value } })),
    ),
    ...refused(
      `${claim} after now, by seconds`,
      each([5.5, 6, 60, 1e6, 1e12], (ahead, { now }) => ({ claims: { [claim]: now + ahead } })),
    ),
    ...accepted(
      `${claim} within the tolerance, or earlier, by seconds`,
      each([5, 4, 1, 0, -0.5, -60, -1e6], (ahead, { now }) => ({
        claims: { [claim]: now + ahead },
      })),
    ),
    ...accepted(`${claim} left out`, { absent: () => ({ claims: { [claim]: undefined } }) }),
  ]),
];

const ISSUER: readonly Recipe[] = [
  ...refused(
    'issuer',
    each([undefined, null, '', 0, true, {}, 'https://evil.example', 'iss'], (iss) => ({
      claims: { iss },
    })),
  ),
  ...refused('issuer, nearly right', {
    'a slash more': ({ issuer }) => ({ claims: { iss: `${issuer}/` } }),
    'upper case': ({ issuer }) => ({ claims: { iss: issuer.toUpperCase() } }),
    'a character less': ({ issuer }) => ({ claims: { iss: issuer.slice(0, -1) } }),
    'a character more': ({ issuer }) => ({ claims: { iss: `${issuer}x` } }),
    'https for http': ({ issuer }) => ({ claims: { iss: issuer.replace('http:', 'https:') } }),
    'a list': ({ issuer }) => ({ claims: { iss: [issuer] } }),
    'an object': ({ issuer }) => ({ claims: { iss: { [issuer]: issuer } } }),
    'space before': ({ issuer }) => ({ claims: { iss: ` ${issuer}` } }),
    'space after': ({ issuer }) => ({ claims: { iss: `${issuer} ` } }),
    'a query': ({ issuer }) => ({ claims: { iss: `${issuer}?` } }),
    'a fragment': ({ issuer }) => ({ claims: { iss: `${issuer}#` } }),
    'a user': ({ issuer }) => ({ claims: { iss: issuer.replace('//', '//x@') } }),
    'a dot segment': ({ issuer }) => ({ claims: { iss: `${issuer}/.` } }),
  }),
];

const AUDIENCE: readonly Recipe[] = [
  ...refused(
    'audience',
    each(
      [undefined, null, '', 0, true, {}, [], [''], 'other', ['other'], ['other', 'more']],
      (aud) => ({
        claims: { aud },
      }),
    ),
  ),
  ...refused('audience, nearly right', {
    'a slash more': ({ audience }) => ({ claims: { aud: `${audience}/` } }),
    'upper case': ({ audience }) => ({ claims: { aud: audience.toUpperCase() } }),
    'a character less': ({ audience }) => ({ claims: { aud: audience.slice(0, -1) } }),
    'a part': ({ audience }) => ({ claims: { aud: audience.slice(3) } }),
    'two in one': ({ audience }) => ({ claims: { aud: `other ${audience}` } }),
    'with a comma': ({ audience }) => ({ claims: { aud: `${audience},other` } }),
    'an object': ({ audience }) => ({ claims: { aud: { 0: audience, length: 1 } } }),
    'a list in a list': ({ audience }) => ({ claims: { aud: [[audience]] } }),
    'a list with a number': ({ audience }) => ({ claims: { aud: [audience, 1] } }),
    'a list with null': ({ audience }) => ({ claims: { aud: [null, audience] } }),
    'in azp': ({ audience }) => ({ claims: { aud: undefined, azp: audience } }),
    'in resource': ({ audience }) => ({ claims: { aud: 'other', resource: audience } }),
  }),
  ...accepted('audience', {
    'in a list of one': ({ audience }) => ({ claims: { aud: [audience] } }),
    'first of two': ({ audience }) => ({ claims: { aud: [audience, 'other'] } }),
    'last of two': ({ audience }) => ({ claims: { aud: ['other', audience] } }),
  }),
];

const BINDING: readonly Recipe[] = [
  ...refused(
    'bound to a key, sent as bearer',
    each(
      [{ jkt: 'x' }, { 'x5t#S256': 'x' }, { jwk: {} }, {}, [], 'x', '', null, false, 0],
      (cnf) => ({
        claims: { cnf },
      }),
    ),
  ),
  ...refused(
    'subject',
    each([null, 0, 1, true, [], ['alice'], {}], (sub) => ({ claims: { sub } })),
  ),
];

/** A claim in the wrong type is as good as none: the token is valid, a requirement is unmet. */
const AUTHENTICATION: readonly Recipe[] = [
  ...accepted(
    'acr that is none',
    each([undefined, null, '', 0, 3, true, [], ['phr'], {}], (acr) => ({ claims: { acr } })),
    { acr: undefined },
  ),
  ...accepted(
    'auth_time that is none',
    each([undefined, null, '', '1', '9999999999', true, [], {}], (value) => ({
      claims: { auth_time: value },
    })),
    { authTime: undefined },
  ),
  ...accepted(
    'auth_time',
    each([0, 1, 4711.5], () => ({ claims: { auth_time: 4711.5 } })),
    { authTime: 4711.5 },
  ),
  ...accepted(
    'amr',
    { 'a list': () => ({ claims: { amr: ['pwd', 'otp'] } }) },
    { amr: ['pwd', 'otp'] },
  ),
  ...accepted(
    'amr that is none',
    each(['pwd', [1], { 0: 'pwd' }, null], (amr) => ({ claims: { amr } })),
    { amr: undefined },
  ),
  ...accepted(
    'no subject',
    { absent: () => ({ claims: { sub: undefined } }) },
    {
      subject: undefined,
    },
  ),
];

export const CLAIMS: readonly Recipe[] = [
  ...TIMES,
  ...ISSUER,
  ...AUDIENCE,
  ...BINDING,
  ...AUTHENTICATION,
];

const AT_JWT = ['at+jwt', 'AT+JWT', 'At+Jwt', 'application/at+jwt', 'Application/AT+jwt'];
const OTHER_JWT = [
  'logout+jwt',
  'secevent+jwt',
  'dpop+jwt',
  'application/logout+jwt',
  'id+JWT',
  'oauth-authz-req+jwt',
  'client-authentication+jwt',
  'token-introspection+jwt',
  'jwk-set+jwt',
  'kb+jwt',
  'statuslist+jwt',
  'entity-statement+jwt',
  '+jwt',
  'dc+sd-jwt',
  'application/vc+sd-jwt',
  'vp+ld+json',
];
const LOOSE: readonly (string | undefined)[] = [undefined, 'JWT', 'jwt', 'application/jwt', 'JOSE'];
const BAD_TYPES: readonly unknown[] = [null, 1, true, false, [], ['at+jwt'], {}, { typ: 'at+jwt' }];

const typ = (values: readonly unknown[]) => each(values, (value) => ({ header: { typ: value } }));

const NEARLY_AT_JWT = [
  '',
  ' at+jwt',
  'at+jwt ',
  'at+jwt\0',
  'at+jwt; charset=utf-8',
  'at+jwt, JWT',
  '"at+jwt"',
  'text/at+jwt',
  '/at+jwt',
  'application/application/at+jwt',
  'application//at+jwt',
  'at',
  'at jwt',
  'at%2Bjwt',
  'at-jwt',
  'a\u0442+jwt',
  '\uFF41\uFF54+jwt',
  'at+jwt+jwt',
  'xat+jwt',
];

/** Types of tokens, where `at+jwt` is demanded. */
export const STRICT_TYPES: readonly Recipe[] = [
  ...accepted('typ', typ(AT_JWT)),
  ...refused('typ', typ([...LOOSE, ...OTHER_JWT, ...BAD_TYPES, ...NEARLY_AT_JWT])),
];

/** Types of tokens, where any is taken that does not announce another kind of token. */
export const LOOSE_TYPES: readonly Recipe[] = [
  ...accepted('typ', typ([...AT_JWT, ...LOOSE])),
  ...refused('typ', typ([...OTHER_JWT, ...BAD_TYPES])),
  ...refused(
    'not an access token, by its claims',
    each(
      [
        { nonce: 'n' },
        { at_hash: 'x' },
        { c_hash: 'x' },
        { s_hash: 'x' },
        { events: {} },
        { token_use: 'id' },
        { token_use: null },
        { typ: 'ID' },
        { typ: 'ID', nonce: 'n' },
        { typ: 'Refresh' },
        { typ: 'Offline' },
        { typ: 'Logout' },
        { nonce: '' },
        { nonce: null },
        { at_hash: null },
        { typ: 'Serialized-ID' },
        { typ: 'Bearer', at_hash: 'x' },
        { typ: 'Bearer', c_hash: 'x' },
        { typ: 'Bearer', token_use: 'id' },
        { token_use: 'refresh' },
        { token_use: ['access'] },
        { token_use: 'ACCESS' },
        { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
        // A grant, an assertion and an ID token of OpenID Connect CIBA §10.3.1 and of SIOP v2.
        { 'urn:openid:params:jwt:claim:auth_req_id': 'x' },
        { 'urn:openid:params:jwt:claim:rt_hash': 'x' },
        { sub_jwk: {} },
      ],
      (claims) => ({ header: { typ: undefined }, claims }),
    ),
  ),
  ...accepted(
    'an access token, by its claims',
    each([{ token_use: 'access' }, { typ: 'Bearer' }, { typ: 'Bearer', nonce: 'n' }], (claims) => ({
      header: { typ: 'JWT' },
      claims,
    })),
  ),
];
