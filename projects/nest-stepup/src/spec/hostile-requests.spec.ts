import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  All,
  Body,
  Controller,
  Get,
  HttpException,
  Post,
  Version,
  VersioningType,
} from '@nestjs/common';
import {
  Authenticated,
  MaxAge,
  RequireAcr,
  RequireStepUp,
  type RequirementFunction,
} from 'nest-stepup';
import { ADAPTERS, startApp, type StartedApp } from './start-app.js';

let runs = 0;
let decide: RequirementFunction = () => undefined;

@Controller('decided')
class DecidedController {
  @Post()
  @RequireStepUp((context, authentication) => decide(context, authentication))
  post(@Body() body: unknown) {
    runs += 1;
    return { body };
  }
}

@Controller({ path: 'accounts', version: ['1', '2'] })
@RequireAcr('gold')
class AccountsController {
  @Get()
  list() {
    runs += 1;
    return ['listed'];
  }

  @Get(':id/holders')
  holders() {
    runs += 1;
    return ['held'];
  }

  @All('all')
  @MaxAge(60)
  all() {
    runs += 1;
    return ['all'];
  }

  @Get('newer')
  @Version('3')
  newer() {
    runs += 1;
    return ['newer'];
  }
}

@Controller('files')
@Authenticated()
class FilesController {
  @Get(':name')
  read() {
    runs += 1;
    return ['read'];
  }
}

const SECRET = 'text of the database';

const throwing = () => {
  throw new Error(SECRET);
};

const NO_REQUIREMENT: Readonly<Record<string, unknown>> = {
  null: null,
  false: false,
  true: true,
  zero: 0,
  NaN: NaN,
  'an empty text': '',
  'a text': 'gold',
  'a symbol': Symbol('gold'),
  'a function': () => undefined,
  'an empty list': [],
  'a list': ['gold'],
  'an empty object': {},
  'a date': new Date(0),
  'a map': new Map([['maxAge', 5]]),
  'acrValues that are a text': { acrValues: 'gold' },
  'acrValues that are empty': { acrValues: [] },
  'an acr value that is empty': { acrValues: [''] },
  'an acr value with a space': { acrValues: ['gold silver'] },
  'an acr value with a line break': { acrValues: ['gold\r\nX-Injected: 1'] },
  'an acr value with a quote': { acrValues: ['gold"'] },
  'an acr value that is no text': { acrValues: [1] },
  'acrValues that are null': { acrValues: null },
  'maxAge below zero': { maxAge: -1 },
  'maxAge with a fraction': { maxAge: 1.5 },
  'maxAge that is a text': { maxAge: '5' },
  'maxAge that is NaN': { maxAge: NaN },
  'maxAge without end': { maxAge: Infinity },
  'maxAge that is null': { maxAge: null },
  'a misspelt member': { maxAge: 5, acrValue: ['gold'] },
  'names of the wire': { max_age: 5, acr_values: ['gold'] },
  'a getter that throws': Object.defineProperty({}, 'maxAge', { get: throwing }),
  'a proxy that throws': new Proxy({}, { get: throwing, ownKeys: throwing }),
};

const THROWN: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  'a text': SECRET,
  'a number': 0,
  'a symbol': Symbol(SECRET),
  'an object': { message: SECRET },
  'an error': new Error(SECRET),
  'a frozen error': Object.freeze(new Error(SECRET)),
  'an error whose message was changed': Object.assign(
    new Error(`x\n    at ${SECRET} (file:///x.js:1:1)`),
    { message: 'x' },
  ),
  'an error without a stack': Object.assign(new Error(SECRET), { stack: undefined }),
  'an error of a strange name': Object.assign(new Error('x'), { name: Symbol(SECRET) }),
  'an error with a message that is none': Object.assign(new Error('x'), {
    message: { text: SECRET },
  }),
  'an error whose name throws': Object.defineProperty(new Error('x'), 'name', {
    get: throwing,
  }),
  'an error whose stack throws': Object.defineProperty(new Error('x'), 'stack', {
    get: throwing,
  }),
};

describe.each(ADAPTERS)('a guarded route on %s, with hostile input', (adapter) => {
  let started: StartedApp;
  const token = () => started.verifier.issue({ acr: 'gold', authTime: started.clock.now() });
  const post = (body: string, type = 'application/json') =>
    started.send('/v1/decided', token(), {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });

  beforeAll(async () => {
    started = await startApp({
      adapter,
      controllers: [DecidedController, AccountsController, FilesController],
      configure: (app) => {
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
        app.enableCors();
      },
    });
  });
  afterAll(() => started.close());
  beforeEach(() => {
    runs = 0;
    decide = () => undefined;
  });

  async function expectFailure(response: Response): Promise<void> {
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.has('www-authenticate')).toBe(false);
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      detail: 'The access token could not be judged',
    });
    expect(runs).toBe(0);
    expect(started.lines.error.join('\n')).not.toContain(SECRET);
  }

  it.each(Object.keys(NO_REQUIREMENT))(
    'runs nothing when a requirement function returns %s',
    async (name) => {
      decide = () => NO_REQUIREMENT[name] as never;
      await expectFailure(await post('{}'));
      decide = async () => Promise.resolve(NO_REQUIREMENT[name] as never);
      await expectFailure(await post('{}'));
    },
  );

  it.each(Object.keys(THROWN))(
    'runs nothing when a requirement function throws %s',
    async (name) => {
      decide = () => {
        throw THROWN[name];
      };
      await expectFailure(await post('{}'));
      decide = () => Promise.reject(THROWN[name]);
      await expectFailure(await post('{}'));
    },
  );

  it.each([200, 204, 302, 404])(
    'runs nothing when a requirement function throws an HTTP exception of status %d',
    async (status) => {
      decide = () => {
        throw new HttpException('refused', status);
      };
      const response = await post('{}');
      expect(response.status).toBe(status);
      expect(runs).toBe(0);
    },
  );

  it('serves others while a requirement function never comes to an end', async () => {
    const abort = new AbortController();
    const reached = new Promise<void>((resolve) => {
      decide = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    const pending = started.send('/v1/decided', token(), { method: 'POST', signal: abort.signal });
    await reached;
    decide = () => undefined;
    expect((await post('{}')).status).toBe(201);
    abort.abort();
    await expect(pending).rejects.toThrow();
    expect(runs).toBe(1);
  });

  it.each([
    ['{"__proto__":{"polluted":true}}', 'application/json'],
    ['{"constructor":{"prototype":{"polluted":true}}}', 'application/json'],
    ['[{"__proto__":{"polluted":true}}]', 'application/json'],
    ['{"x":{"__proto__":{"polluted":true}}}', 'application/json'],
    ['__proto__[polluted]=true&constructor[prototype][polluted]=true', 'form'],
    ['__proto__=polluted&__proto__.polluted=true', 'form'],
  ])('is not changed by the body %s', async (body, type) => {
    decide = (context) => {
      const { polluted }: { polluted?: unknown } = context.switchToHttp().getRequest().body ?? {};
      return polluted === undefined ? { acrValues: ['gold'] } : undefined;
    };
    const { status } = await post(
      body,
      type === 'form' ? 'application/x-www-form-urlencoded' : type,
    );
    expect([201, 400]).toContain(status);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect((await started.send('/v1/accounts')).status).toBe(401);
  });

  it.each(
    [
      '/v1/accounts',
      '/v2/accounts',
      '/V1/accounts',
      '/v1/ACCOUNTS',
      '/v1/accounts/',
      '/v1/accounts//',
      '/v1//accounts',
      '//v1/accounts',
      '/v1/./accounts',
      '/v1/x/../accounts',
      '/v1/%61ccounts',
      '/v1%2Faccounts',
      '/v1/accounts%2F',
      '/v1/accounts%00',
      '/v1/accounts;x=1',
      '/v1/accounts?x=1',
      '/v1/accounts#x',
      '/v1/accounts.json',
      '/v1/accounts/1/holders',
      '/v1/accounts/%2E%2E/holders',
      '/v1/accounts/__proto__/holders',
      '/v1/accounts/all',
      '/v2/accounts/all',
      '/v3/accounts/newer',
      '/v1/accounts/anything/else',
      '/v1/files/a',
      '/v1/files/../../accounts',
      '/v1/files/%2e%2e%2faccounts',
      '/accounts',
      '/v9/accounts',
    ].flatMap((path) =>
      ['GET', 'HEAD', 'POST', 'OPTIONS', 'TRACE'].map((method) => [method, path]),
    ),
  )('runs nothing for %s %s without a token', async (method = '', path = '') => {
    const { status } = await started.sendRaw(path, ['X-HTTP-Method-Override: GET'], method);
    if (method === 'OPTIONS') expect([204, 400, 401, 404]).toContain(status);
    else expect([400, 401, 404]).toContain(status);
    expect(runs).toBe(0);
  });
});
