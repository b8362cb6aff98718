import { KEYS, base64url, publicJwk, type KeyName } from './forge.js';
import { each, refused, type Recipe } from './recipe.js';

/** Forged algorithms and forged keys. */

const ATTACKER = KEYS.attacker.privateKey;

const secrets = () => {
  const key = KEYS.k1.publicKey;
  return [
    key.export({ type: 'spki', format: 'pem' }),
    key.export({ type: 'spki', format: 'pem' }).toString().trim(),
    key.export({ type: 'pkcs1', format: 'pem' }),
    key.export({ type: 'spki', format: 'der' }),
    JSON.stringify(publicJwk('k1')),
    String(key.export({ format: 'jwk' }).n),
    '',
    'secret',
  ];
};

const hmac = each(
  ['HS256', 'HS384', 'HS512'].flatMap((alg) =>
    secrets().flatMap((_, index) => ['k1', undefined, 'ec1'].map((kid) => ({ alg, index, kid }))),
  ),
  ({ alg, index, kid }, forge) => forge.hmacToken(alg, secrets()[index] ?? '', { kid }),
);

const unsigned = each(
  ['none', 'None', 'NONE', 'nOnE', 'none ', '', 'null'].flatMap((alg) =>
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
  'k'.repeat(513),
  '\u{1F511}',
  '\u202Ek1',
];
const BAD_KEY_IDS: readonly unknown[] = ['', null, 0, 1, true, [], ['k1'], {}, { kid: 'k1' }];

const attackerJwk = publicJwk('attacker');
const EMBEDDED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  jwk: { jwk: attackerJwk },
  'jwk under the kid in use': { jwk: { ...attackerJwk, kid: 'k1' } },
  jku: { jku: 'https://evil.example/keys' },
  x5u: { x5u: 'https://evil.example/cert.pem' },
  x5c: { x5c: [base64url(KEYS.attacker.publicKey.export({ type: 'spki', format: 'der' }))] },
  x5t: { x5t: 'AAAA', 'x5t#S256': 'AAAA' },
  key: { key: KEYS.attacker.publicKey.export({ type: 'spki', format: 'pem' }) },
};

export const SIGNATURES: readonly Recipe[] = [
  ...refused('unsigned', unsigned),
  ...refused('a public key as secret', hmac),
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
];
