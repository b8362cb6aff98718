import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import type { JwtTokenVerifierOptions, TokenVerifier } from 'nest-stepup';
import { FakeAuthorizationServer, json, silence } from './authorization-server.js';
import { outcomeOf, recordLog } from './contract-harness.js';
import { Forge, KEYS, publicJwk } from './forge.js';
import { KEY_FAULTS } from './key-faults.js';
import { AUDIENCE, type VerifierUnderTest } from './verifier-under-test.js';

const MINUTE = 60;
const TEN_MINUTES = 600;

/** What every verifier does about the keys of the authorization server. */
export function describeKeysContract(subject: VerifierUnderTest): void {
  describe(`${subject.name} and the keys of the authorization server`, () => {
    const server = new FakeAuthorizationServer();
    let log: ReturnType<typeof recordLog>;
    let now = 0;

    beforeEach(async () => {
      log = recordLog();
      now = Math.floor(Date.now() / 1000);
      server.keys = [publicJwk('k1')];
      server.faults.clear();
      server.requests.length = 0;
      await server.start();
    });
    afterEach(() => server.stop());

    const create = (options: Partial<JwtTokenVerifierOptions> = {}) =>
      subject.create({ issuer: server.issuer, audience: AUDIENCE, timeoutMs: 300, ...options });
    const token = (kid: keyof typeof KEYS = 'k1', claims = {}) =>
      forge().token({ header: { kid }, key: KEYS[kid].privateKey, claims });
    const forge = () => new Forge(server.issuer, AUDIENCE, now);
    const judge = async (verifier: TokenVerifier, value = token()) => {
      const outcome = await outcomeOf(verifier, value, { now, clockToleranceSeconds: 5 });
      return typeof outcome === 'string' ? outcome : 'accepted';
    };

    it('fetches keys once for requests that come together', async () => {
      const verifier = create();
      expect(server.requests).toEqual([]);
      const tokens = Array.from({ length: 20 }, (_, jti) => token('k1', { jti }));
      const outcomes = await Promise.all(tokens.map((value) => judge(verifier, value)));
      expect(new Set(outcomes)).toEqual(new Set(['accepted']));
      expect(server.keyRequests).toBe(1);
    });

    it('uses jwksUri and asks nothing else when it is given', async () => {
      server.faults.set('/elsewhere?x=1', json({ keys: [publicJwk('k1')] }));
      expect(await judge(create({ jwksUri: `${server.origin}/elsewhere?x=1` }))).toBe('accepted');
      expect(server.requests).toEqual(['/elsewhere?x=1']);
    });

    it.each(Object.keys(KEY_FAULTS))('blames no token for an outage: %s', async (name) => {
      const verifier = create();
      const fault = KEY_FAULTS[name];
      if (fault) server.faults.set(server.paths.keys, fault);
      expect(await judge(verifier)).toBe('unreachable');
      expect(await judge(verifier, 'not.a.token')).toBe('refused');
      expect(await judge(verifier, token('k1', { exp: now - 60 }))).toBe('refused');
      expect(log.filter(({ level }) => level === 'error')).toHaveLength(1);

      server.faults.clear();
      expect(await judge(verifier)).toBe('accepted');
    });

    it('starts while the server is down, and works as soon as it is up', async () => {
      await server.stop();
      const verifier = create();
      expect(await judge(verifier)).toBe('unreachable');
      expect(await judge(verifier, 'not.a.token')).toBe('refused');
      await server.start();
      expect(await judge(verifier)).toBe('accepted');
    });

    it('logs one line for an outage, however many requests it meets', async () => {
      await server.stop();
      const verifier = create();
      for (let request = 0; request < 5; request++) await judge(verifier);
      expect(log.map(({ level }) => level)).toEqual(['error']);
      expect(log[0]?.text).toContain(
        `Cannot get the keys of "${server.issuer}" as the connection failed (ECONNREFUSED)`,
      );
    });

    it('shares one fetch, and one line in the log, between all who meet an outage', async () => {
      server.faults.set(server.paths.keys, silence);
      const verifier = create();
      const tokens = Array.from({ length: 30 }, (_, jti) => token('k1', { jti }));
      const outcomes = await Promise.all(tokens.map((value) => judge(verifier, value)));
      expect(new Set(outcomes)).toEqual(new Set(['unreachable']));
      expect(server.keyRequests).toBe(1);
      expect(log.map(({ level }) => level)).toEqual(['error']);
    });

    it('accepts a new key at once', async () => {
      const verifier = create();
      expect(await judge(verifier)).toBe('accepted');
      server.keys = [publicJwk('k1'), publicJwk('k2')];
      expect(await judge(verifier, token('k2'))).toBe('accepted');
      expect(server.keyRequests).toBe(2);
    });

    it('forgets a token whose key left the server within ten minutes', async () => {
      const verifier = create();
      const value = forge().token({ claims: { exp: now + 3600 } });
      expect(await judge(verifier, value)).toBe('accepted');
      server.keys = [publicJwk('k2')];
      now += TEN_MINUTES - 1;
      expect(await judge(verifier, value)).toBe('accepted');
      now += 1;
      expect(await judge(verifier, value)).toBe('refused');
    });

    it('forgets it as soon as it sees other keys', async () => {
      const verifier = create();
      const value = token();
      expect(await judge(verifier, value)).toBe('accepted');
      server.keys = [publicJwk('k2')];
      expect(await judge(verifier, token('k2'))).toBe('accepted');
      expect(await judge(verifier, value)).toBe('refused');
    });

    it('does not take a key of the same name for the one it knew', async () => {
      const verifier = create({ keysMaxAgeSeconds: 60 });
      const value = token();
      expect(await judge(verifier, value)).toBe('accepted');
      server.keys = [publicJwk('k2', { kid: 'k1' })];
      now += 60;
      expect(await judge(verifier, value)).toBe('refused');
      const renewed = forge().token({ key: KEYS.k2.privateKey });
      expect(await judge(verifier, renewed)).toBe('accepted');
    });

    it('keeps remembered tokens when the keys are fetched again and are the same', async () => {
      const verifier = create();
      expect(await judge(verifier, forge().token({ claims: { exp: now + 3600 } }))).toBe(
        'accepted',
      );
      now += TEN_MINUTES;
      expect(await judge(verifier)).toBe('accepted');
      expect(server.keyRequests).toBe(2);
    });

    it('does not use keys that are too old when there are no newer ones', async () => {
      const verifier = create();
      const value = forge().token({ claims: { exp: now + 3600 } });
      expect(await judge(verifier, value)).toBe('accepted');
      await server.stop();
      now += TEN_MINUTES - 1;
      expect(await judge(verifier, value)).toBe('accepted');
      now += 1;
      expect(await judge(verifier, value)).toBe('unreachable');
    });

    it('looks for unknown keys ten times a minute, and known keys work meanwhile', async () => {
      const verifier = create();
      expect(await judge(verifier)).toBe('accepted');
      const unknown = (kid: string) => judge(verifier, forge().token({ header: { kid } }));
      const outcomes: string[] = [];
      for (let kid = 0; kid < 30; kid++) outcomes.push(await unknown(`unknown-${kid}`));
      expect(outcomes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'refused'));
      expect(new Set(outcomes.slice(10))).toEqual(new Set([subject.whenSearchesAreUsedUp]));
      expect(server.keyRequests).toBe(11);
      expect(await judge(verifier)).toBe('accepted');

      now += MINUTE;
      server.keys = [publicJwk('k1'), publicJwk('k2')];
      expect(await judge(verifier, token('k2'))).toBe('accepted');
    });

    it('looks for the same unknown key twice a minute, and then knows', async () => {
      const verifier = create();
      await judge(verifier);
      for (let request = 0; request < 20; request++) {
        expect(await judge(verifier, token('k2'))).toBe('refused');
      }
      expect(server.keyRequests).toBe(3);
    });

    it('judges by the new key all that come at once when it is rotated in', async () => {
      const verifier = create();
      await judge(verifier);
      server.keys = [publicJwk('k1'), publicJwk('k2')];
      const outcomes = Array.from({ length: 20 }, () => judge(verifier, token('k2')));
      expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['accepted']));
      expect(server.keyRequests).toBe(2);
    });

    it('looks once more for a key that came after the search that was under way', async () => {
      const verifier = create();
      await judge(verifier);
      const answered = new Promise<() => void>((resolve) => {
        const before = json({ keys: server.keys });
        server.faults.set(server.paths.keys, (...exchange) => resolve(() => before(...exchange)));
      });
      const first = judge(verifier, token('ec1'));
      const answer = await answered;
      server.faults.clear();
      server.keys = [publicJwk('k1'), publicJwk('k2')];
      const second = judge(verifier, token('k2'));
      answer();
      expect(await first).toBe('refused');
      expect(await second).toBe('accepted');
    });

    it.each([
      ['none', []],
      ['none that can be used', [{ kty: 'oct', k: 'AAAA', kid: 'k1' }]],
    ])('cannot judge by a set of keys with %s: it is no reason to refuse', async (_, keys) => {
      const verifier = create();
      const value = forge().token({ claims: { exp: now + 3600 } });
      server.keys = keys;
      expect(await judge(verifier, value)).toBe('unreachable');
      server.keys = [publicJwk('k1')];
      expect(await judge(verifier, value)).toBe('accepted');
      server.keys = keys;
      now += TEN_MINUTES;
      expect(await judge(verifier, value)).toBe('unreachable');
      server.keys = [publicJwk('k1')];
      expect(await judge(verifier, value)).toBe('accepted');
    });

    it('passes over keys that it cannot use', async () => {
      const { n } = publicJwk('k1');
      server.keys = [
        null,
        1,
        'key',
        [],
        {},
        { kty: 'oct', k: 'AAAA', kid: 'k1' },
        { kty: 'RSA', kid: 'k1' },
        { kty: 'RSA', n, e: '', kid: 'k1' },
        { ...publicJwk('k2', { kid: 'k1', use: 'enc' }) },
        publicJwk('ec1', { kid: 'k1', crv: 'P-999' }),
        publicJwk('k1', { key_ops: ['verify'] }),
      ];
      expect(await judge(create())).toBe('accepted');
    });

    it('uses no more of a private key than what is public', async () => {
      const { privateKey } = KEYS.k1;
      server.keys = [{ ...privateKey.export({ format: 'jwk' }), kid: 'k1' }];
      expect(await judge(create())).toBe('accepted');
    });

    it('finds one key among a thousand', async () => {
      const others = Array.from({ length: 1000 }, (_, index) =>
        publicJwk('ec1', { kid: `other-${index}` }),
      );
      server.keys = [...others, publicJwk('k1')];
      expect(await judge(create())).toBe('accepted');
    });

    it('does not guess between two keys of one name', async () => {
      server.keys = [publicJwk('k1'), publicJwk('k2', { kid: 'k1' })];
      expect(await judge(create())).toBe('refused');
      expect(await judge(create(), forge().token({ key: KEYS.k2.privateKey }))).toBe('refused');
    });

    it.each([
      ['of 1024 bits', { modulusLength: 1024 }],
      ['with the exponent 1', { modulusLength: 2048 }],
    ])('trusts no RSA key %s, whoever publishes it', async (name, { modulusLength }) => {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
      const weak = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256' };
      server.keys = [name === 'of 1024 bits' ? weak : { ...weak, e: 'AQ' }, publicJwk('k2')];
      expect(await judge(create(), forge().token({ key: privateKey }))).toBe('refused');
    });

    it('takes a clock that was put back for no reason to keep a key', async () => {
      const verifier = create();
      const value = forge().token({ claims: { nbf: 0, iat: 0, exp: now + 1e6 } });
      expect(await judge(verifier, value)).toBe('accepted');
      server.keys = [publicJwk('k2')];
      now -= TEN_MINUTES;
      expect(await judge(verifier, value)).toBe('refused');
    });

    it('refuses all that a clock without a time is asked about', async () => {
      const verifier = create();
      const value = token();
      expect(await judge(verifier, value)).toBe('accepted');
      for (const broken of [NaN, Infinity]) {
        now = broken;
        expect(await judge(verifier, value)).toBe('refused');
      }
    });
  });
}
