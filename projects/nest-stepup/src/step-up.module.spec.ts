import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, type DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Authenticated, RequireAcr, StepUpModule, type StepUpOptions } from 'nest-stepup';
import { FakeTokenVerifier } from 'nest-stepup/testing';
import { LogLines } from './spec/start-app.js';

@Controller()
class AccountsController {
  @Get()
  @RequireAcr('gold')
  list() {
    return [];
  }
}

@Module({ controllers: [AccountsController] })
class AccountsModule {}

const SILENT = new LogLines().logger;

const boot = async (...imports: (DynamicModule | typeof AccountsModule)[]) => {
  const module = await Test.createTestingModule({ imports }).setLogger(SILENT).compile();
  await module.createNestApplication().init();
  await module.close();
};
/** Options as JavaScript may pass them. */
const optionsOf = (options: unknown): StepUpOptions => Object(options);

describe('StepUpModule', () => {
  const verifier = new FakeTokenVerifier();

  it('stops the boot with the line to write when a decorator is used without it', async () => {
    await expect(boot(AccountsModule)).rejects.toThrow(
      /resolve dependencies of the StepUpGuard .*"StepUpModule\.forRoot\(\{ verifier \}\)" at index \[0\] is available in the AccountsModule/,
    );
  });

  it('is global unless told otherwise', async () => {
    await expect(boot(StepUpModule.forRoot({ verifier }), AccountsModule)).resolves.toBeUndefined();
    await expect(
      boot(StepUpModule.forRoot({ verifier, isGlobal: false }), AccountsModule),
    ).rejects.toThrow('StepUpModule.forRoot({ verifier })');

    @Module({
      imports: [StepUpModule.forRoot({ verifier, isGlobal: false })],
      controllers: [AccountsController],
    })
    class OwnModule {}
    await expect(boot(StepUpModule.forRoot({ verifier }), OwnModule)).resolves.toBeUndefined();
  });

  it('takes its options from a factory, also an asynchronous one', async () => {
    const module = StepUpModule.forRootAsync({
      useFactory: async () => {
        await Promise.resolve();
        return { verifier };
      },
    });
    await expect(boot(module, AccountsModule)).resolves.toBeUndefined();
  });

  it('takes its options from a class with createStepUpOptions()', async () => {
    @Injectable()
    class Configuration {
      createStepUpOptions(): StepUpOptions {
        return { verifier };
      }
    }
    const module = StepUpModule.forRootAsync({ useClass: Configuration });
    await expect(boot(module, AccountsModule)).resolves.toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    ['no options', undefined, 'Cannot configure step-up as '],
    [
      'no verifier',
      {},
      "Cannot configure step-up as 'verifier' must be a TokenVerifier, as in " +
        'StepUpModule.forRoot({ verifier: joseTokenVerifier({ issuer, audience }) }): ' +
        'current value is undefined',
    ],
    [
      'a class as verifier',
      { verifier: FakeTokenVerifier },
      'a class or function: pass an instance',
    ],
    [
      'a promise as verifier',
      { verifier: Promise.resolve(verifier) },
      "'verifier' must be a Token",
    ],
    [
      'a misspelt option',
      { verifier, clockTolerance: 5 },
      'Cannot configure step-up as the options are verifier, realm, clockToleranceSeconds, ' +
        'acrRanking, resourceMetadata, now, onDecision: current value is "clockTolerance"',
    ],
    ['a negative tolerance', { verifier, clockToleranceSeconds: -1 }, 'current value is -1'],
    [
      'no number as tolerance',
      { verifier, clockToleranceSeconds: Number.NaN },
      'current value is NaN',
    ],
    ['a text as tolerance', { verifier, clockToleranceSeconds: '5s' }, 'current value is "5s"'],
    [
      'a list as ranking',
      { verifier, acrRanking: ['a', 'b'] },
      "'acrRanking' must be what defineAcr",
    ],
    ['a date as clock', { verifier, now: new Date(0) }, "'now' must be a function"],
    ['no function as observer', { verifier, onDecision: true }, "'onDecision' must be a function"],
    ['a realm with a line break', { verifier, realm: 'a\r\nb' }, "'realm' has characters"],
    ['a realm that is no text', { verifier, realm: 5 }, "'realm' must be a string"],
    ['metadata that is no URL', { verifier, resourceMetadata: 'api' }, "'resourceMetadata' has"],
  ])('stops the boot for %s', async (_, options, message) => {
    const wrong = StepUpModule.forRootAsync({ useFactory: () => optionsOf(options) });
    await expect(boot(wrong)).rejects.toThrow(message);
    expect(() => StepUpModule.forRoot(optionsOf(options))).toThrow(message);
  });

  it('says what is wrong with the options also where a decorator waits for them', async () => {
    const wrong = StepUpModule.forRootAsync({ useFactory: () => optionsOf({}) });
    await expect(boot(wrong, AccountsModule)).rejects.toThrow("'verifier' must be a TokenVerifier");
  });

  it('does not disturb an application context without HTTP', async () => {
    @Module({ imports: [StepUpModule.forRoot({ verifier }), AccountsModule] })
    class AppModule {}
    const module = await Test.createTestingModule({ imports: [AppModule] })
      .setLogger(SILENT)
      .compile();
    await expect(module.init()).resolves.toBeDefined();
    await module.close();
  });
});

describe('@Authenticated', () => {
  it('applies the guard by itself, on a class as on a handler', async () => {
    @Controller('plain')
    @Authenticated()
    class PlainController {
      @Get()
      list() {
        return [];
      }
    }
    @Module({ controllers: [PlainController] })
    class PlainModule {}
    await expect(boot(PlainModule)).rejects.toThrow('StepUpModule.forRoot({ verifier })');
  });
});
