import type { Forge } from './forge.js';
import { status } from './authorization-server.js';
import { active, activeText, type Answer } from './introspection-endpoint.js';
import type { Reading } from './recipe.js';

/** What an introspection endpoint answers about a token, and what a verifier must make of it. */
export interface AnswerRecipe {
  readonly name: string;
  readonly make: (forge: Forge) => Answer;
  readonly expected: 'refused' | 'unreachable' | Reading;
}

type Table = Readonly<Record<string, (forge: Forge) => Answer>>;

function recipes(about: string, expected: AnswerRecipe['expected'], table: Table): AnswerRecipe[] {
  return Object.entries(table).map(([name, make]) => ({
    name: `${about}: ${name}`,
    make,
    expected,
  }));
}

const each = (values: readonly unknown[], make: (value: unknown, forge: Forge) => Answer): Table =>
  Object.fromEntries(
    values.map((value, index) => [
      `${index + 1}. ${JSON.stringify(value)?.slice(0, 70) ?? 'absent'}`,
      (forge: Forge) => make(value, forge),
    ]),
  );

const good = (forge: Forge, members: object = {}) => active(forge.claims({ ...members }));
const goodText = (forge: Forge) => activeText(JSON.stringify(forge.claims()));
const typed =
  (type: string, body: (forge: Forge) => string): ((forge: Forge) => Answer) =>
  (forge) =>
  (_request, response) => {
    response.setHeader('content-type', type).end(body(forge));
  };

/** Answers that are none: the token is not to blame. */
const MALFORMED: readonly AnswerRecipe[] = [
  ...recipes(
    'active that is neither true nor false',
    'unreachable',
    each([undefined, null, 0, 1, '', 'true', 'false', 'True', [], [true], {}], (value, forge) =>
      good(forge, { active: value }),
    ),
  ),
  ...recipes(
    'no JSON object',
    'unreachable',
    each(
      [
        '',
        ' ',
        'null',
        'true',
        '1',
        '"active"',
        '[]',
        '[{"active":true}]',
        '{',
        '{}',
        'active=true',
      ],
      (text) => String(text),
    ),
  ),
  ...recipes('text', 'unreachable', {
    'broken off': (forge) => goodText(forge).slice(0, -1),
    'with more behind it': (forge) => `${goodText(forge)}x`,
    'two objects': (forge) => `${goodText(forge)}${goodText(forge)}`,
    'in a list': (forge) => `[${goodText(forge)}]`,
    'a text of JSON': (forge) => JSON.stringify(goodText(forge)),
    'active twice': (forge) => goodText(forge).replace('{', '{"active":false,'),
    'active twice, the other way round': (forge) =>
      goodText(forge).replace('}', ',"active":false}'),
    'active twice, once escaped': (forge) => goodText(forge).replace('{', '{"activ\\u0065":false,'),
    'exp twice': (forge) => goodText(forge).replace('{', '{"exp":1,'),
    'acr twice': (forge) => goodText(forge).replace('{', '{"acr":"phrh",'),
    'active in __proto__': (forge) =>
      JSON.stringify(forge.claims()).replace('{', '{"__proto__":{"active":true},'),
    'acr in __proto__': (forge) => goodText(forge).replace('{', '{"__proto__":{"acr":"phrh"},'),
    'active in upper case': (forge) => goodText(forge).replace('active', 'Active'),
    'nested too deep': (forge) =>
      goodText(forge).replace('{', `{"x":${'['.repeat(5000)}${']'.repeat(5000)},`),
    'too large': (forge) => goodText(forge).replace('{', `{"x":"${'x'.repeat(300_000)}",`),
    'a page': () => '<html>maintenance</html>',
    'a JWT': (forge) => forge.token(),
  }),
  ...recipes('media type', 'unreachable', {
    'RFC 9701': typed('application/token-introspection+jwt', goodText),
    'RFC 9701 with a parameter': typed('Application/Token-Introspection+JWT; x=y', goodText),
    'a JWT': typed('application/jwt', (forge) => forge.token()),
  }),
  ...recipes(
    'status',
    'unreachable',
    each([201, 204, 301, 302, 307, 308, 400, 401, 403, 404, 405, 429, 500, 502, 503], (code) =>
      status(Number(code), { location: '/elsewhere' }),
    ),
  ),
];

/** Answers about what is no access token for this API. */
const REFUSED: readonly AnswerRecipe[] = [
  ...recipes('not active', 'refused', {
    alone: () => ({ active: false }),
    'with good claims': (forge) => good(forge, { active: false }),
  }),
  ...recipes(
    'token_type',
    'refused',
    each(
      [
        undefined,
        null,
        '',
        'DPoP',
        'dpop',
        'mac',
        'N_A',
        'refresh_token',
        'Bearer ',
        1,
        ['Bearer'],
      ],
      (value, forge) => good(forge, { token_type: value }),
    ),
  ),
  ...recipes(
    'another kind of token',
    'refused',
    each(
      [
        { typ: 'Refresh' },
        { typ: 'Offline' },
        { typ: 'Refresh', token_type: 'Refresh' },
        { typ: 'ID' },
        { typ: 'Logout' },
        { token_use: 'refresh_token' },
        { token_use: 'id' },
        { token_use: null },
        { nonce: 'n' },
        { at_hash: 'x' },
        { c_hash: 'x' },
        { events: {} },
      ],
      (members, forge) => good(forge, Object(members)),
    ),
  ),
  ...recipes(
    'bound to a key',
    'refused',
    each([{ jkt: 'x' }, { 'x5t#S256': 'x' }, {}, null, 'x'], (cnf, forge) => good(forge, { cnf })),
  ),
  ...recipes('left out', 'refused', {
    iss: (forge) => good(forge, { iss: undefined }),
    aud: (forge) => good(forge, { aud: undefined }),
  }),
];

const ACCEPTED: readonly AnswerRecipe[] = [
  ...recipes(
    'an access token',
    { subject: 'alice', acr: 'phr' },
    {
      'as most say': (forge) => good(forge),
      'in lower case': (forge) => good(forge, { token_type: 'bearer' }),
      'of Keycloak': (forge) => good(forge, { typ: 'Bearer', username: 'alice' }),
      'of Ory Hydra': (forge) => good(forge, { token_use: 'access_token', ext: {} }),
      'of no end': (forge) => good(forge, { exp: undefined }),
      'with a media type of many words': typed('application/json; charset="utf-8"', goodText),
    },
  ),
  ...recipes(
    'an ill-typed acr',
    { acr: undefined },
    each([undefined, null, 3, ['phr'], {}], (acr, forge) => good(forge, { acr })),
  ),
  ...recipes(
    'an ill-typed auth_time',
    { authTime: undefined },
    each([undefined, null, '4711', {}], (value, forge) => good(forge, { auth_time: value })),
  ),
];

/**
 * What a verifier has to make of an answer, when it is created with the issuer and the audience of
 * the forge and no other option.
 */
export const ANSWERS: readonly AnswerRecipe[] = [...MALFORMED, ...REFUSED, ...ACCEPTED];
