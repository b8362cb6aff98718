import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import {
  Authenticated,
  CurrentAuthentication,
  MaxAge,
  RequireAcr,
  type Authentication,
  type JwtTokenVerifierOptions,
  type TokenVerifier,
} from 'nest-stepup';
import { FakeAuthorizationServer } from './authorization-server.js';
import { expectNoTrace, recordLog } from './contract-harness.js';
import { Forge, publicJwk } from './forge.js';
import { KeepAliveClient } from './keep-alive-client.js';
import type { Reading, Recipe } from './recipe.js';
import { ADAPTERS, startApp, type Answer, type StartedApp } from './start-app.js';
import { AUDIENCE } from './verifier-under-test.js';

const TOLERANCE = 5;
const YEAR = 365 * 24 * 3600;

@Controller()
class VaultController {
  @Get('me')
  @Authenticated()
  me(@CurrentAuthentication() { acr, authTime, subject, amr }: Authentication) {
    return { acr, authTime, subject, amr };
  }

  @Get('vault')
  @RequireAcr('phr')
  @MaxAge(YEAR)
  open() {
    return ['opened'];
  }
}

/** What a guarded route answers to every recipe, over HTTP, whatever verifier is behind the guard. */
export function describeGuardedRouteContract(subject: {
  readonly name: string;
  create(options: JwtTokenVerifierOptions): TokenVerifier;
  /** Where the server needs to be told of the one good token. */
  readonly prepare?: (server: FakeAuthorizationServer, goodToken: string) => void;
  readonly recipes: readonly Recipe[];
}): void {
  describe.each(ADAPTERS)(`a route on %s that is guarded with ${subject.name}`, (adapter) => {
    const server = new FakeAuthorizationServer();
    let now = Math.floor(Date.now() / 1000);
    let log: ReturnType<typeof recordLog>;
    let started: StartedApp;
    let client: KeepAliveClient;
    let goodToken: string;

    beforeAll(async () => {
      server.keys = [
        publicJwk('k1', { alg: 'RS256' }),
        publicJwk('k2', { alg: 'RS256' }),
        ...(['ec1', 'ec384', 'ec521', 'ed1'] as const).map((name) => publicJwk(name)),
      ];
      await server.start();
      const { issuer } = server;
      started = await startApp({
        adapter,
        controllers: [VaultController],
        options: {
          verifier: subject.create({ issuer, audience: AUDIENCE }),
          now: () => now,
          clockToleranceSeconds: TOLERANCE,
        },
      });
      client = new KeepAliveClient(started.url);
      log = recordLog();
      goodToken = new Forge(issuer, AUDIENCE, now).token({ claims: { exp: now + YEAR } });
      subject.prepare?.(server, goodToken);
    });
    afterAll(async () => {
      client.close();
      await started.close();
      await server.stop();
    });

    // A minute after the other: searches for unknown keys are counted by the minute.
    function nextForge(): Forge {
      now += 61;
      return new Forge(server.issuer, AUDIENCE, now, TOLERANCE);
    }

    /** Sends it octet for octet, also what no HTTP client would. */
    function send(path: string, token: string): Promise<Answer> {
      const authorization = `Bearer ${Buffer.from(token).toString('latin1')}`;
      return isBeyondHttp(token)
        ? started.sendRaw(path, [`Authorization: ${authorization}`])
        : client.get(path, authorization);
    }

    // An exception that nobody catches fails the test in which it is thrown: Jest listens for it.
    it.each(subject.recipes)('answers as it should: $name', async ({ make, expected }) => {
      const forge = nextForge();
      const token = make(forge);
      log.length = 0;
      const answer = await send('/vault', token);

      if (expected === 'refused') {
        expectRefusal(token, answer);
      } else {
        expectVerdict(answer, expected, now);
        const { body } = await send('/me', token);
        expect(JSON.parse(body)).toEqual({ ...readingAt(now), ...expected });
      }
      expectNoTrace(token, [answer.body, ...log.map(({ text }) => text)].join('\n'));
      expect((await send('/vault', goodToken)).status).toBe(200);
    });

    it('asks only where keys are looked for, whatever address a token names', () => {
      const known: readonly string[] = Object.values(server.paths);
      expect(server.requests).not.toEqual([]);
      expect(server.requests.filter((path) => !known.includes(path))).toEqual([]);
    });
  });
}

/** What Node.js itself answers with 400, and what makes headers too long for it: 431. */
const hasControls = (token: string) =>
  Buffer.from(token).some((octet) => (octet < 0x20 && octet !== 0x09) || octet === 0x7f);
const LONGEST = 15_000;

const isBeyondHttp = (token: string) => hasControls(token) || token.length > LONGEST;

/** RFC 6750 §2.1: anything else is no token at all. */
const B64_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

const PROBLEM = 'https://www.rfc-editor.org/rfc/rfc6750#section-3.1';

function expectRefusal(token: string, answer: Answer): void {
  if (hasControls(token)) expect(answer.status).toBe(400);
  else if (token.length > LONGEST) expect(answer.status).toBe(431);
  else if (!B64_TOKEN.test(token)) {
    expectProblem(answer, 400, 'invalid_request', 'Invalid request', [
      'The Authorization header has no well-formed access token',
    ]);
  } else {
    expectProblem(answer, 401, 'invalid_token', 'Invalid access token', [
      'The access token is invalid',
      'The access token has expired',
    ]);
  }
}

/** The whole answer, so that nothing of the token can be in it. */
function expectProblem(
  { status: actual, header, body }: Answer,
  status: number,
  error: string,
  title: string,
  details: readonly string[],
): void {
  expect(actual).toBe(status);
  expect(header('content-type')).toMatch(/^application\/problem\+json(;|$)/);
  expect(header('cache-control')).toBe('no-store');
  expect(header('access-control-expose-headers')).toBe('WWW-Authenticate');
  const { detail }: { detail?: unknown } = JSON.parse(body);
  expect(details).toContain(detail);
  expect(header('www-authenticate')).toBe(
    `Bearer realm="api", error="${error}", error_description="${String(detail)}"`,
  );
  expect(JSON.parse(body)).toEqual({ type: PROBLEM, title, status, detail });
}

const readingAt = (now: number): Reading => ({
  subject: 'alice',
  acr: 'phr',
  authTime: now - 60,
});

/** Whether the vault opens depends on what is read from the token. */
function expectVerdict(answer: Answer, expected: Reading, now: number): void {
  const { acr, authTime } = { ...readingAt(now), ...expected };
  const opens = acr === 'phr' && authTime !== undefined && authTime >= now - YEAR - TOLERANCE;
  expect(answer.status).toBe(opens ? 200 : 401);
  if (opens) return;
  expect(answer.header('www-authenticate')).toMatch(
    /^Bearer realm="api", error="insufficient_user_authentication", /,
  );
}
