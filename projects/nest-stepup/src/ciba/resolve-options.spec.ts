import { describe, expect, it } from '@jest/globals';
import { clientSecretBasic } from './authorization-server/client-authentication.js';
import { auth0Profile } from './authorization-server/profiles/auth0.js';
import { oktaProfile } from './authorization-server/profiles/okta.js';
import type { CibaOptions } from './ciba.options.js';
import { resolveCibaOptions } from './resolve-options.js';
import { MemoryTransactionStore } from './transactions/memory-transaction-store.js';
import type { TransactionStore } from './transactions/transaction-store.js';

const REQUIRED: CibaOptions = {
  issuer: 'https://as.example.com/',
  clientId: 'bank-api',
  clientAuthentication: clientSecretBasic('a-client-secret'),
  publicUrl: 'https://api.example.com',
};
const KEY = Buffer.alloc(32, 7).toString('base64url');
const SHARED: TransactionStore = Object.assign(new MemoryTransactionStore(), { shared: true });

/** Options as JavaScript may pass them. */
const resolve = (options: unknown, path: unknown = 'auth') =>
  resolveCibaOptions(Object(options), String(path));

describe('resolveCibaOptions()', () => {
  it('fills in the defaults', () => {
    const settings = resolve(REQUIRED);
    expect(settings).toMatchObject({
      issuer: 'https://as.example.com/',
      publicUrl: 'https://api.example.com',
      baseUrl: 'https://api.example.com/auth',
      deliveryMode: 'poll',
      profile: { name: 'standard' },
      scope: 'openid',
      resource: [],
      resources: { idp: [], device: [] },
      signIn: { requirement: undefined, scope: 'openid', loginHintKinds: ['login_hint_token'] },
      bindingMessage: 'code',
      requestedExpirySeconds: 120,
      signedRequests: false,
      dpop: false,
      timeoutSeconds: 10,
      qr: { expiresInSeconds: 90 },
      limits: {
        perUser: { limit: 5, windowSeconds: 300 },
        perAddress: { limit: 30, windowSeconds: 300 },
      },
      handOverSeconds: 60,
      clockToleranceSeconds: 5,
      compatibility: { unboundTransactions: false, reusableQrSessions: false, qrRoute: false },
    });
    expect(settings.store).toBeInstanceOf(MemoryTransactionStore);
    expect(settings.sealingKeys).toStrictEqual([expect.stringMatching(/^[\w-]{43}$/)]);
    expect(Math.abs(settings.now() - Date.now() / 1000)).toBeLessThan(5);
  });

  it('makes a sealing key of its own for each process that shares no store', () => {
    expect(resolve(REQUIRED).sealingKeys).not.toStrictEqual(resolve(REQUIRED).sealingKeys);
    expect(resolve({ ...REQUIRED, store: SHARED, sealingKeys: [KEY] }).sealingKeys).toStrictEqual([
      KEY,
    ]);
  });

  it.each([
    ['https://api.example.com/', 'auth', 'https://api.example.com/auth'],
    ['https://example.com/api/', '/bank/auth/', 'https://example.com/api/bank/auth'],
    ['http://localhost:3000', '', 'http://localhost:3000'],
    ['http://[::1]:3000', 'auth', 'http://[::1]:3000/auth'],
  ])('puts its routes at %s, below %s', (publicUrl, path, baseUrl) => {
    expect(resolve({ ...REQUIRED, publicUrl }, path).baseUrl).toBe(baseUrl);
  });

  it('takes lists and texts for resources, that of DEVICE from the resource of the module', () => {
    const resource = 'https://api.example.com';
    const other = ['urn:example:one', 'https://two.example.com'];
    expect(resolve({ ...REQUIRED, resource }).resources).toStrictEqual({
      idp: [],
      device: [resource],
    });
    expect(
      resolve({ ...REQUIRED, resource, resources: { idp: resource, device: other } }).resources,
    ).toStrictEqual({ idp: [resource], device: other });
    // What Auth0 calls an audience may be any text.
    const profile = auth0Profile({ issuer: 'https://tenant.example.com/' });
    expect(resolve({ ...REQUIRED, profile, resource: 'my api' }).resource).toStrictEqual([
      'my api',
    ]);
  });

  it('lets a process have a DPoP key of its own where nobody shares its store', () => {
    expect(resolve({ ...REQUIRED, dpop: true }).dpop).toBe(true);
    const dpop = { privateKey: {}, publicKey: {} };
    const shared = { store: SHARED, sealingKeys: [KEY] };
    expect(resolve({ ...REQUIRED, ...shared, dpop }).dpop).toBe(dpop);
    expect(resolve({ ...REQUIRED, ...shared, dpop: false }).dpop).toBe(false);
  });

  it('leaves out by default the hints that the server does not take', () => {
    expect(resolve({ ...REQUIRED, profile: oktaProfile() }).signIn.loginHintKinds).toStrictEqual(
      [],
    );
  });

  it('writes the code of a QR session as the callback and the session', () => {
    const { qr } = resolve(REQUIRED);
    expect(qr.content({ sessionId: 'abc', cbUrl: 'https://a' })).toBe('https://a?sessionId=abc');
  });

  it.each<[string, unknown, typeof TypeError | typeof RangeError, string]>([
    ['nothing', undefined, TypeError, "'publicUrl' must be a string"],
    ['a list', [], TypeError, 'the options must be an object: current value is a list'],
    ['a misspelt option', { clientID: 'a' }, TypeError, 'current value is "clientID"'],
    ['no issuer', { issuer: undefined }, TypeError, "'issuer' must be a string"],
    ['an issuer that is no URL', { issuer: 'as' }, TypeError, "'issuer' must be an absolute URL"],
    [
      'an issuer without TLS',
      { issuer: 'http://as.example.com' },
      TypeError,
      "'issuer' must begin",
    ],
    ['no client id', { clientId: '' }, RangeError, "'clientId' must not be empty"],
    ['no authentication', { clientAuthentication: undefined }, TypeError, 'of type undefined'],
    ['a bare secret', { clientAuthentication: 'a-client-secret' }, TypeError, 'of type string'],
    ['no public URL', { publicUrl: undefined }, TypeError, "'publicUrl' must be a string"],
    [
      'no TLS',
      { publicUrl: 'http://api.example.com' },
      TypeError,
      "'publicUrl' must begin with https",
    ],
    [
      'an odd scheme',
      { publicUrl: 'ftp://localhost' },
      TypeError,
      "'publicUrl' must begin with https",
    ],
    ['a query', { publicUrl: 'https://a.example?b' }, TypeError, "'publicUrl' must have neither"],
    ['a password', { publicUrl: 'https://a:b@c.example' }, TypeError, 'must not hold credentials'],
    [
      'push',
      { deliveryMode: 'push' },
      TypeError,
      'FAPI-CIBA forbids it. Register the client for poll or ping',
    ],
    ['an unknown mode', { deliveryMode: 'pull' }, RangeError, "must be 'poll' or 'ping'"],
    [
      'ping with Okta',
      { deliveryMode: 'ping', profile: oktaProfile() },
      RangeError,
      "'deliveryMode' must be poll with",
    ],
    ['a profile by name', { profile: 'okta' }, TypeError, 'as in profile: keycloakProfile()'],
    ['a profile function', { profile: oktaProfile }, TypeError, "'profile' must be a profile"],
    ['a scope in a list', { scope: ['openid'] }, TypeError, "'scope' must be a string"],
    ['a scope without openid', { scope: 'profile' }, RangeError, "'scope' must have openid in it"],
    [
      'two spaces',
      { scope: 'openid  a' },
      RangeError,
      "'scope' must be scopes with a single space",
    ],
    ['a relative resource', { resource: 'api' }, RangeError, "'resource' must be an absolute URI"],
    [
      'a fragment',
      { resource: 'https://a.example#b' },
      RangeError,
      "'resource' must be an absolute",
    ],
    [
      'an empty resource',
      { resources: { idp: [''] } },
      RangeError,
      "'resources.idp' must not be empty",
    ],
    ['an unknown resource', { resources: { api: 'a' } }, TypeError, "'resources' are idp, device"],
    ['a hint', { hint: { login_hint: 'alice' } }, TypeError, "'hint' must be a function"],
    ['a text for sign-in', { signIn: 'openid' }, TypeError, "'signIn' must be an object"],
    ['a misspelt sign-in', { signIn: { acr: 'a' } }, TypeError, "'signIn' are requirement, scope"],
    [
      'an empty requirement',
      { signIn: { requirement: {} } },
      RangeError,
      "'acrValues' or 'maxAge'",
    ],
    ['a kind by itself', { signIn: { loginHintKinds: 'login_hint' } }, TypeError, 'must be a list'],
    [
      'an unknown kind',
      { signIn: { loginHintKinds: ['email'] } },
      RangeError,
      'current value is "email"',
    ],
    [
      'a kind that Okta has not',
      { profile: oktaProfile(), signIn: { loginHintKinds: ['login_hint_token'] } },
      RangeError,
      "'signIn.loginHintKinds' must be some of",
    ],
    [
      'an unknown message',
      { bindingMessage: 'word' },
      RangeError,
      "'bindingMessage' must be 'code'",
    ],
    [
      'half a second',
      { requestedExpirySeconds: 0.5 },
      RangeError,
      'positive whole number of seconds',
    ],
    ['no expiry', { requestedExpirySeconds: 0 }, RangeError, 'positive whole number of seconds'],
    [
      'a text for a time',
      { timeoutSeconds: '10s' },
      TypeError,
      "'timeoutSeconds' must be a number",
    ],
    ['an endless timeout', { timeoutSeconds: Infinity }, RangeError, 'current value is Infinity'],
    ['no hand-over', { handOverSeconds: Number.NaN }, RangeError, 'current value is NaN'],
    ['a negative tolerance', { clockToleranceSeconds: -1 }, RangeError, 'a non-negative number'],
    [
      'a text for a switch',
      { signedRequests: 'yes' },
      TypeError,
      "'signedRequests' must be true or",
    ],
    ['a text for DPoP', { dpop: 'yes' }, TypeError, "'dpop' must be true or false"],
    [
      'no time for a code',
      { qr: { expiresInSeconds: 0 } },
      RangeError,
      "'qr.expiresInSeconds' must",
    ],
    ['a text for a code', { qr: { content: 'a' } }, TypeError, "'qr.content' must be a function"],
    ['a text for a rule', { qr: { admit: 'near' } }, TypeError, "'qr.admit' must be a function"],
    [
      'a DPoP key of each instance',
      { dpop: true, store: SHARED, sealingKeys: [KEY] },
      TypeError,
      "'dpop' must be a key pair that all instances have",
    ],
    ['a store that is none', { store: {} }, TypeError, 'as in store: redisStore(client)'],
    [
      'a store class',
      { store: MemoryTransactionStore },
      TypeError,
      "'store' must be a Transaction",
    ],
    ['no key to share', { store: SHARED }, TypeError, 'crypto.randomBytes(32)'],
    [
      'an empty list of keys',
      { sealingKeys: [] },
      TypeError,
      "'sealingKeys' must be a list of keys",
    ],
    [
      'an unset variable',
      { sealingKeys: [KEY, undefined] },
      TypeError,
      'sealingKeys[1] is undefined: is the variable set?',
    ],
    ['a short key', { sealingKeys: ['c2hvcnQ'] }, TypeError, 'current value is something else'],
    ['a key by itself', { sealingKeys: KEY }, TypeError, 'current value is something else'],
    [
      'no limit',
      { limits: { perUser: { limit: 0, windowSeconds: 1 } } },
      RangeError,
      'limits.perUser.limit',
    ],
    ['a bare limit', { limits: { perUser: 5 } }, TypeError, "'limits.perUser' must be an object"],
    ['an unknown limit', { limits: { perDay: 5 } }, TypeError, "'limits' are perUser, perAddress"],
    ['a list as ranking', { acrRanking: ['a'] }, TypeError, 'what defineAcrRanking() returns'],
    ['a date as clock', { now: new Date(0) }, TypeError, "'now' must be a function"],
    ['no observer', { onEvent: true }, TypeError, "'onEvent' must be a function"],
    [
      'an unknown switch',
      { compatibility: { all: true } },
      TypeError,
      "'compatibility' are unbound",
    ],
    ['a text for one', { compatibility: { qrRoute: 'true' } }, TypeError, 'must be true or false'],
  ])('refuses %s', (_, options, kind, message) => {
    const wrong =
      typeof options === 'object' && !Array.isArray(options)
        ? { ...REQUIRED, ...options }
        : options;
    expect(() => resolve(wrong)).toThrow(kind);
    expect(() => resolve(wrong)).toThrow(message);
  });

  it('refuses a path that no URL has', () => {
    for (const path of ['a b', 'auth/:id', '../auth?', 'auth#'])
      expect(() => resolve(REQUIRED, path)).toThrow("'path' must be a plain path, as in 'auth'");
  });

  it('puts no secret into a message', () => {
    for (const options of [
      { clientAuthentication: 'a-client-secret' },
      { sealingKeys: ['a-sealing-key'] },
      { publicUrl: 'https://user:a-password@api.example.com' },
      { issuer: 'https://user:a-password@api.example.com' },
    ]) {
      expect(() => resolve({ ...REQUIRED, ...options })).toThrow(
        expect.objectContaining({
          message: expect.not.stringMatching(/a-client-secret|a-sealing-key|a-password/),
        }),
      );
    }
  });
});
