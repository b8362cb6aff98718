import { Agent, request as sendRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Post, Req } from '@nestjs/common';
import {
  Authenticated,
  CurrentAuthentication,
  InvalidTokenException,
  MaxAge,
  RequireStepUp,
  TokenVerifier,
  type AccessToken,
  type Authentication,
  type VerificationContext,
} from 'nest-stepup';
import { ADAPTERS, startApp, type StartedApp } from './spec/start-app.js';

@Controller()
class RememberedController {
  @Get('me')
  @Authenticated()
  me(@CurrentAuthentication() { subject }: Authentication) {
    return subject;
  }

  @Post('me')
  @Authenticated()
  post(@Body() _body: unknown, @CurrentAuthentication() { subject }: Authentication) {
    return subject;
  }

  @Get('recent')
  @MaxAge(60)
  recent() {
    return 'recent';
  }

  @Get('decided')
  @RequireStepUp((_, { subject }) => (subject === 'bob' ? { acrValues: ['gold'] } : undefined))
  decided() {
    return 'decided';
  }

  @Get('connection')
  @Authenticated()
  connection(@Req() request: { socket: unknown }) {
    return inspect(request.socket, { depth: 1 });
  }
}

/** Accepts tokens of the form `subject` or `subject.auth_time`, and remembers them. */
class RememberingVerifier extends TokenVerifier {
  verified: string[] = [];
  recalled: string[] = [];
  tokens: AccessToken[] = [];
  contexts: VerificationContext[] = [];
  readonly remembered = new Map<string, Authentication>();
  /** What is recalled instead. */
  answer: (() => unknown) | undefined;

  override async verify({ value }: AccessToken): Promise<Authentication> {
    this.verified.push(value);
    const [subject = '', authTime] = value.split('.');
    if (subject === 'mallory') throw new InvalidTokenException();
    const authentication = { subject, ...(authTime && { authTime: Number(authTime) }) };
    this.remembered.set(value, authentication);
    return authentication;
  }

  override recall(token: AccessToken, context: VerificationContext): Authentication | undefined {
    const { value } = token;
    this.tokens.push(token);
    this.contexts.push(context);
    this.recalled.push(value);
    if (this.answer) return this.answer() as Authentication;
    return this.remembered.get(value);
  }
}

interface Sent {
  readonly path?: string;
  /** Names and values by turns. */
  readonly headers: readonly string[];
  readonly form?: string;
}

const bearer = (token: string): Sent => ({ headers: ['Authorization', `Bearer ${token}`] });
const alice = bearer('alice');

describe.each(ADAPTERS)('a remembered token on %s', (adapter) => {
  const verifier = new RememberingVerifier();
  let started: StartedApp;
  beforeAll(async () => {
    started = await startApp({
      adapter,
      controllers: [RememberedController],
      options: { verifier },
    });
  });
  afterAll(() => started.close());
  beforeEach(() => {
    verifier.verified = [];
    verifier.recalled = [];
    verifier.tokens = [];
    verifier.contexts = [];
    verifier.remembered.clear();
    verifier.answer = undefined;
  });

  const overOneConnection = (...requests: Sent[]) => sendOverOne(started.url, requests);

  it('is verified once, and recalled from then on', async () => {
    const answers = await overOneConnection(alice, alice, alice);
    expect(answers.map(({ body }) => body)).toEqual(['alice', 'alice', 'alice']);
    expect(verifier.verified).toEqual(['alice']);
  });

  it('is the same object each time that it comes over the same connection', async () => {
    await overOneConnection(
      alice,
      alice,
      alice,
      alice,
      bearer('bob'),
      bearer('bob'),
      bearer('bob'),
    );
    const [, first, ...later] = verifier.tokens;
    expect(later[0]).toBe(first);
    expect(later[1]).toBe(first);
    expect(later.slice(2).map(({ value }) => value)).toEqual(['bob', 'bob', 'bob']);
    expect(later[4]).toBe(later[3]);
  });

  it('is not kept for a connection before it was accepted', async () => {
    await overOneConnection(bearer('mallory'), bearer('mallory'), bearer('mallory'));
    const [first, second, third] = verifier.tokens;
    expect(second).not.toBe(first);
    expect(third).not.toBe(second);
  });

  it('is recalled with the time and the tolerance', async () => {
    await overOneConnection(alice);
    expect(verifier.contexts).toEqual([{ now: started.clock.now(), clockToleranceSeconds: 5 }]);
  });

  it('is verified again when the verifier does not recall it any more', async () => {
    await overOneConnection(alice, alice);
    verifier.remembered.clear();
    expect(await overOneConnection(alice)).toMatchObject([{ status: 200 }]);
    expect(verifier.verified).toEqual(['alice', 'alice']);
  });

  it('is not taken for another one that comes over its connection', async () => {
    const tokens = ['alice', 'alice', 'bob', 'alice', 'mallory', 'alic', 'alice2', 'bob', 'bob'];
    const answers = await overOneConnection(...tokens.map(bearer));
    expect(answers.map(({ status, body }) => (status === 200 ? body : status))).toEqual(
      tokens.map((token) => (token === 'mallory' ? 401 : token)),
    );
  });

  it('is not used for a request without one', async () => {
    const answers = await overOneConnection(alice, alice, { headers: [] }, alice);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 200]);
  });

  it('is refused under a scheme that the verifier does not judge', async () => {
    const dpop: Sent = { headers: ['Authorization', 'DPoP alice'] };
    const answers = await overOneConnection(alice, alice, dpop, alice);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 200]);
    expect(verifier.recalled).toHaveLength(3);
  });

  it('is refused with a request that presents a token in a second way', async () => {
    const { headers } = alice;
    const answers = await overOneConnection(
      alice,
      alice,
      { headers, path: '/me?access_token=x' },
      { headers: [...headers, ...headers] },
      { headers: [...headers, 'authorization', 'Basic x'] },
      { headers, form: 'access_token=x' },
      alice,
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 400, 400, 400, 200]);
  });

  it('is held against the requirement at each request', async () => {
    const recent = { ...bearer(`alice.${started.clock.now()}`), path: '/recent' };
    const before = await overOneConnection(recent, recent);
    started.clock.advance(66);
    const after = await overOneConnection(recent);
    expect([...before, ...after].map(({ status }) => status)).toEqual([200, 200, 401]);
    expect(verifier.verified).toHaveLength(1);
  });

  it('is held against what a function of the request demands', async () => {
    const decided = ['alice', 'alice', 'bob', 'bob'].map((subject) => ({
      ...bearer(subject),
      path: '/decided',
    }));
    const answers = await overOneConnection(...decided);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 401]);
  });

  it('is not shown by what prints a connection', async () => {
    const connection = { ...bearer('alice-in-secret'), path: '/connection' };
    const [, , shown] = await overOneConnection(connection, connection, connection);
    expect(shown?.status).toBe(200);
    expect(shown?.body).not.toContain('alice-in-secret');
  });

  it.each<[string, unknown]>([
    ['a promise', Promise.resolve({ subject: 'alice' })],
    ['null', null],
    ['a string', 'alice'],
    ['true', true],
    ['a list', ['alice']],
  ])('is answered for with 500 when recall() returns %s', async (_, answer) => {
    verifier.answer = () => answer;
    const response = await started.send('/me', 'alice');
    expect(response.status).toBe(500);
    expect(verifier.verified).toEqual([]);
  });

  it('is refused when recall() refuses it, and a fault of it is an answer of 500', async () => {
    verifier.answer = () => {
      throw new InvalidTokenException();
    };
    expect((await started.send('/me', 'alice')).status).toBe(401);
    verifier.answer = () => {
      throw new Error('eyJhbGciOi');
    };
    const failed = await started.send('/me', 'alice');
    expect(failed.status).toBe(500);
    expect(await failed.text()).not.toContain('eyJ');
  });
});

/** Sends requests one after another over one connection that stays open. */
async function sendOverOne(url: string, requests: readonly Sent[]) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const answers: { readonly status: number | undefined; readonly body: string }[] = [];
  for (const [index, sent] of requests.entries()) answers.push(await send(sent, index > 0));
  agent.destroy();
  return answers;

  function send({ path = '/me', headers, form }: Sent, reused: boolean) {
    const ofForm = form === undefined ? [] : ['Content-Type', 'application/x-www-form-urlencoded'];
    return new Promise<(typeof answers)[number]>((resolve, reject) => {
      const request = sendRequest(url + path, {
        agent,
        method: form === undefined ? 'GET' : 'POST',
        headers: ['Host', 'localhost', ...headers, ...ofForm],
      });
      request.on('error', reject);
      request.on('response', (response) => {
        expect(request.reusedSocket).toBe(reused);
        text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
      });
      request.end(form);
    });
  }
}
