import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { StepUpModule } from 'nest-stepup';
import {
  BackchannelAuthentication,
  BrowserBinding,
  CibaModule,
  DeviceIdentity,
  MemoryTransactionStore,
  QrSessions,
  StoreUnreachableError,
  clientSecretBasic,
  keycloakProfile,
  oktaProfile,
  type CibaOptions,
} from 'nest-stepup/ciba';
import { FakeTokenVerifier } from 'nest-stepup/testing';
import { startCibaApp, type StartedCibaApp } from '../spec/ciba/ciba-app.js';
import { ADAPTERS, LogLines } from '../spec/start-app.js';

const OPTIONS: CibaOptions = {
  issuer: 'https://as.example.com',
  clientId: 'bank-api',
  clientAuthentication: clientSecretBasic('a-client-secret'),
  publicUrl: 'https://api.example.com',
};
const stepUp = () => StepUpModule.forRoot({ verifier: new FakeTokenVerifier() });

const later = (options: CibaOptions) =>
  CibaModule.forRootAsync({
    useFactory: async () => {
      await Promise.resolve();
      return options;
    },
    path: 'login',
  });

async function boot(
  imports: readonly (DynamicModule | (new () => object))[],
  lines = new LogLines(),
) {
  const module = await Test.createTestingModule({ imports: [...imports] })
    .setLogger(lines.logger)
    .compile();
  const app = module.createNestApplication();
  await app.init();
  await app.close();
  return lines;
}

const warningsOf = async (options: Partial<CibaOptions>) =>
  (await boot([stepUp(), CibaModule.forRoot({ ...OPTIONS, ...options })])).warn;

describe('CibaModule', () => {
  it('says which module is missing', async () => {
    await expect(boot([CibaModule.forRoot(OPTIONS)])).rejects.toThrow(
      'StepUpModule.forRoot({ verifier })',
    );
  });

  it('refuses to be there twice, with two paths for the same routes', async () => {
    const [one, other] = [
      CibaModule.forRoot(OPTIONS),
      CibaModule.forRoot({ ...OPTIONS, path: 'b' }),
    ];
    await expect(boot([stepUp(), one, other])).rejects.toThrow('CibaModule is imported twice');
    @Module({ imports: [one] })
    class FeatureModule {}
    await expect(boot([stepUp(), one, FeatureModule])).resolves.toBeDefined();
  });

  it('takes its options from a factory, also an asynchronous one, and checks them at boot', async () => {
    const lines = await boot([stepUp(), later(OPTIONS)]);
    expect(lines.log.join('\n')).toContain('POST    /login/step-up');
    await expect(boot([stepUp(), later({ ...OPTIONS, clientId: '' })])).rejects.toThrow(
      "'clientId' must not be empty",
    );
  });

  it('takes its options from a class with createCibaOptions()', async () => {
    @Injectable()
    class Configuration {
      createCibaOptions(): CibaOptions {
        return OPTIONS;
      }
    }
    const module = CibaModule.forRootAsync({ useClass: Configuration });
    await expect(boot([stepUp(), module])).resolves.toBeDefined();
  });

  it('refuses wrong options where they are written', () => {
    expect(() => CibaModule.forRoot({ ...OPTIONS, clientId: '' })).toThrow(RangeError);
    expect(() => CibaModule.forRoot({ ...OPTIONS, path: 'a b' })).toThrow("'path' must be");
    expect(() => CibaModule.forRoot({ ...OPTIONS, signedRequests: true })).not.toThrow();
  });

  it('refuses at boot what the client of the authorization server cannot do', async () => {
    const module = CibaModule.forRoot({ ...OPTIONS, signedRequests: true });
    await expect(boot([stepUp(), module])).rejects.toThrow("'signedRequests' must be a key");
  });

  it('gives its services to the modules that import it, and to all when it is global', async () => {
    @Injectable()
    class Service {
      constructor(
        readonly authentication: BackchannelAuthentication,
        readonly browsers: BrowserBinding,
        readonly devices: DeviceIdentity,
        readonly sessions: QrSessions,
      ) {}
    }
    @Module({ providers: [Service] })
    class FeatureModule {}
    await expect(
      boot([stepUp(), CibaModule.forRoot({ ...OPTIONS, isGlobal: true }), FeatureModule]),
    ).resolves.toBeDefined();
    await expect(boot([stepUp(), CibaModule.forRoot(OPTIONS), FeatureModule])).rejects.toThrow(
      /resolve dependencies of the Service/,
    );
  });

  it('warns of what an app has given up, and of nothing else', async () => {
    expect((await boot([stepUp(), CibaModule.forRoot(OPTIONS)])).warn).toStrictEqual([]);
    const { warn } = await boot([
      stepUp(),
      CibaModule.forRoot({
        ...OPTIONS,
        profile: keycloakProfile(),
        signIn: { loginHintKinds: ['login_hint'] },
        compatibility: { unboundTransactions: true, reusableQrSessions: true, qrRoute: true },
      }),
    ]);
    expect(warn).toStrictEqual([
      'compatibility.unboundTransactions of CibaModule is on: whoever knows an authRequestId gets ' +
        'its tokens, also the phone and whoever reads a log',
      'compatibility.reusableQrSessions of CibaModule is on: a QR code can be claimed again after ' +
        'it was used',
      'compatibility.qrRoute of CibaModule is on: GET qr makes a session for whoever follows a ' +
        'link to it',
      expect.stringContaining('says when tokens were fetched, not when the user authenticated'),
      'Keycloak knows users by another name than the sub of their tokens: a step-up asks for users ' +
        "that it does not know, unless 'hint' of CibaModule tells their names",
      expect.stringContaining('whoever knows the name of a user can make their phone ask'),
    ]);
  });

  it('warns of no hint only where a server does not know users by their sub', async () => {
    expect(await warningsOf({ profile: oktaProfile() })).toStrictEqual([
      expect.stringContaining("unless 'hint' of CibaModule"),
    ]);
    const hint = { hint: () => ({ login_hint: 'alice' }) };
    expect(await warningsOf({ profile: oktaProfile(), ...hint })).toStrictEqual([]);
    const profile = oktaProfile({ namesUsersByLogin: false });
    expect(await warningsOf({ profile })).toStrictEqual([]);
  });

  it.each([
    ['https://api.example.com/auth', 1],
    ['https://api.example.com/api/auth/', 1],
    ['https://auth', 0],
    ['https://api.example.com/api', 0],
    ['https://api.example.com/oauth', 0],
  ])('warns of the public URL %s %d times', async (publicUrl, times) => {
    const { warn } = await boot([stepUp(), CibaModule.forRoot({ ...OPTIONS, publicUrl })]);
    expect(warn).toHaveLength(times);
    for (const line of warn) {
      expect(line).toBe(
        "publicUrl of CibaModule ends with the module's path: phones and browsers are sent to " +
          `${publicUrl.replace(/\/$/, '')}/auth. Leave the path out of publicUrl if that is not meant`,
      );
    }
  });

  it('warns of no public URL where the path is empty', async () => {
    const { warn } = await boot([stepUp(), CibaModule.forRoot({ ...OPTIONS, path: '' })]);
    expect(warn).toStrictEqual([]);
  });

  it('closes its store when the app closes', async () => {
    const store = new MemoryTransactionStore();
    const close = jest.spyOn(store, 'close');
    await boot([stepUp(), CibaModule.forRoot({ ...OPTIONS, store })]);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('puts nothing in the way of the app’s own routes', async () => {
    const module = await Test.createTestingModule({
      imports: [stepUp(), CibaModule.forRoot(OPTIONS)],
    })
      .setLogger(new LogLines().logger)
      .compile();
    const app = module.createNestApplication();
    await app.init();
    expect(app.get(ApplicationConfig).getGlobalInterceptors()).toStrictEqual([]);
    await app.close();
  });
});

describe.each(ADAPTERS)('the routes of CibaModule on %s', (adapter) => {
  let app: StartedCibaApp;
  afterEach(() => app.close());

  it('are below its path, and behind the prefix of the app', async () => {
    app = await startCibaApp({
      adapter,
      ciba: { path: 'bank/login', publicUrl: 'https://example.com/api' },
      configure: (nest) => void nest.setGlobalPrefix('api'),
    });
    const { status, body } = await app.browser().post('/api/bank/login/qr');
    expect(status).toBe(201);
    expect(body).toMatchObject({ cbUrl: 'https://example.com/api/bank/login/oidc/bc-authorize' });
    expect((await app.browser().post('/auth/qr')).status).toBe(404);
  });

  it.each([
    ['no exposed headers', undefined, 'Retry-After'],
    ['other exposed headers', ['X-Total', 'Link'], 'X-Total, Link, Retry-After'],
    ['the header itself', ['retry-after'], 'Retry-After'],
  ])('let scripts of other origins read when to come back, beside %s', async (_, names, header) => {
    const store = new MemoryTransactionStore();
    jest.spyOn(store, 'create').mockRejectedValue(new StoreUnreachableError('down'));
    app = await startCibaApp({
      adapter,
      ciba: { store },
      configure: (nest) =>
        nest.enableCors({
          origin: 'https://app.example.com',
          ...(names && { exposedHeaders: names }),
        }),
    });
    const { status, headers } = await app.browser().post('/auth/qr');
    expect([status, headers.get('retry-after')]).toStrictEqual([503, '5']);
    expect(headers.get('access-control-expose-headers')).toBe(header);
  });

  it('use a cookie without TLS on a loopback address only', async () => {
    app = await startCibaApp({ adapter, ciba: { publicUrl: 'http://localhost:3000' } });
    const { headers } = await app.browser().post('/auth/qr');
    expect(headers.get('set-cookie')).toMatch(
      /^stepup=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });

  it('let a page of an allowed origin send its cookie and its secret', async () => {
    const origin = 'https://app.example.com';
    app = await startCibaApp({
      adapter,
      configure: (nest) => nest.enableCors({ origin, credentials: true }),
    });
    const preflight = await app.browser().send('OPTIONS', '/auth/qr', undefined, {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'step-up-binding, content-type',
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('step-up-binding');
    for (const answer of [
      await app.browser().post('/auth/qr', {}, { origin }),
      await app.browser().post('/auth/oidc/token', {}, { origin }),
    ]) {
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    }
  });
});
