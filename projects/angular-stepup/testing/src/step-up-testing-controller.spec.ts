import { TestBed } from '@angular/core/testing';
import {
  StepUp,
  StepUpHandler,
  type StepUpOutcome,
  defineHandlerFeature,
  withApis,
  withChoice,
} from 'angular-stepup';
import { StepUpTestingController, provideStepUpTesting } from 'angular-stepup/testing';
import { OKTA_ACR_RANKING } from 'stepup-core';

class RealHandler extends StepUpHandler {
  override readonly authentication = (() => undefined) as never;
  override accessToken(): undefined {
    return undefined;
  }
  override stepUp(): Promise<StepUpOutcome> {
    throw new Error('A test must not get here');
  }
}

const real = (name: string): ReturnType<typeof defineHandlerFeature> =>
  defineHandlerFeature({
    name,
    create: () => new RealHandler(),
    acrRanking: OKTA_ACR_RANKING,
  });

describe('provideStepUpTesting()', () => {
  it("stands in for the handlers of the app's features, and keeps their ranking", async () => {
    TestBed.configureTestingModule({
      providers: [
        provideStepUpTesting(
          withApis('/api'),
          real('one'),
          real('two'),
          withChoice(() => 'one'),
        ),
      ],
    });
    TestBed.inject(StepUpTestingController).signIn({ acr: 'phr' });

    await TestBed.inject(StepUp).satisfy({ acrValues: ['urn:okta:loa:2fa:any'] });
  });

  it('refuses what provideStepUp() refuses', () => {
    expect(() => provideStepUpTesting()).toThrow(
      expect.objectContaining({ code: 'ERR_STEPUP_CONFIGURATION' }),
    );
  });
});

describe('StepUpTestingController', () => {
  let stepUps: StepUpTestingController;
  let stepUp: StepUp;

  beforeEach(() => {
    TestBed.configureTestingModule({ providers: [provideStepUpTesting(withApis('/api'))] });
    stepUps = TestBed.inject(StepUpTestingController);
    stepUp = TestBed.inject(StepUp);
  });

  it('signs users in and out', () => {
    expect(stepUp.authentication()).toBeUndefined();
    stepUps.signIn({ subject: 'alice' });
    expect(stepUp.authentication()).toEqual({ subject: 'alice' });
    expect(stepUps.accessToken()).toBe('test-token-1');
    stepUps.signIn({ subject: 'alice' }, 'mine');
    expect(stepUps.accessToken()).toBe('mine');
    stepUps.signOut();
    expect([stepUp.authentication(), stepUps.accessToken()]).toEqual([undefined, undefined]);
  });

  it('tells which step-ups wait when a test expected others', async () => {
    stepUps.expectNone();
    expect(() => stepUps.expectOne()).toThrow('Expected one step-up, found none');

    const done = stepUp.satisfy({ acrValues: ['phr'] });
    expect(() => stepUps.expectNone()).toThrow('found {"acrValues":["phr"]}');
    expect(() => stepUps.expectOne({ maxAge: 1 })).toThrow(
      'Expected a step-up for {"maxAge":1}, found {"acrValues":["phr"]}',
    );
    await stepUps.expectOne({ acrValues: ['phr'] }).complete();
    await done;
    stepUps.expectNone();
  });

  it('authenticates the same user, just now, with the first acr value', async () => {
    stepUps.signIn({ subject: 'alice', acr: 'pwd', claims: { name: 'Alice' } });
    const done = stepUp.satisfy({ acrValues: ['a', 'b'], maxAge: 1 });
    await stepUps.expectOne().complete();
    await done;
    expect(stepUp.authentication()).toMatchObject({
      subject: 'alice',
      acr: 'a',
      claims: { name: 'Alice' },
    });
    expect(stepUps.accessToken()).toBe('test-token-2');
  });

  it.each([
    ['deny', 'ERR_STEPUP_DENIED'],
    ['cancel', 'ERR_STEPUP_CANCELLED'],
  ] as const)('lets the end-user %s', async (end, code) => {
    const rejection = expect(stepUp.satisfy({ maxAge: 1 })).rejects.toMatchObject({ code });
    await stepUps.expectOne()[end]();
    await rejection;
  });

  it('has told everyone when its promise resolves', async () => {
    let isDone = false;
    void stepUp.satisfy({ maxAge: 1 }).then(() => (isDone = true));
    await stepUps.expectOne().complete();
    expect(isDone).toBe(true);
  });
});
