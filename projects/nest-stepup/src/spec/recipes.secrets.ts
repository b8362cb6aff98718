import { Forge, KEYS, base64url, publicJwk } from './forge.js';
import { each, refused, type Recipe } from './recipe.js';

/** Tokens signed with a shared secret, for a verifier that lets the token choose the algorithm. */

/** For the length of a table that depends on the forge. */
const ANYBODY = new Forge('http://127.0.0.1', 'audience', 0);

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

/** What else a verifier might take for its secret, and spellings of its public key. */
const otherSecrets = ({ issuer, audience }: Forge): readonly (string | Buffer)[] => {
  const key = KEYS.k1.publicKey;
  const pem = key.export({ type: 'spki', format: 'pem' }).toString();
  const der = key.export({ type: 'spki', format: 'der' });
  const modulus = Buffer.from(String(key.export({ format: 'jwk' }).n), 'base64url');
  return [
    pem.replaceAll('\n', '\r\n'),
    pem.replaceAll('\n', ''),
    pem.replaceAll('\n', '\\n'),
    `${pem}\n`,
    `${pem}\0`,
    der.toString('base64'),
    der.toString('base64url'),
    der.toString('hex'),
    key.export({ type: 'pkcs1', format: 'der' }),
    key.export({ type: 'pkcs1', format: 'pem' }).toString().trim(),
    modulus,
    modulus.toString('base64'),
    modulus.toString('hex'),
    'AQAB',
    JSON.stringify(key.export({ format: 'jwk' })),
    JSON.stringify({ keys: [publicJwk('k1')] }),
    KEYS.ec1.publicKey.export({ type: 'spki', format: 'pem' }),
    Buffer.from(String(KEYS.ec1.publicKey.export({ format: 'jwk' }).x), 'base64url'),
    'k1',
    issuer,
    audience,
    '\0',
    ' ',
    'null',
    'undefined',
    '[object Object]',
    'key',
    'password',
    'changeit',
  ];
};

/** A key id that a verifier reads as a file, a query or a command, and the secret that it finds. */
const SECRETS_BY_KEY_ID: readonly (readonly [kid: string, secret: string])[] = [
  ['../../../../../../dev/null', ''],
  ['/dev/null', ''],
  ['/proc/sys/kernel/randomize_va_space', '2\n'],
  ['file:///etc/hostname', 'localhost\n'],
  ["x' UNION SELECT 'key", 'key'],
  ["x' UNION SELECT 'key' --", 'key'],
  ['| echo key', 'key\n'],
  ['__proto__', '[object Object]'],
  ['constructor', 'function Object() { [native code] }'],
  ['data:text/plain,key', 'key'],
];

const hmac = each(
  ['HS256', 'HS384', 'HS512'].flatMap((alg) =>
    secrets().flatMap((_, index) => ['k1', undefined, 'ec1'].map((kid) => ({ alg, index, kid }))),
  ),
  ({ alg, index, kid }, forge) => forge.hmacToken(alg, secrets()[index] ?? '', { kid }),
);

export const SECRETS: readonly Recipe[] = [
  ...refused('a public key as secret', hmac),
  ...refused(
    'a secret that can be guessed',
    each([...otherSecrets(ANYBODY).keys()], (index, forge) =>
      forge.hmacToken('HS256', otherSecrets(forge)[index] ?? ''),
    ),
  ),
  ...refused(
    'a secret that the kid leads to',
    each(SECRETS_BY_KEY_ID, ([kid, secret], forge) => forge.hmacToken('HS256', secret, { kid })),
  ),
  ...refused('a secret, where the header says RS256', {
    'the public key': (forge) => forge.hmacToken('HS256', secrets()[0] ?? '', { alg: 'RS256' }),
    nothing: (forge) => forge.hmacToken('HS256', '', { alg: 'RS256' }),
  }),
  ...refused('a secret that the token brings along', {
    oct: (forge) => forge.hmacToken('HS256', 'key', { jwk: { kty: 'oct', k: base64url('key') } }),
    k: (forge) => forge.hmacToken('HS256', 'key', { k: base64url('key') }),
  }),
];
