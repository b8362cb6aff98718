/** An authorization server as the benches need it: keys, where they are found, and access tokens. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { promisify } from 'node:util';

export const AUDIENCE = 'https://api.example.com';
/** What every contestant demands. */
export const ACR = 'urn:okta:loa:2fa:any';

const LIFETIME_SECONDS = 3600;

/** Of each algorithm: how its keys are made, and what `crypto` is told to sign and verify with. */
const ALGORITHMS = {
  RS256: { type: 'rsa', options: { modulusLength: 2048 }, digest: 'sha256' },
  ES256: {
    type: 'ec',
    options: { namedCurve: 'P-256' },
    digest: 'sha256',
    dsaEncoding: 'ieee-p1363',
  },
  EdDSA: { type: 'ed25519', digest: null },
};

const signOnAnotherThread = promisify(sign);

/**
 * Starts it on a free port of 127.0.0.1. Its keys are at `/jwks`, and at `/v1/keys` as Okta's are.
 *
 * @returns `issuer`, `jwksUri`, `key` (what `crypto.verify()` takes) and `digest` of its algorithm,
 *   `issue()`, `close()`.
 */
export async function startIssuer(algorithm = 'RS256') {
  const { type, options, digest, dsaEncoding } = ALGORITHMS[algorithm];
  const { privateKey, publicKey } = generateKeyPairSync(type, options);
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: algorithm, use: 'sig' };
  const jwks = JSON.stringify({ keys: [jwk] });

  const server = createServer((request, response) => {
    const isKeys = request.url === '/jwks' || request.url === '/v1/keys';
    response.writeHead(isKeys ? 200 : 404, { 'content-type': 'application/json' });
    response.end(isKeys ? jwks : '{}');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const header = segment({ alg: algorithm, kid: 'bench', typ: 'at+jwt' });

  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    digest,
    key: { key: publicKey, dsaEncoding },
    /** An access token like those of RFC 9068, unlike every other. */
    async issue(claims = {}) {
      const input = `${header}.${segment(claimsOf(issuer, claims))}`;
      const key = { key: privateKey, dsaEncoding };
      const signature = await signOnAnotherThread(digest, Buffer.from(input), key);
      return `${input}.${signature.toString('base64url')}`;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function claimsOf(issuer, claims) {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: issuer,
    aud: AUDIENCE,
    sub: '00u1a2b3c4d5e6f7g8h9',
    client_id: '0oa1a2b3c4d5e6f7g8h9',
    cid: '0oa1a2b3c4d5e6f7g8h9',
    scp: ['openid', 'profile', 'transfers'],
    iat: now,
    exp: now + LIFETIME_SECONDS,
    auth_time: now,
    acr: ACR,
    amr: ['pwd', 'otp'],
    jti: randomUUID(),
    ...claims,
  };
}

function segment(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** So many distinct tokens. */
export function issueMany({ issue }, count) {
  return Promise.all(Array.from({ length: count }, () => issue()));
}
