import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { RequestListener } from 'node:http';
import { joseTokenVerifier, type JoseTokenVerifierOptions } from 'nest-stepup/jose';
import {
  FakeAuthorizationServer,
  json,
  silence,
  status,
  text,
} from '../spec/authorization-server.js';
import { outcomeOf, recordLog } from '../spec/contract-harness.js';
import { Forge, KEYS, publicJwk, type Ingredients, type KeyName } from '../spec/forge.js';
import { describeRealTokensContract } from '../spec/real-tokens.contract.js';
import { LOOSE_TYPES, STRICT_TYPES } from '../spec/recipes.claims.js';
import { describeTokenVerifierContract } from '../spec/token-verifier.contract.js';
import { AUDIENCE } from '../spec/verifier-under-test.js';

// oidc-provider warns that it keeps its sessions in memory.
jest.spyOn(console, 'warn').mockImplementation(() => undefined);

const createLoose = (options: JoseTokenVerifierOptions) =>
  joseTokenVerifier({ ...options, typ: 'any' });

describeTokenVerifierContract({
  name: 'joseTokenVerifier()',
  create: joseTokenVerifier,
  types: STRICT_TYPES,
  whenSearchesAreUsedUp: 'refused',
});
describeTokenVerifierContract({
  name: "joseTokenVerifier({ typ: 'any' })",
  create: createLoose,
  types: LOOSE_TYPES,
  whenSearchesAreUsedUp: 'refused',
});
describeRealTokensContract({
  name: 'joseTokenVerifier()',
  create: joseTokenVerifier,
  shape: 'rfc9068',
});
describeRealTokensContract({
  name: "joseTokenVerifier({ typ: 'any' })",
  create: createLoose,
  shape: 'okta',
});

const ALGORITHMS: readonly (readonly [algorithm: string, key: KeyName])[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((alg) => [alg, 'k1'] as const),
  ['ES256', 'ec1'],
  ['ES384', 'ec384'],
  ['ES512', 'ec521'],
  ['EdDSA', 'ed1'],
  ['Ed25519', 'ed1'],
];

describe('joseTokenVerifier()', () => {
  const server = new FakeAuthorizationServer();
  const now = Math.floor(Date.now() / 1000);
  let log: ReturnType<typeof recordLog>;

  beforeEach(async () => {
    log = recordLog();
    server.keys = [publicJwk('k1')];
    server.faults.clear();
    server.requests.length = 0;
    await server.start();
  });
  afterEach(() => server.stop());

  async function judge(options: Partial<JoseTokenVerifierOptions>, ingredients: Ingredients = {}) {
    const { issuer = server.issuer } = options;
    const verifier = joseTokenVerifier({ issuer, audience: AUDIENCE, timeoutMs: 300, ...options });
    const token = new Forge(issuer, AUDIENCE, now).token(ingredients);
    const outcome = await outcomeOf(verifier, token, { now, clockToleranceSeconds: 5 });
    return typeof outcome === 'string' ? outcome : 'accepted';
  }

  it.each(ALGORITHMS)('accepts a token signed by %s', async (algorithm, name) => {
    server.keys = [publicJwk(name)];
    const ingredients = {
      header: { alg: algorithm, kid: name },
      signedAs: algorithm,
      key: KEYS[name].privateKey,
    };
    expect(await judge({}, ingredients)).toBe('accepted');
    expect(await judge({ algorithms: [algorithm] }, ingredients)).toBe('accepted');
    const others = ALGORITHMS.map(([other]) => other).filter((other) => other !== algorithm);
    expect(await judge({ algorithms: others }, ingredients)).toBe('refused');
  });

  it.each([[[]], [['none']], [['HS256']], [['RS256', 'HS256']], [['rs256']], ['RS256'], [null]])(
    'does not take %j for algorithms',
    (algorithms) => {
      const options = { issuer: server.issuer, audience: AUDIENCE, algorithms } as never;
      expect(() => joseTokenVerifier(options)).toThrow("as 'algorithms' must name some of RS256");
    },
  );

  it('does not take another typ than at+jwt and any', () => {
    const options = { issuer: server.issuer, audience: AUDIENCE, typ: 'JWT' } as never;
    expect(() => joseTokenVerifier(options)).toThrow("as 'typ' must be 'at+jwt' or 'any'");
  });

  it('takes a token without kid when only one key can be meant', async () => {
    server.keys = [publicJwk('k1'), publicJwk('ec1')];
    expect(await judge({}, { header: { kid: undefined } })).toBe('accepted');
    server.keys = [publicJwk('k1'), publicJwk('k2')];
    expect(await judge({}, { header: { kid: undefined } })).toBe('refused');
  });

  it('names the option that a refused typ calls for, once where it is seen', async () => {
    const verifier = joseTokenVerifier({ issuer: server.issuer, audience: AUDIENCE });
    const token = new Forge(server.issuer, AUDIENCE, now).token({ header: { typ: 'JWT' } });
    const context = { now, clockToleranceSeconds: 5 };
    expect(await outcomeOf(verifier, token, context)).toBe('refused');
    expect(await outcomeOf(verifier, token, context)).toBe('refused');
    expect(log.map(({ level }) => level)).toEqual(['warn', 'debug']);
    expect(log[0]?.text).toContain("set typ: 'any' if your authorization server types its");
  });

  it('finds the keys by OpenID Connect Discovery', async () => {
    expect(await judge({})).toBe('accepted');
    expect(server.requests).toEqual([server.paths.openid, server.paths.keys]);
  });

  it('finds them by RFC 8414 where there is no OpenID configuration', async () => {
    server.faults.set(server.paths.openid, status(404));
    expect(await judge({})).toBe('accepted');
    expect(server.requests).toEqual([server.paths.openid, server.paths.oauth, server.paths.keys]);
  });

  it('finds the configuration of an issuer that ends with a slash', async () => {
    const issuer = `${server.issuer}/`;
    server.faults.set(
      server.paths.openid,
      json({ issuer, jwks_uri: server.origin + server.paths.keys }),
    );
    expect(await judge({ issuer })).toBe('accepted');
  });

  it.each([
    ['of another issuer', { issuer: 'https://evil.example' }, 'not of the configured issuer'],
    ['of no issuer', { issuer: undefined }, 'not of the configured issuer'],
    ['with a slash more', { issuer: '/' }, 'not of the configured issuer'],
    ['without jwks_uri', { jwks_uri: undefined }, 'no usable jwks_uri'],
    ['with keys over http', { jwks_uri: 'http://as.example/keys' }, 'no usable jwks_uri'],
    ['with keys in a file', { jwks_uri: 'file:///keys' }, 'no usable jwks_uri'],
    ['of several issuers', { issuer: ['/'] }, 'not of the configured issuer'],
    ['of an issuer in an object', { issuer: {} }, 'not of the configured issuer'],
    [
      'of its own address',
      { issuer: 'https://evil.example/oauth2/default' },
      'not of the configured',
    ],
    ['with keys at no address', { jwks_uri: '' }, 'no usable jwks_uri'],
    ['with keys at a path', { jwks_uri: '/v1/keys' }, 'no usable jwks_uri'],
    [
      'with keys in itself',
      { jwks_uri: 'data:application/json,{"keys":[]}' },
      'no usable jwks_uri',
    ],
    ['with a script for keys', { jwks_uri: 'javascript:0' }, 'no usable jwks_uri'],
    ['with several addresses', { jwks_uri: ['https://as.example/keys'] }, 'no usable jwks_uri'],
    ['with a password', { jwks_uri: 'https://a:b@as.example/keys' }, 'no usable jwks_uri'],
    ['with keys nearly here', { jwks_uri: 'http://127.0.0.1.evil.example/' }, 'no usable jwks_uri'],
    ['with a fragment', { jwks_uri: 'https://evil.example/#keys' }, 'no usable jwks_uri'],
    ['with keys in it', { jwks_uri: undefined, jwks: { keys: [] } }, 'no usable jwks_uri'],
  ])('trusts no metadata %s, and says so', async (_name, members, reason) => {
    const jwksUri = server.origin + server.paths.keys;
    const document: Record<string, unknown> = {
      issuer: server.issuer,
      jwks_uri: jwksUri,
      ...members,
    };
    if (document.issuer === '/') document.issuer = `${server.issuer}/`;
    server.faults.set(server.paths.openid, json(document));
    expect(await judge({})).toBe('unreachable');
    expect(server.keyRequests).toBe(0);
    expect(log.map(({ level }) => level)).toEqual(['error']);
    expect(log[0]?.text).toContain(reason);
    expect(log[0]?.text).not.toContain('evil');
  });

  it.each([500, 302, 429])('is patient with metadata that comes with status %d', async (code) => {
    const verifier = joseTokenVerifier({ issuer: server.issuer, audience: AUDIENCE });
    const token = new Forge(server.issuer, AUDIENCE, now).token();
    const context = { now, clockToleranceSeconds: 5 };
    for (const path of [server.paths.openid, server.paths.oauth])
      server.faults.set(path, status(code));
    expect(await outcomeOf(verifier, token, context)).toBe('unreachable');
    server.faults.clear();
    expect(await outcomeOf(verifier, token, context)).toHaveProperty('subject', 'alice');
  });

  it.each<[string, RequestListener]>([
    ['that never comes', silence],
    ['that is HTML', text('<html>')],
    ['that is a list', json([])],
    ['that is too large', text(`{"x":"${'x'.repeat(300_000)}"}`)],
    ['that breaks off', text('{"issuer":')],
    ['that redirects', status(307, { location: '/moved' })],
  ])('is patient with metadata %s, and asks nobody else', async (_name, fault) => {
    // At an address of its own: what was given up may still hold a connection to the old one.
    const other = new FakeAuthorizationServer();
    await other.start();
    other.faults.set('/moved', json({ issuer: other.issuer, jwks_uri: `${other.origin}/x` }));
    other.faults.set(other.paths.openid, fault);
    expect(await judge({ issuer: other.issuer })).toBe('unreachable');
    expect(other.requests).toEqual([other.paths.openid]);
    await other.stop();
  });

  it('looks for the keys anew when they have moved', async () => {
    const verifier = joseTokenVerifier({
      issuer: server.issuer,
      audience: AUDIENCE,
      keysMaxAgeSeconds: 60,
    });
    const judgeAt = (time: number) =>
      outcomeOf(verifier, new Forge(server.issuer, AUDIENCE, time).token(), {
        now: time,
        clockToleranceSeconds: 5,
      });
    expect(await judgeAt(now)).toHaveProperty('subject', 'alice');
    server.faults.set(server.paths.keys, status(404));
    server.faults.set('/moved', json({ keys: server.keys }));
    server.faults.set(
      server.paths.openid,
      json({ issuer: server.issuer, jwks_uri: `${server.origin}/moved` }),
    );
    expect(await judgeAt(now + 60)).toBe('unreachable');
    expect(await judgeAt(now + 60)).toHaveProperty('subject', 'alice');
  });
});
