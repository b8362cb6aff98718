import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RequestListener } from 'node:http';
import type { JwtTokenVerifierOptions, TokenVerifier } from 'nest-stepup';
import { FakeAuthorizationServer, json, silence, status, text } from './authorization-server.js';
import { outcomeOf, recordLog } from './contract-harness.js';
import { Forge, KEYS, publicJwk } from './forge.js';
import { AUDIENCE, type VerifierUnderTest } from './verifier-under-test.js';

const MINUTE = 60;
const TEN_MINUTES = 600;

const huge = text(`{"keys":[],"padding":"${'x'.repeat(300_000)}"}`);

const FAULTS: Readonly<Record<string, RequestListener>> = {
  'status 500': status(500),
  'status 503': status(503),
  'status 404': status(404),
  'status 429': status(429),
  'a redirect': status(302, { location: '/other' }),
  'a permanent redirect': status(308, { location: 'https://evil.example/keys' }),
  'no answer in time': silence,
  'an answer that breaks off': (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('{"keys":[');
    setImmediate(() => response.destroy());
  },
  'an answer that never ends': (_request, response) => {
    response.writeHead(200).write('{"keys":[');
  },
  'text that is no JSON': text('<html>maintenance</html>'),
  'no text': text(''),
  null: json(null),
  'a list': json([]),
  'an object without keys': json({}),
  'keys that are no list': json({ keys: {} }),
  'an answer that is too large': huge,
};

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

    it.each(Object.keys(FAULTS))('blames no token for an outage: %s', async (name) => {
      const verifier = create();
      const fault = FAULTS[name];
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

    it('refuses a token when the server has no keys', async () => {
      server.keys = [];
      expect(await judge(create())).toBe('refused');
    });
  });
}
