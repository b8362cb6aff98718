import type { Forge } from './forge.js';
import { accepted, each, refused, type Recipe } from './recipe.js';

/** Forged structure: segments, base64url, JSON, UTF-8, sizes. */

function parts(forge: Forge): readonly [string, string, string] {
  const [header = '', claims = '', signature = ''] = forge.token().split('.');
  return [header, claims, signature];
}

const SEGMENTS: readonly ((header: string, claims: string, signature: string) => string)[] = [
  () => '',
  () => '.',
  () => '..',
  () => '...',
  () => '....',
  () => 'token',
  (h) => h,
  (h, c) => `${h}.${c}`,
  (h, c) => `${h}.${c}.`,
  (h) => `${h}..`,
  (h, _, s) => `${h}..${s}`,
  (_, c, s) => `.${c}.${s}`,
  (_, __, s) => `..${s}`,
  (h, c, s) => `${h}.${c}.${s}.`,
  (h, c, s) => `.${h}.${c}.${s}`,
  (h, c, s) => `${h}.${c}.${s}.${s}`,
  (h, c, s) => `${h}.${c}.${s}.${s}.${s}`,
  (h, c, s) => `${h}.${c}..${s}`,
  (h, c, s) => `${c}.${h}.${s}`,
  (h, c, s) => `${h}.${c}.${s}=`,
  (h, c, s) => `${h}.${c}.${s}==`,
  (h, c, s) => `${h}=.${c}.${s}`,
  (h, c, s) => `${h}.${c}=.${s}`,
  (h, c, s) => `${h}.${c}.${s}\n`,
  (h, c, s) => `${h}.${c}.${s}\0`,
  (h, c, s) => `${h}. ${c}.${s}`,
  (h, c, s) => `${h}\t.${c}.${s}`,
  (h, c, s) => `${h}.${c}.${s.slice(0, 9)}\n${s.slice(9)}`,
  (h, c, s) => `Bearer ${h}.${c}.${s}`,
  (h, c, s) => `"${h}.${c}.${s}"`,
  (h, c, s) => `${h},${c},${s}`,
  (h, c, s) => `${h}%2E${c}%2E${s}`,
  (h, c, s) => `${h}．${c}．${s}`,
  (h, c) => `${h}.${c}.****`,
  (h, c) => `${h}.${c}.ÄÖÜß`,
  (h, c) => `${h}.${c}.=`,
  (h, c) => `${h}.${c}.A`,
  (h, c, s) => `${h}.${c}.${Buffer.from(s, 'base64url').toString('base64')}`,
  (h, c, s) => `${h}.${c}.${s}A`,
  (h, c, s) => `${h}.${c}.${s}AAAA`,
  (h, c, s) => `${h}.${c}.AAAA${s}`,
];

/** Another character that means the same bits to a decoder which is not strict. */
function respell(segment: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(segment.at(-1) ?? '');
  return segment.slice(0, -1) + String(alphabet[last ^ 1]);
}

function flip(token: string, position: number): string {
  const index = position < 0 ? token.length + position : position;
  const replacement = token[index] === 'A' ? 'B' : 'A';
  return token.slice(0, index) + replacement + token.slice(index + 1);
}

/** A text, or how it is made of the usual one. */
type Source = string | ((json: string) => string | Buffer);

/** Texts in place of the claims, which are signed correctly. */
const CLAIMS: readonly Source[] = [
  '',
  ' ',
  'null',
  'true',
  '0',
  '""',
  '"claims"',
  '[]',
  '{}',
  '{',
  '}',
  'undefined',
  'NaN',
  (json) => `[${json}]`,
  (json) => JSON.stringify(json),
  (json) => `${json}${json}`,
  (json) => `${json}x`,
  (json) => `${json}\0`,
  (json) => `\u{FEFF}${json}`,
  (json) => json.replace('{', '{,'),
  (json) => json.replace('}', ',}'),
  (json) => json.replace('{', '{/* */'),
  (json) => json.replaceAll('"', "'"),
  (json) => json.replace('{', '{"x":NaN,'),
  (json) => json.replace('{', '{"x":Infinity,'),
  (json) => json.replace('{', '{"x":0x10,'),
  (json) => json.replace('{', '{"x":01,'),
  (json) => json.replace('{', '{"x":"a\nb",'),
  (json) => json.replace('{', '{x:1,'),
  (json) => Buffer.from(json, 'utf16le'),
  (json) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(json, 'utf16le')]),
  (json) => Buffer.from(json.replace('alice', 'al\u00EFce'), 'latin1'),
  (json) => Buffer.concat([Buffer.from(json), Buffer.from([0xc0, 0xaf])]),
  (json) => Buffer.from(json.replace('alice', '\u00ED\u00A0\u0080'), 'latin1'),
  (json) => json.replace('{', '{"exp":9999999999,'),
  (json) => json.replace('}', ',"exp":9999999999}'),
  (json) => json.replace('{', '{"sub":"bob",'),
  (json) => json.replace('{', '{"s\\u0075b":"bob",'),
  (json) => json.replace('{', '{"acr":"phrh",'),
  (json) => json.replace('{', '{"x":{"a":1,"b":[{}],"a":2},'),
  (json) => json.replace('{', '{"x":[{"\\"":1,"\\"":2}],'),
  (json) => json.replace('{', '{"__proto__":{"acr":"phrh"},'),
  (json) => json.replace('{', '{"__pr\\u006fto__":null,'),
  (json) => json.replace('{', '{"x":[{"__proto__":{}}],'),
  (json) => json.replace('{', `{"x":${'['.repeat(40)}${']'.repeat(40)},`),
  (json) => json.replace('{', `{"x":${'{"x":'.repeat(500)}1${'}'.repeat(500)},`),
  (json) => json.replace('{', `{"x":${'['.repeat(5000)}${']'.repeat(5000)},`),
  (json) => json.replace('{', `{"x":"${'x'.repeat(20_000)}",`),
];

/** Unusual, but one thing to all readers. */
const HARMLESS: readonly ((json: string) => string)[] = [
  (json) => ` ${json}\n`,
  (json) => JSON.stringify(JSON.parse(json), null, 2),
  (json) => json.replace('"sub"', '"s\\u0075b"'),
  (json) => json.replace('{', '{"x":"{\\"a\\":1,\\"a\\":2}\\\\",'),
  (json) => json.replace('{', '{"x":[{"a":1},{"a":2}],"y":{"a":"a"},'),
  (json) => json.replace('{', '{"toString":null,"valueOf":1,"hasOwnProperty":"x",'),
  (json) => json.replace('{', `{"x":${'['.repeat(20)}${']'.repeat(20)},`),
  (json) => json.replace('{', '{"x":"\u00E4\u{1F511}","":1,'),
];

const HEADERS: readonly Source[] = [
  '',
  'null',
  '[]',
  '1',
  '"RS256"',
  '{}',
  '{',
  (json) => json.replace('{', '{"alg":"none",'),
  (json) => json.replace('}', ',"alg":"none"}'),
  (json) => json.replace('{', '{"kid":"k2",'),
  (json) => json.replace('{', '{"k\\u0069d":"k2",'),
  (json) => `\u{FEFF}${json}`,
  (json) => `${json} {}`,
  (json) => json.replace('{', '{"__proto__":{"hasOwnProperty":1},'),
];

function write(from: Source, original: object): string | Buffer {
  return typeof from === 'string' ? from : from(JSON.stringify(original));
}

const steps = (count: number) => Array.from({ length: count }, (_, step) => step);

/** No tokens for a verifier. HTTP takes the spaces away before anyone sees them. */
export const BETWEEN_SPACES: readonly Recipe[] = refused('spaces around the token', {
  before: (forge) => ` ${forge.token()}`,
  after: (forge) => `${forge.token()} `,
});

export const STRUCTURE: readonly Recipe[] = [
  ...refused(
    'segments',
    each(SEGMENTS, (from, forge) => from(...parts(forge))),
  ),
  ...refused('the last character spelled otherwise', {
    signature: (forge) =>
      parts(forge)
        .slice(0, 2)
        .concat(respell(parts(forge)[2]))
        .join('.'),
  }),
  ...refused(
    'cut short',
    each(steps(25), (step, forge) => forge.token().slice(0, -(step * step + 1))),
  ),
  ...refused(
    'one character changed',
    each([...steps(20).map((n) => n * 7), ...steps(30).map((n) => -2 - n * 11)], (at, forge) =>
      flip(forge.token(), at),
    ),
  ),
  ...refused('signature of other claims', {
    swapped: (forge) => {
      const [, , signature] = forge.token({ claims: { sub: 'bob' } }).split('.');
      return parts(forge).slice(0, 2).concat(String(signature)).join('.');
    },
  }),
  ...refused(
    'claims',
    each(CLAIMS, (from, forge) => ({ claimsText: write(from, forge.claims()) })),
  ),
  ...refused(
    'header',
    each(HEADERS, (from, forge) => ({ headerText: String(write(from, forge.header())) })),
  ),
  ...accepted(
    'claims written unusually',
    each(HARMLESS, (from, forge) => ({ claimsText: write(from, forge.claims()) })),
    { subject: 'alice', acr: 'phr' },
  ),
  ...refused(
    'critical extensions',
    each(
      [
        ...[
          [],
          ['exp'],
          ['b64'],
          ['x'],
          'b64',
          null,
          {},
          '',
          0,
          false,
          [''],
          [null],
          [[]],
          [1],
        ].map((crit) => ({ crit })),
        ...[['alg'], ['kid', 'typ'], ['b64', 'b64'], { b64: true }, 'x'.repeat(5000)].map(
          (crit) => ({ crit, b64: true }),
        ),
        // RFC 7515, appendix E.
        { crit: ['http://example.invalid/UNDEFINED'], 'http://example.invalid/UNDEFINED': true },
        { crit: ['__proto__'] },
        { crit: ['constructor'], x: 1 },
        { b64: 'false' },
        { b64: 0 },
        { b64: false, crit: ['b64'] },
        { b64: false },
        { b64: true, crit: ['b64'] },
        { b64: null },
        { exp: 1, crit: ['exp'] },
      ],
      (header) => ({ header }),
    ),
  ),
];
