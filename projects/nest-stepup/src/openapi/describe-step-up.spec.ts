import { describe, expect, it } from '@jest/globals';
import {
  All,
  Controller,
  Get,
  Post,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExcludeEndpoint,
  ApiResponse,
  ApiSecurity,
  DocumentBuilder,
  SwaggerModule,
  type OpenAPIObject,
  type SwaggerDocumentOptions,
} from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { Authenticated, MaxAge, RequireAcr, RequireStepUp, StepUpExempt } from 'nest-stepup';
import { describeStepUp, type DescribeStepUpOptions } from 'nest-stepup/openapi';
import { FakeTokenVerifier } from 'nest-stepup/testing';
import { readStepUpChallenge } from 'stepup-core';
import { ADAPTERS, startApp, type AppUnderTest } from '../spec/start-app.js';
import { faultsOf } from '../spec/openapi-faults.js';

@Controller('transfers')
@RequireAcr('phr', 'urn:okta:loa:2fa:any')
class TransfersController {
  @Get()
  list() {}

  @Post(':id/approve')
  @MaxAge(300)
  approve() {}

  @Post()
  @RequireStepUp(() => undefined)
  create() {}

  @Get('help')
  @StepUpExempt()
  help() {}
}

@Controller()
class OtherController {
  @Get('health')
  health() {}

  @Get('me')
  @Authenticated()
  me() {}
}

interface Documented {
  readonly document: OpenAPIObject;
  readonly described: OpenAPIObject;
  readonly log: readonly string[];
}

type Under = Omit<Partial<AppUnderTest>, 'controllers'> & {
  readonly builder?: (builder: DocumentBuilder) => DocumentBuilder;
  readonly swagger?: SwaggerDocumentOptions;
  readonly describe?: DescribeStepUpOptions;
};

/** Describes an app as its main.ts does: before it listens. */
async function documented(controllers: readonly Type[], under: Under = {}): Promise<Documented> {
  const { builder = (each: DocumentBuilder) => each, swagger, describe: options } = under;
  let document: OpenAPIObject | undefined;
  let described: OpenAPIObject | undefined;
  const started = await startApp({
    adapter: 'Express',
    ...under,
    controllers,
    configure: (app: INestApplication) => {
      under.configure?.(app);
      document = SwaggerModule.createDocument(app, builder(new DocumentBuilder()).build(), swagger);
      const before = JSON.stringify(document);
      described = describeStepUp(app, document, options);
      expect(JSON.stringify(document)).toBe(before);
    },
  });
  await started.close();
  if (!document || !described) throw new Error('Nothing was described');
  expect(faultsOf(described)).toEqual([]);
  // Nest and swagger warn of old ways to write a path.
  const log = started.lines.warn.filter((line) => !line.startsWith('Unsupported route path'));
  return { document, described, log };
}

type Example = 'missing_token' | 'invalid_token' | 'insufficient_user_authentication';
type Examples = Readonly<Record<Example, { readonly value: string }>>;

/** The members that are looked at. */
interface DescribedOperation {
  readonly security: unknown;
  readonly 'x-step-up'?: unknown;
  readonly responses: Readonly<Record<'200' | '400' | '401' | '503', DescribedResponse>>;
}

interface DescribedResponse {
  readonly description: string;
  readonly headers: { readonly 'WWW-Authenticate': { readonly examples: Examples } };
  readonly content: {
    readonly 'application/problem+json': { readonly schema: unknown; readonly examples: Examples };
  };
}

function operation(
  { described }: Pick<Documented, 'described'>,
  method: 'get' | 'post',
  path: string,
) {
  return described.paths[path]?.[method] as unknown as DescribedOperation;
}

const withPrefix = (app: INestApplication) => app.setGlobalPrefix('api', { exclude: ['me'] });

describe('describeStepUp()', () => {
  it.each(ADAPTERS)('says on %s what each route demands', async (adapter) => {
    const result = await documented([TransfersController, OtherController], { adapter });
    const list = operation(result, 'get', '/transfers');
    expect(list.security).toEqual([{ bearer: [] }]);
    expect(list['x-step-up']).toEqual({ acrValues: ['phr', 'urn:okta:loa:2fa:any'] });
    expect(list.responses['401'].description).toBe(
      'A valid access token is needed. Its user must have authenticated by one of phr, ' +
        'urn:okta:loa:2fa:any, the preferred one first (acr).',
    );
    const approve = operation(result, 'post', '/transfers/{id}/approve');
    expect(approve['x-step-up']).toEqual({
      acrValues: ['phr', 'urn:okta:loa:2fa:any'],
      maxAge: 300,
    });
    expect(approve.responses['401'].description).toContain(
      'Its user must have authenticated not longer than 300 seconds ago (auth_time).',
    );
    expect(result.described.components?.securitySchemes).toEqual({
      bearer: { type: 'http', scheme: 'bearer' },
    });
  });

  it('shows the challenges as the guard writes them', async () => {
    const result = await documented([TransfersController], { options: { realm: 'bank' } });
    const { headers } = operation(result, 'post', '/transfers/{id}/approve').responses['401'];
    const { examples } = headers['WWW-Authenticate'];
    expect(examples.missing_token.value).toBe('Bearer realm="bank"');
    expect(examples.invalid_token.value).toContain('error="invalid_token"');
    const { value } = examples.insufficient_user_authentication;
    expect(readStepUpChallenge(value)).toMatchObject({
      realm: 'bank',
      acrValues: ['phr', 'urn:okta:loa:2fa:any'],
      maxAge: 300,
    });
  });

  it('says what is decided per request, and shows no challenge that may not come', async () => {
    @Controller()
    class AmountController {
      @Get('amount')
      @RequireStepUp(() => ({ acrValues: ['phr'] }))
      amount() {}
    }
    const result = await documented([TransfersController, AmountController]);
    const create = operation(result, 'post', '/transfers');
    expect(create['x-step-up']).toEqual({
      acrValues: ['phr', 'urn:okta:loa:2fa:any'],
      decidedPerRequest: true,
    });
    const amount = operation(result, 'get', '/amount');
    expect(amount['x-step-up']).toEqual({ decidedPerRequest: true });
    expect(amount.responses['401'].description).toBe(
      'A valid access token is needed. Whether more is demanded is decided per request.',
    );
    expect(Object.keys(amount.responses['401'].headers['WWW-Authenticate'].examples)).toEqual([
      'missing_token',
      'invalid_token',
    ]);
  });

  it.each(['/transfers/help', '/me'])('demands no more than a token at %s', async (path) => {
    const result = await documented([TransfersController, OtherController]);
    const found = operation(result, 'get', path);
    expect(found.security).toEqual([{ bearer: [] }]);
    expect(found).not.toHaveProperty('x-step-up');
    expect(found.responses['401'].description).toBe('A valid access token is needed.');
  });

  it('leaves an open route as it is', async () => {
    const result = await documented([TransfersController, OtherController]);
    expect(operation(result, 'get', '/health')).toEqual(result.document.paths['/health']?.get);
  });

  it('adds nothing to a document whose routes are all open', async () => {
    @Controller()
    class HealthController {
      @Get('health')
      health() {}
    }
    const { document, described } = await documented([HealthController]);
    expect(described).toEqual(document);
  });

  it('documents 400 and 503, with problem details', async () => {
    const result = await documented([TransfersController]);
    const { responses } = operation(result, 'get', '/transfers');
    for (const status of ['400', '401', '503'] as const) {
      const { schema, examples } = responses[status].content['application/problem+json'];
      expect(schema).toEqual({ $ref: '#/components/schemas/StepUpProblem' });
      for (const { value } of Object.values(examples)) {
        expect(value).toMatchObject({ status: Number(status), title: expect.any(String) });
      }
    }
    expect(responses['400'].headers).toHaveProperty('WWW-Authenticate');
    expect(responses['503'].headers).toHaveProperty('Retry-After');
    expect(responses['503'].headers).not.toHaveProperty('WWW-Authenticate');
  });

  it('finds routes below a prefix, with versions, several paths and all methods', async () => {
    @Controller({ path: ['cards', 'old-cards'], version: ['1', '2'] })
    @RequireAcr('phr')
    class CardsController {
      @Get(['', 'list'])
      list() {}

      @All(':id/*rest')
      any() {}
    }
    const result = await documented([CardsController], {
      configure: (app) => {
        app.setGlobalPrefix('api');
        app.enableVersioning({ type: VersioningType.URI });
      },
    });
    for (const version of ['v1', 'v2']) {
      for (const path of ['cards', 'old-cards']) {
        const base = `/api/${version}/${path}`;
        for (const each of [base, `${base}/list`, `${base}/{id}/{rest}`]) {
          expect([each, operation(result, 'get', each)['x-step-up']]).toEqual([
            each,
            { acrValues: ['phr'] },
          ]);
        }
        expect(operation(result, 'post', `${base}/{id}/{rest}`)['x-step-up']).toBeDefined();
      }
    }
    expect(result.log).toEqual([]);
  });

  it.each([
    'files/*',
    'files/*path',
    'files/{*path}',
    'files/(.*)',
    'a/*/b',
    ':year-:month',
    '{:lang/}about',
    ':id.json',
    '',
    '/',
    '//twice//slashes/',
  ])('finds the route at the path %j', async (path) => {
    @Controller('c')
    class PathController {
      @Get(path)
      @Authenticated()
      get() {}
    }
    const { described, log } = await documented([PathController]);
    expect(log).toEqual([]);
    const [item] = Object.values(described.paths);
    expect(item?.get?.security).toEqual([{ bearer: [] }]);
  });

  it('follows a document without the global prefix when it is told so', async () => {
    const swagger = { ignoreGlobalPrefix: true };
    const result = await documented([TransfersController, OtherController], {
      configure: withPrefix,
      swagger,
      describe: { ignoreGlobalPrefix: true },
    });
    expect(operation(result, 'get', '/transfers').security).toEqual([{ bearer: [] }]);
    await expect(
      documented([TransfersController], { configure: withPrefix, swagger }),
    ).rejects.toThrow(
      'Cannot describe step-up as no operation of the document is a route of the app',
    );
  });

  it('tells of operations that are no route of a controller, and leaves them', async () => {
    let described: OpenAPIObject | undefined;
    const started = await startApp({
      adapter: 'Express',
      controllers: [OtherController],
      configure: (app) => {
        const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
        document.paths['/metrics'] = { get: { responses: { 200: { description: 'Metrics' } } } };
        described = describeStepUp(app, document);
      },
    });
    await started.close();
    expect(started.lines.warn.join()).toContain('Cannot describe what GET /metrics of the OpenAPI');
    expect(described?.paths['/metrics']?.get).toEqual({
      responses: { 200: { description: 'Metrics' } },
    });
  });

  it('leaves routes out that the app leaves out', async () => {
    @Controller('hidden')
    class HiddenController {
      @Get()
      @ApiExcludeEndpoint()
      @RequireAcr('phr')
      hidden() {}
    }
    const { described, log } = await documented([HiddenController, OtherController]);
    expect(Object.keys(described.paths)).toEqual(['/health', '/me']);
    expect(log).toEqual([]);
  });

  it('says what each version demands where a header tells the version', async () => {
    @Controller('plans')
    class PlansController {
      @Get()
      @Version('1')
      first() {}

      @Get()
      @Version('2')
      @RequireAcr('phr')
      second() {}

      @Get('same')
      @Version(['1', VERSION_NEUTRAL])
      @MaxAge(60)
      same() {}
    }
    const result = await documented([PlansController], {
      configure: (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'v' }),
    });
    const plans = operation(result, 'get', '/plans');
    expect(plans.security).toEqual([{ bearer: [] }, {}]);
    expect(plans['x-step-up']).toEqual({ decidedPerRequest: true });
    expect(plans.responses['401'].description).toBe(
      'Version 1: No access token is needed.\n\n' +
        'Version 2: A valid access token is needed. Its user must have authenticated by phr (acr).',
    );
    const same = operation(result, 'get', '/plans/same');
    expect(same['x-step-up']).toEqual({ maxAge: 60 });
    expect(same.security).toEqual([{ bearer: [] }]);
  });

  it('says what each host demands', async () => {
    @Controller({ path: 'cards', host: ['admin.example', /^ops/] })
    @RequireAcr('phr')
    class AdminController {
      @Get()
      cards() {}
    }
    @Controller('cards')
    class CardsController {
      @Get()
      @Authenticated()
      cards() {}
    }
    const cards = operation(await documented([AdminController, CardsController]), 'get', '/cards');
    expect(cards.security).toEqual([{ bearer: [] }]);
    expect(cards['x-step-up']).toEqual({ decidedPerRequest: true });
    expect(cards.responses['401'].description).toBe(
      'Host admin.example or /^ops/: A valid access token is needed. Its user must have ' +
        'authenticated by phr (acr).\n\nOtherwise: A valid access token is needed.',
    );
  });

  it('describes the handler that runs where two have the same path', async () => {
    @Controller('twice')
    class TwiceController {
      @Get()
      @RequireAcr('phr')
      first() {}

      @Get()
      second() {}
    }
    const result = await documented([TwiceController]);
    expect(operation(result, 'get', '/twice')['x-step-up']).toEqual({ acrValues: ['phr'] });
  });

  describe('and what the app documents itself', () => {
    it('keeps its responses, and adds to them', async () => {
      @Controller('own')
      @RequireAcr('phr')
      class OwnController {
        @Get()
        @ApiResponse({ status: 200, description: 'Fine' })
        @ApiResponse({
          status: 400,
          description: 'The query is wrong',
          content: { 'application/json': { schema: { type: 'object' } } },
        })
        @ApiResponse({
          status: 401,
          description: 'Who are you?',
          headers: { 'www-authenticate': { schema: { type: 'string' } } },
        })
        own() {}
      }
      const result = await documented([OwnController]);
      const { responses } = operation(result, 'get', '/own');
      expect(responses['200'].description).toBe('Fine');
      expect(responses['400'].description).toMatch(
        /^The query is wrong\n\nThe access token is mal/,
      );
      expect(Object.keys(responses['400'].content)).toEqual([
        'application/problem+json',
        'application/json',
      ]);
      expect(responses['401'].description).toMatch(/^Who are you\?\n\nA valid access token/);
      expect(Object.keys(responses['401'].headers)).toEqual(['www-authenticate']);
    });

    it('keeps what a response refers to', async () => {
      @Controller('refers')
      @RequireAcr('phr')
      class RefersController {
        @Get()
        refers() {}
      }
      const started = await startApp({ adapter: 'Express', controllers: [RefersController] });
      const document = SwaggerModule.createDocument(started.app, new DocumentBuilder().build());
      const responses = document.paths['/refers']?.get?.responses ?? {};
      const shared = {
        Shared: { description: 'Shared' },
        Loop: { $ref: '#/components/responses/Loop' },
      };
      document.components = { ...document.components, responses: shared };
      responses['401'] = { $ref: '#/components/responses/Shared' };
      responses['400'] = { $ref: '#/components/responses/Loop' };
      responses['503'] = { $ref: 'https://elsewhere.example/responses.json#/503' };
      const described = describeStepUp(started.app, document);
      await started.close();
      const { responses: found } = operation({ described }, 'get', '/refers');
      expect(found['401'].description).toMatch(/^Shared\n\nA valid access token/);
      expect(found['400'].description).toMatch(/^The access token is malformed/);
      expect(found['503'].description).toMatch(/^The authorization server/);
      expect(described.components?.responses).toEqual(shared);
      expect(
        faultsOf({ ...described, components: { ...described.components, responses: {} } }),
      ).toEqual([]);
    });

    it('keeps its security scheme, by whatever name', async () => {
      @Controller('own')
      @RequireAcr('phr')
      class OwnController {
        @Get('oauth')
        @ApiSecurity('oauth', ['transfers'])
        oauth() {}

        @Get('bearer')
        @ApiBearerAuth('token')
        bearer() {}

        @Get('key')
        @ApiSecurity('key')
        key() {}

        @Get('none')
        none() {}
      }
      const result = await documented([OwnController], {
        builder: (builder) =>
          builder
            .addOAuth2({ type: 'oauth2', flows: {} }, 'oauth')
            .addBearerAuth({ type: 'http', scheme: 'Bearer', bearerFormat: 'JWT' }, 'token')
            .addApiKey({ type: 'apiKey', in: 'header', name: 'x-key' }, 'key'),
        describe: { securityScheme: 'token' },
      });
      const securityOf = (path: string) => operation(result, 'get', path).security;
      expect(securityOf('/own/oauth')).toEqual([{ oauth: ['transfers'] }]);
      expect(securityOf('/own/bearer')).toEqual([{ token: [] }]);
      // A key and a token: both are needed.
      expect(securityOf('/own/key')).toEqual([{ key: [], token: [] }]);
      expect(securityOf('/own/none')).toEqual([{ token: [] }]);
      expect(result.described.components?.securitySchemes).toEqual(
        result.document.components?.securitySchemes,
      );
    });

    it('demands a token also where the document demands something for all', async () => {
      const result = await documented([TransfersController, OtherController], {
        builder: (builder) =>
          builder
            .addApiKey({ type: 'apiKey', in: 'header', name: 'x-key' }, 'key')
            .addSecurityRequirements('key')
            .addSecurityRequirements({}),
      });
      expect(operation(result, 'get', '/transfers').security).toEqual([
        { key: [], bearer: [] },
        { bearer: [] },
      ]);
      expect(operation(result, 'get', '/health')).not.toHaveProperty('security');
    });

    it('is the same when it is described twice', async () => {
      const started = await startApp({ adapter: 'Express', controllers: [TransfersController] });
      const document = SwaggerModule.createDocument(started.app, new DocumentBuilder().build());
      const once = describeStepUp(started.app, document);
      expect(describeStepUp(started.app, once)).toEqual(once);
      await started.close();
    });
  });

  it('names DPoP where the verifier takes its tokens first', async () => {
    class DpopVerifier extends FakeTokenVerifier {
      override readonly schemes = ['DPoP'] as const;
    }
    const result = await documented([TransfersController], {
      options: { verifier: new DpopVerifier() },
    });
    expect(result.described.components?.securitySchemes).toEqual({
      bearer: { type: 'http', scheme: 'dpop' },
    });
    const { headers } = operation(result, 'get', '/transfers').responses['401'];
    expect(headers['WWW-Authenticate'].examples.missing_token.value).toMatch(/^DPoP /);
  });

  it('describes documents of OpenAPI 3.1 too', async () => {
    const { described } = await documented([TransfersController], {
      builder: (builder) => builder.setOpenAPIVersion('3.1.0'),
    });
    expect(described.openapi).toBe('3.1.0');
  });

  it('refuses a scheme of this name that is not for access tokens', async () => {
    await expect(
      documented([TransfersController], {
        builder: (builder) =>
          builder.addApiKey({ type: 'apiKey', in: 'query', name: 'k' }, 'bearer'),
      }),
    ).rejects.toThrow('the document\'s security scheme "bearer" is not for access tokens');
  });

  it.each([
    [{ securityScheme: '' }, "'securityScheme' must be the name of a component"],
    [{ securityScheme: 'a b' }, "'securityScheme' must be the name of a component"],
    [{ securityScheme: null }, "'securityScheme' must be the name of a component"],
    [{ ignoreGlobalPrefix: 'yes' }, "'ignoreGlobalPrefix' must be true or false"],
    [{ scheme: 'bearer' }, 'the options are securityScheme, ignoreGlobalPrefix'],
  ])('names the option that is wrong: %j', async (options, message) => {
    await expect(documented([TransfersController], { describe: options as never })).rejects.toThrow(
      `Cannot describe step-up as ${message}`,
    );
  });

  it('says that StepUpModule is missing', async () => {
    const module = await Test.createTestingModule({ controllers: [] }).compile();
    const app = module.createNestApplication();
    expect(() => describeStepUp(app, { paths: {} })).toThrow(
      'Cannot describe step-up as the app does not import StepUpModule',
    );
    await app.close();
  });
});
