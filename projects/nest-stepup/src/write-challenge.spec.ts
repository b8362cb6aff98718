import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Catch,
  Controller,
  Get,
  HttpException,
  Injectable,
  Module,
  Res,
  UseFilters,
  type ArgumentsHost,
  type ExceptionFilter,
  type MiddlewareConsumer,
  type NestModule,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import {
  Authenticated,
  AuthorizationServerUnreachableException,
  InsufficientUserAuthenticationException,
  InvalidTokenException,
  RequireAcr,
  StepUpModule,
} from 'nest-stepup';
import { FakeTokenVerifier } from 'nest-stepup/testing';
import type { ServerResponse } from 'node:http';
import { ADAPTERS, startApp, type AppUnderTest, type StartedApp } from './spec/start-app.js';

@Injectable()
class Ledger {
  withdraw(): never {
    throw new InsufficientUserAuthenticationException(
      { acrValues: ['gold'], maxAge: 60 },
      { errorDescription: 'Half of the balance', scope: ['ledger', 'audit'] },
    );
  }
}

/** An app's own filter for everything, which writes a body of its own. */
@Catch()
class CatchAllFilter implements ExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const status = exception instanceof HttpException ? exception.getStatus() : 500;
    const response: unknown = host.switchToHttp().getResponse();
    this.adapterHost.httpAdapter.reply(response, { oops: status }, status);
  }
}

@Controller()
class LedgerController {
  constructor(private readonly ledger: Ledger) {}

  @Get('service')
  async service() {
    await Promise.resolve();
    return this.ledger.withdraw();
  }

  @Get('guarded')
  @RequireAcr('gold')
  guarded() {
    return ['gold'];
  }

  @Get('token')
  token(): never {
    throw new InvalidTokenException('The session of this token has ended');
  }

  @Get('outage')
  outage(): never {
    throw new AuthorizationServerUnreachableException();
  }

  @Get('caught')
  caught() {
    try {
      return this.ledger.withdraw();
    } catch {
      return ['caught'];
    }
  }

  @Get('late')
  @Authenticated()
  late(@Res() response: ServerResponse | { raw: ServerResponse }): never {
    const raw = 'raw' in response ? response.raw : response;
    raw.writeHead(200);
    raw.write('half');
    throw new InvalidTokenException();
  }
}

@Controller('own')
@UseFilters(CatchAllFilter)
class OwnFilterController extends LedgerController {}

const refuse = () => {
  throw new InvalidTokenException('The session of this token has ended');
};

const moduleOf = (realm: string) =>
  StepUpModule.forRoot({ verifier: new FakeTokenVerifier(), realm, isGlobal: false });

@Module({})
class SessionModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(refuse).forRoutes('session');
  }
}

@Controller('handler')
class FilterOnHandlerController {
  @Get('service')
  @UseFilters(CatchAllFilter)
  service(): never {
    throw new InvalidTokenException('The session of this token has ended');
  }
}

const FROM_SERVICE =
  'Bearer realm="ledger", error="insufficient_user_authentication", ' +
  'error_description="Half of the balance", acr_values="gold", max_age="60", ' +
  'scope="ledger audit", resource_metadata="https://api.example/.well-known/oauth-protected-resource"';
const FROM_GUARD =
  'Bearer realm="ledger", error="insufficient_user_authentication", ' +
  'error_description="A different authentication level is required", acr_values="gold", ' +
  'resource_metadata="https://api.example/.well-known/oauth-protected-resource"';
const FROM_HANDLER =
  'Bearer realm="ledger", error="invalid_token", ' +
  'error_description="The session of this token has ended", ' +
  'resource_metadata="https://api.example/.well-known/oauth-protected-resource"';

describe.each(ADAPTERS)('writeChallenge() on %s', (adapter) => {
  let started: StartedApp;
  const start = async (under: Partial<AppUnderTest> = {}) => {
    started = await startApp({
      adapter,
      controllers: [LedgerController],
      options: {
        realm: 'ledger',
        resourceMetadata: 'https://api.example/.well-known/oauth-protected-resource',
      },
      ...under,
      module: {
        ...under.module,
        providers: [Ledger, CatchAllFilter, ...(under.module?.providers ?? [])],
      },
    });
  };
  afterEach(() => started.close());

  it('writes one header for the guard, and the same for an exception from a service', async () => {
    await start();
    const token = started.verifier.issue({ acr: 'silver' });
    const service = await started.send('/service');
    const guarded = await started.send('/guarded', token);
    const thrown = await started.send('/token');

    for (const response of [service, guarded, thrown]) {
      expect(response.status).toBe(401);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('access-control-expose-headers')).toBe('WWW-Authenticate');
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    }
    expect(service.headers.get('www-authenticate')).toBe(FROM_SERVICE);
    expect(guarded.headers.get('www-authenticate')).toBe(FROM_GUARD);
    expect(thrown.headers.get('www-authenticate')).toBe(FROM_HANDLER);
    expect(await service.json()).toEqual({
      type: 'https://www.rfc-editor.org/rfc/rfc9470#section-3',
      title: 'Insufficient user authentication',
      status: 401,
      detail: 'Half of the balance',
    });
  });

  it('writes the header on a line of its own, once', async () => {
    await start();
    const response = await started.sendRaw('/service', []);
    expect(response.header('www-authenticate')).toBe(FROM_SERVICE);
    expect(response.header('access-control-expose-headers')).toBe('WWW-Authenticate');
  });

  it('keeps the realm of the module whose guard refused, whichever filter answers', async () => {
    @Controller('branch')
    class BranchController {
      @Get()
      @Authenticated()
      list() {
        return [];
      }
    }
    @Module({ imports: [moduleOf('branch')], controllers: [BranchController] })
    class BranchModule {}
    @Module({ imports: [moduleOf('other')] })
    class OtherModule {}

    await start({ module: { imports: [BranchModule, OtherModule] } });
    const branch = await started.send('/branch');
    const root = await started.send('/guarded');
    expect(branch.headers.get('www-authenticate')).toBe('Bearer realm="branch"');
    expect(root.headers.get('www-authenticate')).toContain('Bearer realm="ledger"');
  });

  it('writes the header for an exception from middleware', async () => {
    await start({ module: { imports: [SessionModule] } });
    const response = await started.send('/session');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(FROM_HANDLER);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({ status: 401, title: 'Invalid access token' });
  });

  it('writes nothing for an exception that a handler catches', async () => {
    await start();
    const response = await started.send('/caught');
    expect(response.status).toBe(200);
    expect(response.headers.has('www-authenticate')).toBe(false);
    expect(response.headers.has('access-control-expose-headers')).toBe(false);
  });

  it('leaves a response alone whose headers are on their way already', async () => {
    await start();
    const token = started.verifier.issue({ acr: 'gold' });
    const response = await started.sendRaw('/late', [`Authorization: Bearer ${token}`]);
    expect(response.status).toBe(200);
    expect(response.header('www-authenticate')).toBeUndefined();
    expect((await started.send('/caught')).status).toBe(200);
  });

  it.each<[string, Partial<AppUnderTest>, string]>([
    [
      'of useGlobalFilters()',
      { configure: (app) => app.useGlobalFilters(app.get(CatchAllFilter)) },
      '',
    ],
    [
      'of APP_FILTER',
      { module: { providers: [{ provide: APP_FILTER, useExisting: CatchAllFilter }] } },
      '',
    ],
    ['of a controller', { controllers: [OwnFilterController] }, '/own'],
  ])('keeps status and header through a catch-all filter %s', async (_, under, prefix) => {
    await start(under);
    const token = started.verifier.issue({ acr: 'silver' });
    const guarded = await started.send(`${prefix}/guarded`, token);
    const service = await started.send(`${prefix}/service`);
    const outage = await started.send(`${prefix}/outage`);
    const missing = await started.send(`${prefix}/guarded`);

    expect([guarded, service, outage, missing].map(({ status }) => status)).toEqual([
      401, 401, 503, 401,
    ]);
    expect(guarded.headers.get('www-authenticate')).toBe(FROM_GUARD);
    expect(service.headers.get('www-authenticate')).toBe(FROM_SERVICE);
    expect(service.headers.get('access-control-expose-headers')).toBe('WWW-Authenticate');
    expect(service.headers.get('cache-control')).toBe('no-store');
    expect(outage.headers.get('retry-after')).toBe('5');
    expect(outage.headers.has('www-authenticate')).toBe(false);
    if (prefix !== '') expect(await service.json()).toEqual({ oops: 401 });
  });

  it('keeps status and header through a catch-all filter of a handler', async () => {
    await start({ controllers: [FilterOnHandlerController] });
    const response = await started.send('/handler/service');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(FROM_HANDLER);
    expect(await response.json()).toEqual({ oops: 401 });
  });

  it.each<[string, string[] | string | undefined, string]>([
    ['no exposed headers', undefined, 'WWW-Authenticate'],
    ['other exposed headers', ['X-Total', 'Link'], 'X-Total, Link, WWW-Authenticate'],
    ['the header in another case', 'www-authenticate,X-Total', 'X-Total, WWW-Authenticate'],
    ['a wildcard', '*', '*, WWW-Authenticate'],
  ])('exposes the header to scripts of other origins beside %s', async (_, exposed, expected) => {
    await start({
      configure: (app) =>
        app.enableCors({
          origin: 'https://app.example',
          credentials: true,
          ...(exposed !== undefined && { exposedHeaders: exposed }),
        }),
    });
    const headers = { origin: 'https://app.example' };
    for (const path of ['/guarded', '/service']) {
      const response = await started.send(path, undefined, { headers });
      expect(response.status).toBe(401);
      expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example');
      expect(response.headers.get('access-control-expose-headers')).toBe(expected);
    }
    const preflight = await started.send('/guarded', undefined, {
      method: 'OPTIONS',
      headers: { ...headers, 'access-control-request-method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.has('www-authenticate')).toBe(false);
  });
});
