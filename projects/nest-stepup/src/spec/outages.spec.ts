import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { RequireAcr, type JwtTokenVerifierOptions } from 'nest-stepup';
import { joseTokenVerifier } from 'nest-stepup/jose';
import { oktaTokenVerifier } from 'nest-stepup/okta';
import { FakeAuthorizationServer } from './authorization-server.js';
import { expectNoTrace, recordLog } from './contract-harness.js';
import { Forge, KEYS, publicJwk } from './forge.js';
import { KEY_FAULTS } from './key-faults.js';
import { ADAPTERS, startApp, type StartedApp } from './start-app.js';
import { AUDIENCE } from './verifier-under-test.js';

// The SDK of Okta warns of each http issuer.
jest.spyOn(console, 'warn').mockImplementation(() => undefined);

const TEN_MINUTES = 600;

@Controller()
class VaultController {
  @Get('vault')
  @RequireAcr('phr')
  open() {
    return ['opened'];
  }
}

const VERIFIERS = [
  { name: 'joseTokenVerifier()', create: joseTokenVerifier },
  { name: 'oktaTokenVerifier()', create: oktaTokenVerifier },
];

describe.each(ADAPTERS.flatMap((adapter) => VERIFIERS.map((of) => ({ adapter, ...of }))))(
  'a route on $adapter that is guarded with $name, while keys cannot be had',
  ({ adapter, create }) => {
    const server = new FakeAuthorizationServer();
    let started: StartedApp;
    let log: ReturnType<typeof recordLog>;
    let now: unknown;
    let time = Math.floor(Date.now() / 1000);

    beforeAll(async () => {
      server.keys = [publicJwk('k1')];
      await server.start();
      const options: JwtTokenVerifierOptions = {
        issuer: server.issuer,
        audience: AUDIENCE,
        timeoutMs: 200,
      };
      started = await startApp({
        adapter,
        controllers: [VaultController],
        options: {
          verifier: create(options),
          now: () => (typeof now === 'function' ? now() : now) as number,
        },
      });
    });
    afterAll(async () => {
      await started.close();
      await server.stop();
    });
    beforeEach(() => {
      log = recordLog();
      // The keys that were fetched before are too old.
      time += TEN_MINUTES;
      now = time;
      server.requests.length = 0;
    });
    afterEach(() => server.faults.clear());

    const token = (claims: Readonly<Record<string, unknown>> = {}) =>
      new Forge(server.issuer, AUDIENCE, time).token({ claims });
    const send = (value: string) => started.send('/vault', value);

    it.each(Object.entries(KEY_FAULTS))('signs nobody out for %s', async (_name, fault) => {
      server.faults.set(server.paths.keys, fault);
      const values = Array.from({ length: 4 }, (_, jti) => token({ jti }));
      const responses = await Promise.all(values.map(send));
      for (const response of responses) await expectOutage(response);

      for (const value of ['not.a.token', token({ exp: time - 60 }), token({ aud: 'other' })]) {
        const response = await send(value);
        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
      }
      const text = log.map((line) => line.text).join('\n');
      for (const value of values) expectNoTrace(value, text);
      expect(log.filter(({ level }) => level === 'error').length).toBeLessThanOrEqual(1);

      server.faults.clear();
      expect((await send(token())).status).toBe(200);
    });

    it('lets go of a key that left the server, and of its tokens', async () => {
      const value = token({ exp: time + 3600 });
      expect((await send(value)).status).toBe(200);
      server.keys = [publicJwk('k2')];
      const renewed = new Forge(server.issuer, AUDIENCE, time).token({
        header: { kid: 'k2' },
        key: KEYS.k2.privateKey,
      });
      expect((await send(renewed)).status).toBe(200);
      const response = await send(value);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
      server.keys = [publicJwk('k1')];
    });

    it.each<[string, unknown]>([
      ['NaN', NaN],
      ['no end', Infinity],
      ['no beginning', -Infinity],
      ['nothing', undefined],
      ['null', null],
      ['a text', '1700000000'],
      ['a date', new Date(0)],
      ['a big integer', 1_700_000_000n],
      ['a promise', Promise.resolve(1_700_000_000)],
      [
        'an error',
        () => {
          throw new Error('no clock');
        },
      ],
    ])('lets nobody in by a clock that returns %s', async (_name, wrong) => {
      const value = token();
      expect((await send(value)).status).toBe(200);
      now = wrong;
      await expectAnswer(await send(value), 500, 'The access token could not be judged');
      now = time;
      expect((await send(value)).status).toBe(200);
    });

    it.each([-1e9, -3600, 3600, 1e9])(
      'refuses, and forgets nothing for it, by a clock that is %d seconds wrong',
      async (seconds) => {
        const value = token();
        expect((await send(value)).status).toBe(200);
        now = time + seconds;
        const response = await send(value);
        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
        now = time;
        expect((await send(value)).status).toBe(200);
      },
    );
  },
);

async function expectAnswer(response: Response, status: 500 | 503, detail: string) {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.has('www-authenticate')).toBe(false);
  expect(response.headers.get('retry-after')).toBe(status === 503 ? '5' : null);
  expect(await response.json()).toMatchObject({ type: 'about:blank', status, detail });
}
const expectOutage = (response: Response) =>
  expectAnswer(response, 503, 'The access token cannot be verified at the moment');
