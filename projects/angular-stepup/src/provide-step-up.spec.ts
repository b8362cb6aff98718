import { Injectable, Injector, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import {
  StepUp,
  StepUpHandler,
  type StepUpOutcome,
  defineHandlerFeature,
  provideStepUp,
  withAcrRanking,
  withApis,
  withChoice,
  withHandler,
} from 'angular-stepup';
import { defineAcrRanking } from 'stepup-core';

@Injectable()
class MyHandler extends StepUpHandler {
  readonly authentication = signal({ subject: 'alice', acr: 'gold' });
  accessToken(): string {
    return 'token';
  }
  stepUp(): Promise<StepUpOutcome> {
    return Promise.resolve('completed');
  }
}

@Injectable()
class OtherHandler extends MyHandler {}

const apis = withApis('/api');
const handler = withHandler(MyHandler);
const ranking = withAcrRanking(defineAcrRanking(['silver', 'gold']));
const configurationError = (message: RegExp): Error =>
  expect.objectContaining({
    code: 'ERR_STEPUP_CONFIGURATION',
    message: expect.stringMatching(message),
  });

describe('provideStepUp()', () => {
  it.each([
    ['nothing', [], /add withApis\(/],
    ['no API', [handler], /add withApis\(/],
    ['no handler', [apis], /add withOkta\(\) or withHandler\(\)/],
    ['APIs twice', [apis, apis, handler], /given twice/],
    ['two rankings', [apis, handler, ranking, ranking], /given twice/],
    ['one handler twice', [apis, handler, handler], /withChoice\(\) goes with two handlers/],
    [
      'two handlers without a choice',
      [apis, handler, withHandler(OtherHandler, 'other')],
      /withChoice\(\) goes with two handlers/,
    ],
    [
      'a choice of one handler',
      [apis, handler, withChoice(() => 'custom')],
      /withChoice\(\) goes with two handlers/,
    ],
    [
      'one name twice',
      [apis, handler, withHandler(OtherHandler), withChoice(String)],
      /have one name/,
    ],
    [
      'two choices',
      [apis, handler, withHandler(OtherHandler, 'o'), withChoice(String), withChoice(String)],
      /given twice/,
    ],
  ])('refuses %s', (_what, features, message) => {
    expect(() => provideStepUp(...features)).toThrow(configurationError(message));
  });

  it('tells an app without it which line to add', () => {
    expect(() => TestBed.inject(StepUp)).toThrow(/No provider .* provideStepUp\(\)/);
  });

  it('makes the handler once, not before it may be used', async () => {
    let made = 0;
    const feature = defineHandlerFeature({
      name: 'counted',
      create: () => {
        made += 1;
        return new MyHandler();
      },
    });
    TestBed.configureTestingModule({ providers: [provideStepUp(apis, feature)] });
    TestBed.inject(Injector);
    expect(made).toBe(0);
    const stepUp = TestBed.inject(StepUp);

    expect(stepUp.authentication()).toEqual({ subject: 'alice', acr: 'gold' });
    await stepUp.satisfy({ acrValues: ['gold'] });

    expect(made).toBe(1);
  });

  it('ranks acr values as the handler that brings a ranking, and as withAcrRanking() before it', async () => {
    const feature = defineHandlerFeature({
      name: 'ranked',
      create: () => new MyHandler(),
      acrRanking: defineAcrRanking(['gold', 'silver']),
    });
    TestBed.configureTestingModule({ providers: [provideStepUp(apis, feature)] });
    await expect(TestBed.inject(StepUp).satisfy({ acrValues: ['silver'] })).rejects.toMatchObject({
      code: 'ERR_STEPUP_UNMET',
    });

    TestBed.resetTestingModule();
    TestBed.configureTestingModule({ providers: [provideStepUp(apis, feature, ranking)] });
    await expect(
      TestBed.inject(StepUp).satisfy({ acrValues: ['silver'] }),
    ).resolves.toBeUndefined();
  });
});

function setUp(choose: () => string): StepUp {
  @Injectable()
  class Bob extends MyHandler {
    override readonly authentication = signal({ subject: 'alice', acr: 'silver' });
    override accessToken(): string {
      return 'other';
    }
    override stepUp(): Promise<StepUpOutcome> {
      this.authentication.set({ subject: 'alice', acr: 'platinum' });
      return Promise.resolve('completed');
    }
  }
  TestBed.configureTestingModule({
    providers: [provideStepUp(apis, handler, withHandler(Bob, 'other'), withChoice(choose))],
  });
  return TestBed.inject(StepUp);
}

describe('withChoice()', () => {
  it('has the named handler step up, and its tokens used from then on', async () => {
    const stepUp = setUp(() => 'other');
    expect(stepUp.authentication()?.acr).toBe('gold');

    const done = stepUp.satisfy({ acrValues: ['platinum'] });
    expect(stepUp.transaction()).toMatchObject({ handler: 'other', phase: 'prompting' });
    await done;

    expect(stepUp.authentication()?.acr).toBe('platinum');
  });

  it('is refused when it names no handler', async () => {
    await expect(setUp(() => 'nobody').satisfy({ acrValues: ['platinum'] })).rejects.toMatchObject({
      code: 'ERR_STEPUP_CONFIGURATION',
    });
  });
});
