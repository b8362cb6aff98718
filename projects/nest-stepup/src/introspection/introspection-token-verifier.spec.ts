import { inspect } from 'node:util';
import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AuthorizationServerUnreachableException, type TokenVerifier } from 'nest-stepup';
import {
  introspectionTokenVerifier,
  type IntrospectionTokenVerifierOptions,
} from 'nest-stepup/introspection';
import { FakeAuthorizationServer, json, silence, status } from '../spec/authorization-server.js';
import { expectNoTrace, outcomeOf, recordLog } from '../spec/contract-harness.js';
import { Forge } from '../spec/forge.js';
import { active } from '../spec/introspection-endpoint.js';
import { describeOptionsContract } from '../spec/options.contract.js';
import { CLAIMS } from '../spec/recipes.claims.js';
import { ANSWERS } from '../spec/recipes.introspection.js';
import { AUDIENCE } from '../spec/verifier-under-test.js';

const TOLERANCE = 5;
const SECRET = 'hunter2-is-the-secret';
const CLIENT = { clientId: 'bank-api', clientSecret: SECRET };

describeOptionsContract({
  name: 'introspectionTokenVerifier()',
  create: (options) => introspectionTokenVerifier({ ...CLIENT, cacheSeconds: 3600, ...options }),
  prepare: ({ introspection }) => introspection.believeAll(),
  wrong: [
    ...['', '/introspect', 'http://as.example/introspect', 'https://a:b@as.example', null].map(
      (value) => ['introspectionEndpoint', value] as const,
    ),
    ...[undefined, null, '', 1, {}, ['x']].flatMap((value) => [
      ['clientId', value] as const,
      ['clientSecret', value] as const,
    ]),
    ...['', null, 'none', 'private_key_jwt', ['client_secret_basic']].map(
      (value) => ['clientAuthentication', value] as const,
    ),
    ...['', null, 'any', 'Bearer', false].map((value) => ['tokenType', value] as const),
    ...[-1, 1.5, NaN, Infinity, '5'].map((value) => ['cacheSeconds', value] as const),
  ],
});

describe('introspectionTokenVerifier()', () => {
  const server = new FakeAuthorizationServer();
  const endpoint = server.introspection;
  let log: ReturnType<typeof recordLog>;
  let now = 0;

  beforeAll(() => server.start());
  afterAll(() => server.stop());
  beforeEach(() => {
    log = recordLog();
    now = Math.floor(Date.now() / 1000);
    endpoint.believeAll();
    endpoint.questions.length = 0;
    server.faults.clear();
    server.requests.length = 0;
  });

  const forge = () => new Forge(server.issuer, AUDIENCE, now, TOLERANCE);
  const url = () => server.origin + server.paths.introspection;
  const create = (options: Partial<IntrospectionTokenVerifierOptions> = {}) =>
    introspectionTokenVerifier({
      introspectionEndpoint: url(),
      issuer: server.issuer,
      audience: AUDIENCE,
      ...CLIENT,
      ...options,
    });
  const outcome = (verifier: TokenVerifier, token: string) =>
    outcomeOf(verifier, token, { now, clockToleranceSeconds: TOLERANCE });
  const judge = async (verifier: TokenVerifier, token = 'opaque') => {
    const result = await outcome(verifier, token);
    return typeof result === 'string' ? result : 'accepted';
  };
  const withoutIssuer = () =>
    introspectionTokenVerifier({
      introspectionEndpoint: url(),
      audience: AUDIENCE,
      ...CLIENT,
    });
  const sayAlways = (members: Readonly<Record<string, unknown>> = {}) => {
    endpoint.answer = () => active(forge().claims(members));
  };
  const errors = () => log.filter(({ level }) => level === 'error').map(({ text }) => text);

  const basicCredentials = () => {
    const header = endpoint.questions[0]?.headers.authorization ?? '';
    return Buffer.from(header.replace(/^Basic /, ''), 'base64').toString('utf8');
  };
  const discovering = () =>
    introspectionTokenVerifier({
      issuer: server.issuer,
      audience: AUDIENCE,
      ...CLIENT,
    });
  const retryAfterOf = async (verifier: TokenVerifier) => {
    const context = { now, clockToleranceSeconds: TOLERANCE };
    const refusal: unknown = await verifier
      .verify({ value: 'opaque', scheme: 'Bearer' }, context)
      .catch((error: unknown) => error);
    return refusal instanceof AuthorizationServerUnreachableException
      ? refusal.retryAfterSeconds
      : 'accepted';
  };

  it.each(ANSWERS)('makes of an answer what it must: $name', async ({ make, expected }) => {
    endpoint.answer = () => make(forge());
    const result = await outcome(create(), 'opaque-token');
    if (typeof expected === 'string') {
      expect(result).toBe(expected);
      return;
    }
    expect(result).toEqual(expect.objectContaining({ claims: expect.any(Object) }));
    for (const [name, value] of Object.entries(expected)) {
      expect(Reflect.get(Object(result), name)).toEqual(value);
    }
  });

  it.each(CLAIMS.filter(({ name }) => name !== 'exp: 1. absent'))(
    'judges what the server says of a token as it judges a JWT: $name',
    async ({ make, expected }) => {
      const result = await outcome(create(), make(forge()));
      if (expected === 'refused') expect(result).toBe('refused');
      else expect(result).toEqual(expect.objectContaining({ claims: expect.any(Object) }));
      for (const [name, value] of Object.entries(expected === 'refused' ? {} : expected)) {
        expect(Reflect.get(Object(result), name)).toEqual(value);
      }
      expectNoTrace(make(forge()), log.map(({ text }) => text).join('\n'));
    },
  );

  it('reads who authenticated, how and when, and lets nobody change it', async () => {
    sayAlways({ amr: ['pwd', 'otp'] });
    const result = await outcome(create(), 'opaque');
    expect(result).toMatchObject({
      subject: 'alice',
      acr: 'phr',
      authTime: now - 60,
      amr: ['pwd', 'otp'],
      claims: { iss: server.issuer, active: true },
    });
    expect(Object.isFrozen(result)).toBe(true);
    expect(Object.isFrozen(Reflect.get(Object(result), 'claims'))).toBe(true);
  });

  describe('and what it sends', () => {
    it('posts the token as a form, and asks for JSON', async () => {
      const token = 'a+b/c~d.e_f-g==';
      sayAlways();
      expect(await judge(create(), token)).toBe('accepted');
      expect(endpoint.questions).toHaveLength(1);
      const [{ method, headers, form } = { method: '', headers: {}, form: undefined }] =
        endpoint.questions;
      expect(method).toBe('POST');
      expect(headers['content-type']).toMatch(/^application\/x-www-form-urlencoded(;|$)/);
      expect(headers.accept).toBe('application/json');
      expect([...(form ?? [])]).toEqual([
        ['token', token],
        ['token_type_hint', 'access_token'],
      ]);
      expect(basicCredentials()).toBe(`bank-api:${SECRET}`);
    });

    it('encodes identifier and secret as a form before it puts them together', async () => {
      await judge(create({ clientId: 'bank:api é', clientSecret: 'a+b%c:d &=~' }));
      expect(basicCredentials()).toBe('bank%3Aapi+%C3%A9:a%2Bb%25c%3Ad+%26%3D%7E');
    });

    it('sends the secret in the body where that is asked for', async () => {
      await judge(create({ clientAuthentication: 'client_secret_post' }));
      const [question] = endpoint.questions;
      expect(question?.headers.authorization).toBeUndefined();
      expect(Object.fromEntries(question?.form ?? [])).toEqual({
        token: 'opaque',
        token_type_hint: 'access_token',
        client_id: 'bank-api',
        client_secret: SECRET,
      });
    });

    it.each(['', 'x'.repeat(16_385)])('asks about no token that cannot be one', async (token) => {
      expect(await judge(create(), token)).toBe('refused');
      expect(endpoint.questions).toHaveLength(0);
    });

    it('does not follow a redirect, which would take the token elsewhere', async () => {
      server.faults.set('/elsewhere', json(active(forge().claims())));
      for (const code of [301, 302, 303, 307, 308]) {
        endpoint.answer = () => status(code, { location: '/elsewhere' });
        expect(await judge(create())).toBe('unreachable');
      }
      expect(server.requests).not.toContain('/elsewhere');
      expect(errors().every((line) => line.includes('check introspectionEndpoint'))).toBe(true);
    });
  });

  describe('and what it demands', () => {
    const AUDIENCE_WARNING = 'Takes access tokens for every audience';

    it.each(['iss', 'aud'])('says once which option demands %s', async (member) => {
      sayAlways({ [member]: undefined });
      const verifier = create();
      expect(await judge(verifier)).toBe('refused');
      expect(await judge(verifier)).toBe('refused');
      const option = member === 'iss' ? 'issuer' : 'audience';
      expect(log.map(({ level }) => level)).toEqual(['warn', 'debug']);
      expect(log[0]?.text).toContain(`the answer has no ${member}, which '${option}' demands`);
    });

    it.each(['issuer', 'audience'])(
      'does not take %s for left out where its value is missing, as from an environment',
      (option) => {
        expect(() => create({ [option]: undefined })).toThrow(
          `Cannot create a token verifier as '${option}'`,
        );
      },
    );

    it('demands no iss where no issuer is named', async () => {
      for (const iss of [undefined, 'https://other.example']) {
        sayAlways({ iss });
        expect(await judge(withoutIssuer())).toBe('accepted');
      }
    });

    it('warns at the start that it takes tokens for every audience', async () => {
      const verifier = introspectionTokenVerifier({ introspectionEndpoint: url(), ...CLIENT });
      expect(log.map(({ level }) => level)).toEqual(['warn']);
      expect(log[0]?.text).toContain(AUDIENCE_WARNING);
      sayAlways({ aud: undefined });
      expect(await judge(verifier)).toBe('accepted');
      log.length = 0;
      create();
      expect(log).toEqual([]);
    });

    it('takes an answer without token_type where the app says so, and still no other one', async () => {
      const verifier = create({ tokenType: 'optional' });
      for (const [members, expected] of [
        [{ token_type: undefined }, 'accepted'],
        [{}, 'accepted'],
        [{ token_type: 'DPoP' }, 'refused'],
        [{ token_type: null }, 'refused'],
        [{ token_type: undefined, token_use: 'refresh_token' }, 'refused'],
        [{ token_type: undefined, typ: 'Offline' }, 'refused'],
        [{ token_type: undefined, cnf: { jkt: 'x' } }, 'refused'],
      ] as const) {
        sayAlways(members);
        expect(await judge(verifier)).toBe(expected);
      }
    });

    it('names the option where token_type is missing, once where it is seen', async () => {
      sayAlways({ token_type: undefined });
      const verifier = create();
      await judge(verifier);
      await judge(verifier);
      expect(log.map(({ level }) => level)).toEqual(['warn', 'debug']);
      expect(log[0]?.text).toContain("set tokenType: 'optional' if");
    });

    it('refuses a token that came with the DPoP scheme, and does not ask', async () => {
      await expect(
        create().verify({ value: 'opaque', scheme: 'DPoP' }, { now, clockToleranceSeconds: 5 }),
      ).rejects.toThrow('The access token is invalid');
      expect(endpoint.questions).toHaveLength(0);
    });

    it('tells a caller whose token has expired that it has', async () => {
      sayAlways({ exp: now - 60 });
      await expect(
        create().verify({ value: 'opaque', scheme: 'Bearer' }, { now, clockToleranceSeconds: 5 }),
      ).rejects.toThrow('The access token has expired');
    });
  });

  describe('and the endpoint', () => {
    it('finds it in the metadata of the issuer, once for requests that come together', async () => {
      sayAlways();
      const verifier = discovering();
      expect(server.requests).toEqual([]);
      const all = await Promise.all([1, 2, 3, 4, 5].map(() => judge(verifier)));
      expect(new Set(all)).toEqual(new Set(['accepted']));
      expect(await judge(verifier)).toBe('accepted');
      const { openid, introspection } = server.paths;
      expect(server.requests).toEqual([openid, ...Array.from({ length: 6 }, () => introspection)]);
    });

    it('finds it by RFC 8414 where there is no OpenID configuration', async () => {
      sayAlways();
      server.faults.set(server.paths.openid, status(404));
      expect(await judge(discovering())).toBe('accepted');
      expect(server.requests[1]).toBe(server.paths.oauth);
    });

    it.each([
      ['of another issuer', { issuer: 'https://evil.example' }, 'not of the configured issuer'],
      ['without it', { introspection_endpoint: undefined }, 'no usable introspection_endpoint'],
      [
        'with it over http',
        { introspection_endpoint: 'http://as.example/x' },
        'no usable introspection_endpoint',
      ],
    ])('sends no token by metadata %s', async (_name, members, reason) => {
      const document = { issuer: server.issuer, introspection_endpoint: url(), ...members };
      server.faults.set(server.paths.openid, json(document));
      expect(await judge(discovering())).toBe('unreachable');
      expect(endpoint.questions).toHaveLength(0);
      expect(errors()).toHaveLength(1);
      expect(errors()[0]).toContain(reason);
      expect(errors()[0]).not.toContain('evil');
    });

    it('looks for it anew when it has moved, and not because a token was refused', async () => {
      sayAlways();
      const verifier = discovering();
      expect(await judge(verifier)).toBe('accepted');
      server.faults.set(server.paths.introspection, status(400));
      expect(await judge(verifier)).toBe('unreachable');
      server.faults.set(server.paths.introspection, status(404));
      server.faults.set('/moved', endpoint.listener);
      server.faults.set(
        server.paths.openid,
        json({ issuer: server.issuer, introspection_endpoint: `${server.origin}/moved` }),
      );
      expect(await judge(verifier)).toBe('unreachable');
      expect(await judge(verifier)).toBe('accepted');
      expect(server.requests.filter((path) => path === server.paths.openid)).toHaveLength(2);
    });

    it('looks again after metadata could not be had', async () => {
      sayAlways();
      const verifier = discovering();
      server.faults.set(server.paths.openid, status(500));
      expect(await judge(verifier)).toBe('unreachable');
      server.faults.delete(server.paths.openid);
      expect(await judge(verifier)).toBe('accepted');
    });
  });

  describe('and outages', () => {
    it('starts while the server is down, and works as soon as it is up', async () => {
      sayAlways();
      const verifier = create();
      await server.stop();
      for (let request = 0; request < 5; request++) {
        expect(await judge(verifier)).toBe('unreachable');
      }
      expect(errors()).toHaveLength(1);
      expect(errors()[0]).toContain(
        `Cannot introspect access tokens at "${url()}" as the connection failed (ECONNREFUSED): ` +
          'requests get 503 until it is mended',
      );
      await server.start();
      expect(await judge(verifier)).toBe('accepted');
    });

    it('asks again, once, where the server closed a connection that it had kept', async () => {
      sayAlways();
      const verifier = create();
      expect(await judge(verifier)).toBe('accepted');
      let closed = 0;
      const closing = (times: number) => {
        closed = 0;
        endpoint.answer = () => (request) => {
          closed += 1;
          if (closed === times) sayAlways();
          request.socket.destroy();
        };
      };
      closing(1);
      expect(await judge(verifier)).toBe('accepted');
      closing(2);
      expect(await judge(verifier)).toBe('unreachable');
      expect(closed).toBe(2);
    });

    it.each<[string, RequestListener]>([
      [
        'breaks off',
        (_request, response) => {
          response.writeHead(200, { 'content-length': '1000' }).write('{"active":true,');
          setImmediate(() => response.destroy());
        },
      ],
      [
        'never ends',
        (_request, response) => {
          response.writeHead(200).write('{"active":true,');
        },
      ],
    ])('takes an answer that %s for none', async (_name, listener) => {
      endpoint.answer = () => listener;
      expect(await judge(create({ timeoutMs: 300 }))).toBe('unreachable');
    });

    it('drops what was received where it is not HTTP, as it may hold what the server knows', async () => {
      const token = 'opaque-token-that-comes-back';
      endpoint.answer = () => (request) => {
        request.socket.end(`garbage ${token} ${JSON.stringify(forge().claims())}`);
      };
      // Fails where the error, or what caused it, shows the token or a claim.
      expect(await outcome(create(), token)).toBe('unreachable');
      expect(endpoint.questions).toHaveLength(1);
    });

    it('tells of one outage once, however long it lasts', async () => {
      endpoint.answer = () => status(500);
      const verifier = create();
      for (let hour = 0; hour < 3; hour++) {
        expect(await judge(verifier)).toBe('unreachable');
        now += 3600;
      }
      expect(errors()).toHaveLength(1);
    });

    it('names the endpoint in the log without its query, which may hold a key', async () => {
      server.faults.set(`${server.paths.introspection}?key=hunter2`, status(500));
      const verifier = create({ introspectionEndpoint: `${url()}?key=hunter2` });
      expect(await judge(verifier)).toBe('unreachable');
      expect(errors()[0]).toContain(`at "${url()}" as it answered with status 500`);
      expect(errors()[0]).not.toContain('hunter2');
    });

    it('asks no more than a thousand questions at one time', async () => {
      sayAlways();
      const verifier = create({ timeoutMs: 60_000 });
      const first = Array.from({ length: 1000 }, (_, index) => judge(verifier, `token-${index}`));
      expect(await judge(verifier, 'one-more')).toBe('unreachable');
      expect(errors()).toHaveLength(1);
      expect(errors()[0]).toContain('1000 requests wait for its answer already');
      expect(new Set(await Promise.all(first))).toEqual(new Set(['accepted']));
      expect(await judge(verifier, 'one-more')).toBe('accepted');
    });

    it('does not wait longer than it was told', async () => {
      endpoint.answer = () => silence;
      expect(await judge(create({ timeoutMs: 300 }))).toBe('unreachable');
      expect(errors()[0]).toContain('it did not answer within 300 ms');
    });

    it.each([401, 403])(
      'blames no token when the server does not know this client: status %d',
      async (code) => {
        endpoint.answer = () => status(code, { 'www-authenticate': 'Basic realm="x"' });
        const verifier = create();
        for (let request = 0; request < 3; request++) {
          expect(await judge(verifier)).toBe('unreachable');
        }
        expect(errors()).toHaveLength(1);
        expect(errors()[0]).toContain(
          `it answered with status ${code} (check clientId, clientSecret and clientAuthentication`,
        );
      },
    );

    it('tells a reason that comes and goes once a minute, and others at once', async () => {
      const verifier = create();
      const failWith = async (code: number) => {
        endpoint.answer = () => status(code);
        await judge(verifier);
      };
      for (let request = 0; request < 5; request++) {
        await failWith(400);
        sayAlways();
        expect(await judge(verifier)).toBe('accepted');
      }
      expect(errors()).toHaveLength(1);
      await failWith(500);
      expect(errors()).toHaveLength(2);
      now += 60;
      await failWith(400);
      await failWith(400);
      expect(errors()).toHaveLength(3);
    });

    it.each([
      ['7', 7],
      ['60', 60],
      ['3600', 60],
      ['999999999', 60],
    ])('leaves a busy server alone for as long as it asks: Retry-After %s', async (value, wait) => {
      for (const code of [429, 503]) {
        endpoint.questions.length = 0;
        const verifier = create();
        endpoint.answer = () => status(code, { 'retry-after': value });
        expect(await retryAfterOf(verifier)).toBe(wait);
        sayAlways();
        expect(await retryAfterOf(verifier)).toBe(wait);
        now += wait - 0.5;
        expect(await retryAfterOf(verifier)).toBe(1);
        expect(endpoint.questions).toHaveLength(1);
        now += 0.5;
        expect(await retryAfterOf(verifier)).toBe('accepted');
      }
    });

    it('reads a Retry-After that is a date', async () => {
      const verifier = create();
      const at = new Date((now + 9) * 1000).toUTCString();
      endpoint.answer = () => status(429, { 'retry-after': at });
      expect(await retryAfterOf(verifier)).toBe(9);
    });

    it.each(['', '0', '-5', 'soon', '1e3', '99999999999999999999', '5, 5'])(
      'asks again at the next request where Retry-After is no time to come: %j',
      async (value) => {
        const verifier = create();
        endpoint.answer = () => status(429, { 'retry-after': value });
        expect(await retryAfterOf(verifier)).toBe(5);
        sayAlways();
        expect(await retryAfterOf(verifier)).toBe('accepted');
      },
    );

    it('does not wait for a time that a clock which was put back has made far', async () => {
      const verifier = create();
      endpoint.answer = () => status(429, { 'retry-after': '30' });
      expect(await retryAfterOf(verifier)).toBe(30);
      sayAlways();
      now -= 3600;
      expect(await retryAfterOf(verifier)).toBe('accepted');
    });
  });

  describe('and its memory', () => {
    it('has none unless it is asked for: a revoked token is refused at once', async () => {
      sayAlways();
      const verifier = create();
      expect(await judge(verifier)).toBe('accepted');
      endpoint.answer = () => ({ active: false });
      expect(await judge(verifier)).toBe('refused');
      expect(endpoint.questions).toHaveLength(2);
    });

    it('keeps an answer for cacheSeconds, and asks then', async () => {
      sayAlways({ exp: now + 3600 });
      const verifier = create({ cacheSeconds: 30 });
      expect(await judge(verifier)).toBe('accepted');
      endpoint.answer = () => ({ active: false });
      now += 29.9;
      expect(await judge(verifier)).toBe('accepted');
      expect(endpoint.questions).toHaveLength(1);
      now += 0.1;
      expect(await judge(verifier)).toBe('refused');
    });

    it('keeps none past exp, and no answer longer for having no exp', async () => {
      const verifier = create({ cacheSeconds: 30 });
      sayAlways({ exp: now + 10 });
      expect(await judge(verifier, 'ends')).toBe('accepted');
      sayAlways({ exp: undefined });
      expect(await judge(verifier, 'endless')).toBe('accepted');
      endpoint.answer = () => ({ active: false });
      now += 10;
      expect(await judge(verifier, 'ends')).toBe('refused');
      expect(await judge(verifier, 'endless')).toBe('accepted');
      now += 20;
      expect(await judge(verifier, 'endless')).toBe('refused');
    });

    it('keeps none for longer because the clock is put back', async () => {
      sayAlways({ iat: now - 7200, exp: now + 7200 });
      const verifier = create({ cacheSeconds: 30 });
      expect(await judge(verifier)).toBe('accepted');
      now -= 3600;
      endpoint.answer = () => ({ active: false });
      expect(await judge(verifier)).toBe('refused');
    });

    it('keeps no refusal and no outage', async () => {
      const verifier = create({ cacheSeconds: 30 });
      endpoint.answer = () => ({ active: false });
      expect(await judge(verifier)).toBe('refused');
      endpoint.answer = () => status(500);
      expect(await judge(verifier)).toBe('unreachable');
      sayAlways();
      expect(await judge(verifier)).toBe('accepted');
    });

    it('takes no token for another one', async () => {
      const verifier = create({ cacheSeconds: 30 });
      endpoint.answer = (token) =>
        token === 'opaque' ? active(forge().claims()) : { active: false };
      expect(await judge(verifier)).toBe('accepted');
      for (const token of ['Opaque', 'opaque=', 'opaqu', 'opaque.']) {
        expect(await judge(verifier, token)).toBe('refused');
      }
    });

    it.each([
      ['once where answers are kept', 30, 1],
      ['each where they are not', 0, 20],
    ])('asks for requests of one token at one time: %s', async (_name, cacheSeconds, questions) => {
      sayAlways();
      const verifier = create({ cacheSeconds });
      const all = await Promise.all(Array.from({ length: 20 }, () => judge(verifier)));
      expect(new Set(all)).toEqual(new Set(['accepted']));
      expect(endpoint.questions).toHaveLength(questions);
    });

    it('shares an outage too, and asks anew after it', async () => {
      const verifier = create({ cacheSeconds: 30 });
      endpoint.answer = () => status(500);
      const all = await Promise.all([1, 2, 3].map(() => judge(verifier)));
      expect(new Set(all)).toEqual(new Set(['unreachable']));
      expect(endpoint.questions).toHaveLength(1);
      sayAlways();
      expect(await judge(verifier)).toBe('accepted');
    });
  });

  it('does not show a token that it is asking about', async () => {
    sayAlways();
    const verifier = create({ cacheSeconds: 30 });
    const question = judge(verifier, 'opaque-token-in-question');
    expect(inspect(verifier, { depth: 10, showHidden: true })).not.toContain('in-question');
    expect(await question).toBe('accepted');
  });

  it('shows neither token nor secret, whatever happens', async () => {
    const token = 'opaque-token-that-nobody-may-see';
    const verifiers = [
      create({ clientId: SECRET }),
      create({ clientId: SECRET, clientAuthentication: 'client_secret_post', cacheSeconds: 30 }),
    ];
    const shown: string[] = [];
    const verifierShown: string[] = [];
    for (const verifier of verifiers) {
      for (const { make } of ANSWERS) {
        endpoint.answer = () => make(forge());
        await verifier
          .verify({ value: token, scheme: 'Bearer' }, { now, clockToleranceSeconds: 5 })
          .catch((error: unknown) => shown.push(inspect(error, { depth: 10, showHidden: true })));
      }
      verifierShown.push(inspect(verifier, { depth: 10, showHidden: true }));
      verifierShown.push(JSON.stringify(verifier));
    }
    expect(shown.length).toBeGreaterThan(ANSWERS.length);
    const text = [...shown, ...log.map((line) => line.text)].join('\n');
    for (const secret of [token, SECRET, 'Basic ', 'alice']) expect(text).not.toContain(secret);
    // Claims that it remembers are in it, in the open as an app's own objects are.
    for (const secret of [token, SECRET, 'Basic ']) {
      expect(verifierShown.join('\n')).not.toContain(secret);
    }
  });
});
