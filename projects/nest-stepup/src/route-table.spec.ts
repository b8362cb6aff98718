import { describe, expect, it } from '@jest/globals';
import {
  All,
  Controller,
  Get,
  Injectable,
  Module,
  Post,
  RequestMethod,
  Scope,
  SetMetadata,
  UseGuards,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
  type Type,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import {
  Authenticated,
  MaxAge,
  RequireAcr,
  RequireStepUp,
  StepUpExempt,
  StepUpGuard,
} from 'nest-stepup';
import { defineAcrRanking } from 'stepup-core';
import { startApp, type AppUnderTest } from './spec/start-app.js';

const start = (under: Omit<AppUnderTest, 'adapter'>) => startApp({ adapter: 'Express', ...under });
const bootWith = async (...controllers: Type[]) => (await start({ controllers })).close();

/** Wraps a handler, and forgets to take its metadata along. */
const Logged: MethodDecorator = (_target, _key, descriptor: PropertyDescriptor) => {
  const inner: () => unknown = descriptor.value;
  descriptor.value = () => inner();
};

type ClassWrapper = <T extends new () => object>(type: T) => T;

// What class decorators of other libraries put in the place of a class.
const InProxy: ClassWrapper = (type) => new Proxy(type, {});
const InFunction = ((type: new () => object) => {
  const wrapper = () => new type();
  return Object.assign(
    function () {
      return wrapper();
    },
    { prototype: type.prototype },
  );
}) as never as ClassWrapper;
const InOtherClass = ((type: new () => object) =>
  class OtherClass {
    readonly name = 'other';

    constructor() {
      return new type() as never;
    }
  }) as never as ClassWrapper;
const InSubclass = ((type: new () => object) => class extends type {}) as never as ClassWrapper;

const REPLACED = 'Cannot enforce the step-up decorators on the class';

describe('the route table', () => {
  it('shows each route and what is in force there', async () => {
    @Controller(['transfers', 'payments'])
    @RequireAcr('phr', 'phrh')
    class TransfersController {
      @Get()
      list() {}

      @Post(':id')
      @MaxAge(300)
      @RequireStepUp(() => undefined)
      create() {}

      @Get('help')
      @StepUpExempt()
      help() {}

      notARoute() {}
    }

    @Controller()
    class HealthController {
      @All('health')
      health() {}

      @Get('me')
      @Authenticated()
      me() {}
    }

    @Module({ controllers: [HealthController] })
    class HealthModule {}

    const started = await start({
      controllers: [TransfersController],
      module: {
        imports: [HealthModule, RouterModule.register([{ path: 'status', module: HealthModule }])],
      },
      configure: (app) =>
        app.setGlobalPrefix('v1', {
          exclude: [{ path: 'status/me', method: RequestMethod.GET }],
        }),
    });
    await started.close();

    expect(started.lines.log).toContain(
      [
        'Routes, and what they demand of the caller:',
        '  GET   /v1/transfers       acr phr or phrh                                      TransfersController.list',
        '  GET   /v1/payments        acr phr or phrh                                      TransfersController.list',
        '  POST  /v1/transfers/:id   acr phr or phrh, max age 300 s, decided per request  TransfersController.create',
        '  POST  /v1/payments/:id    acr phr or phrh, max age 300 s, decided per request  TransfersController.create',
        '  GET   /v1/transfers/help  exempt from its class: a valid token                 TransfersController.help',
        '  GET   /v1/payments/help   exempt from its class: a valid token                 TransfersController.help',
        '  ALL   /v1/status/health   open                                                 HealthController.health',
        '  GET   /status/me          a valid token                                        HealthController.me',
      ].join('\n'),
    );
  });

  it('shows the host that a route is for', async () => {
    @Controller({ path: 'cards', host: 'admin.example', version: '2' })
    @RequireAcr('phr')
    class AdminController {
      @Get()
      cards() {}
    }
    const started = await start({
      controllers: [AdminController],
      configure: (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'v' }),
    });
    await started.close();
    expect(started.lines.log.join()).toContain(
      '  GET  /cards (host admin.example, version 2)  acr phr  AdminController.cards',
    );
  });

  it.each<[VersioningType, readonly string[]]>([
    [
      VersioningType.URI,
      [
        '  GET  /api/v1/transfers          acr gold       TransfersController.list',
        '  GET  /api/v2/transfers/details  a valid token  TransfersController.details',
        '  GET  /api/v3/transfers/details  a valid token  TransfersController.details',
        '  GET  /api/transfers/help        open           TransfersController.help',
      ],
    ],
    [
      VersioningType.CUSTOM,
      [
        '  GET  /api/transfers (version 1)          acr gold       TransfersController.list',
        '  GET  /api/transfers/details (version 2)  a valid token  TransfersController.details',
        '  GET  /api/transfers/details (version 3)  a valid token  TransfersController.details',
        '  GET  /api/transfers/help                 open           TransfersController.help',
      ],
    ],
  ])('shows the versions of a route (versioning of type %i)', async (type, rows) => {
    @Controller({ path: 'transfers', version: '1' })
    class TransfersController {
      @Get()
      @RequireAcr('gold')
      list() {}

      @Get('details')
      @Version(['2', '3'])
      @Authenticated()
      details() {}

      @Get('help')
      @Version(VERSION_NEUTRAL)
      help() {}
    }

    const started = await start({
      controllers: [TransfersController],
      configure: (app) => {
        app.setGlobalPrefix('api');
        app.enableVersioning({ type, extractor: () => '1', header: 'v', key: 'v=' });
      },
    });
    await started.close();
    expect(started.lines.log).toContain(
      ['Routes, and what they demand of the caller:', ...rows].join('\n'),
    );
  });

  it('is not shown by an app without routes', async () => {
    const started = await start({});
    await started.close();
    expect(started.lines.log.join('\n')).not.toContain('what they demand');
  });

  it('stops the boot when class and handler leave no acr value, and says how to mend it', async () => {
    @Controller()
    @RequireAcr('silver')
    class AuditController {
      @Get()
      @RequireAcr('gold')
      list() {}
    }

    await expect(bootWith(AuditController)).rejects.toThrow(
      'Cannot enforce what AuditController.list and its class demand together',
    );
    await expect(bootWith(AuditController)).rejects.toThrow(
      'Name an acr value on both that satisfies both, order the values with acrRanking in ' +
        'StepUpModule.forRoot(), or put @StepUpExempt() on the handler',
    );
    const ranked = await start({
      controllers: [AuditController],
      options: { acrRanking: defineAcrRanking(['silver', 'gold']) },
    });
    await ranked.close();
    expect(ranked.lines.log.join('\n')).toMatch(/GET {2}\/ {2}acr gold {2}AuditController\.list/);
  });

  it('stops the boot for a decorator on a service', async () => {
    @Injectable()
    class Ledger {
      @MaxAge(5)
      book() {}
    }
    @Injectable()
    @RequireAcr('gold')
    class Vault {}

    await expect(start({ module: { providers: [Ledger] } })).rejects.toThrow(
      'Cannot enforce @MaxAge on Ledger.book as it is not an HTTP route of a controller: ' +
        'throw an InsufficientUserAuthenticationException there instead',
    );
    await expect(start({ module: { providers: [Vault] } })).rejects.toThrow(
      'Cannot enforce @RequireAcr on Vault as it is not an HTTP route of a controller',
    );
  });

  it.each([
    ['a value', (ledger: object) => ({ provide: 'ledger', useValue: ledger })],
    ['a factory', (ledger: object) => ({ provide: 'ledger', useFactory: () => ledger })],
    [
      'an asynchronous factory',
      (ledger: object) => ({ provide: 'ledger', useFactory: () => Promise.resolve(ledger) }),
    ],
  ])('stops the boot for a decorator on a service that is %s', async (_name, provide) => {
    class Ledger {
      @MaxAge(5)
      book() {}
    }
    const providers = [provide(new Ledger())];
    await expect(start({ module: { providers } })).rejects.toThrow(
      'Cannot enforce @MaxAge on Ledger.book as it is not an HTTP route of a controller',
    );
  });

  it.each([null, undefined, 1, 'text', {}, [], new Map(), Object.create(null), () => 1])(
    'takes any other value for a provider: %p',
    async (value) => {
      const providers = [{ provide: 'value', useValue: value }];
      await (await start({ module: { providers } })).close();
    },
  );

  describe('stops the boot when a class is no longer the one that was decorated', () => {
    it.each([
      ['a proxy', InProxy],
      ['a function', InFunction],
      ['an object of another class', InOtherClass],
    ])('as %s took its place', async (_name, Wrapped) => {
      @Controller()
      @Wrapped
      @RequireAcr('gold')
      class AccountsController {
        @Get()
        list() {}
      }
      await expect(bootWith(AccountsController)).rejects.toThrow(REPLACED);

      @Wrapped
      @RequireAcr('gold')
      class BaseController {
        @Get()
        list() {}
      }
      @Controller()
      class DerivedController extends BaseController {}
      await expect(bootWith(DerivedController)).rejects.toThrow(REPLACED);
    });

    it.each([
      ['a proxy', InProxy],
      ['a function', InFunction],
      ['an object of another class', InOtherClass],
    ])('as %s was decorated in its place', async (_name, Wrapped) => {
      @Controller()
      @RequireAcr('gold')
      @Wrapped
      class AccountsController {
        @Get()
        list() {}
      }
      await expect(bootWith(AccountsController)).rejects.toThrow(REPLACED);
    });

    it.each([
      ['a proxy', InProxy],
      ['a function', InFunction],
      ['a subclass', InSubclass],
    ])('and not where its handlers are decorated and it is in %s', async (_name, Wrapped) => {
      @Controller('accounts')
      @Wrapped
      class AccountsController {
        @Get()
        @RequireAcr('gold')
        list() {}

        @Get('open')
        open() {}
      }
      const started = await start({ controllers: [AccountsController] });
      expect((await started.send('/accounts')).status).toBe(401);
      expect((await started.send('/accounts/open')).status).toBe(200);
      expect(started.lines.log.join()).toMatch(
        /GET +\/accounts +acr gold[^]*GET +\/accounts\/open +open/,
      );
      await started.close();
    });

    it('as it makes an object of another class, whose handlers are decorated', async () => {
      @Controller()
      @InOtherClass
      class AccountsController {
        @Get()
        @RequireAcr('gold')
        list() {}
      }
      await expect(bootWith(AccountsController)).rejects.toThrow(
        'Cannot enforce the step-up decorators on OtherClass.list as Nest did not see ' +
          'them when it looked for guards',
      );
    });

    it('as a mixin brought a constructor of its own along', async () => {
      class Mixin {
        @Get('mixed')
        mixed() {}
      }
      @Controller()
      @RequireAcr('gold')
      class AccountsController {}
      // As the TypeScript handbook has it.
      const members = Object.getOwnPropertyDescriptors(Mixin.prototype);
      Object.defineProperties(AccountsController.prototype, members);
      await expect(bootWith(AccountsController)).rejects.toThrow(REPLACED);
    });

    it.each([Scope.DEFAULT, Scope.REQUEST, Scope.TRANSIENT])(
      'and not for its scope: %i',
      async (scope) => {
        @Controller({ path: 'accounts', scope })
        @RequireAcr('gold')
        class AccountsController {
          @Get()
          list() {}
        }
        const started = await start({ controllers: [AccountsController] });
        expect((await started.send('/accounts')).status).toBe(401);
        await started.close();
      },
    );

    it('and not where a subclass took its place, which is guarded as it was', async () => {
      @Controller('accounts')
      @InSubclass
      @RequireAcr('gold')
      class AccountsController {
        @Get()
        list() {}
      }
      const started = await start({ controllers: [AccountsController] });
      expect((await started.send('/accounts')).status).toBe(401);
      await started.close();
    });
  });

  it('stops the boot for a decorator that was applied when Nest had looked for guards', async () => {
    @Controller()
    class AccountsController {
      @Get()
      list() {}
    }
    @Injectable()
    class Latecomer {
      constructor() {
        const { prototype } = AccountsController;
        const list = Object.getOwnPropertyDescriptor(prototype, 'list');
        if (list) Authenticated()(prototype, 'list', list);
      }
    }
    await expect(
      start({ controllers: [AccountsController], module: { providers: [Latecomer] } }),
    ).rejects.toThrow(
      'Cannot enforce the step-up decorators on AccountsController.list as Nest did not see them',
    );
  });

  it('stops the boot for a decorator on a method that is not a route', async () => {
    @Controller()
    class AccountsController {
      @Authenticated()
      list() {}
    }

    await expect(bootWith(AccountsController)).rejects.toThrow(
      'Cannot enforce @Authenticated on AccountsController.list as it is not an HTTP route',
    );
  });

  it('stops the boot when another decorator put an undecorated function in the place', async () => {
    @Controller()
    class AccountsController {
      @Get()
      @Logged
      @RequireAcr('gold')
      list() {}
    }

    await expect(bootWith(AccountsController)).rejects.toThrow(
      'Cannot enforce the step-up decorators on AccountsController.list as a decorator above ' +
        'them put another function in its place: move the step-up decorators above that one',
    );
  });

  it('stops the boot when another decorator took the guard away', async () => {
    @Controller()
    class AccountsController {
      @Get()
      @SetMetadata('__guards__', [])
      @RequireAcr('gold')
      list() {}
    }

    await expect(bootWith(AccountsController)).rejects.toThrow(
      'Cannot enforce the step-up decorators on AccountsController.list as another decorator took ' +
        'their guard away',
    );
  });

  it('stops the boot when a constructor binds a decorated method, which Nest then leaves open', async () => {
    @Controller()
    class AccountsController {
      constructor() {
        this.list = this.list.bind(this);
      }

      @Get()
      @RequireAcr('gold')
      list() {}
    }

    await expect(bootWith(AccountsController)).rejects.toThrow(
      'Cannot enforce the step-up decorators on AccountsController.list as the controller has ' +
        'another function in its place, on which no guard runs',
    );
  });

  it('stops the boot when an override leaves open what its base class demanded', async () => {
    abstract class BaseController {
      @Get()
      @RequireAcr('gold')
      list() {}
    }
    class MiddleController extends BaseController {}
    @Controller()
    class AccountsController extends MiddleController {
      @Get()
      override list() {}
    }

    await expect(bootWith(AccountsController)).rejects.toThrow(
      'Cannot leave AccountsController.list open as the method that it overrides has step-up ' +
        'decorators: put what it demands, or @Authenticated(), on it',
    );
  });

  it('takes an override at its own word', async () => {
    abstract class BaseController {
      @Get()
      @RequireAcr('gold')
      list() {}

      @Get('all')
      @RequireAcr('gold')
      listAll() {}
    }
    @Controller('own')
    class OwnController extends BaseController {
      @Get()
      @Authenticated()
      override list() {}

      override listAll() {}
    }
    @Controller('classwide')
    @RequireAcr('silver')
    class ClasswideController extends BaseController {
      @Get()
      override list() {}

      override listAll() {}
    }

    const started = await start({ controllers: [OwnController, ClasswideController] });
    await started.close();
    expect(started.lines.log).toContain(
      [
        'Routes, and what they demand of the caller:',
        '  GET  /own        a valid token  OwnController.list',
        '  GET  /classwide  acr silver     ClasswideController.list',
      ].join('\n'),
    );
  });

  it('stops the boot where the guard is named without a requirement', async () => {
    @Controller()
    class AccountsController {
      @Get()
      @UseGuards(StepUpGuard)
      list() {}
    }

    await expect(bootWith(AccountsController)).rejects.toThrow(
      'Cannot guard AccountsController.list as it names StepUpGuard but not what it demands',
    );
  });
});
