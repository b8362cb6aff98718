import { describe, expect, it } from '@jest/globals';
import {
  All,
  Controller,
  Get,
  Injectable,
  Module,
  Post,
  RequestMethod,
  UseGuards,
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
