import { type EnvironmentProviders, inject, makeEnvironmentProviders } from '@angular/core';
import { type StepUpFeature, defineHandlerFeature, provideStepUp } from 'angular-stepup';

import { FakeStepUpHandler } from './fake-step-up-handler';
import { StepUpTestingController } from './step-up-testing-controller';

/**
 * Stands in for `provideStepUp()` in tests: step-ups wait for the {@link StepUpTestingController}.
 *
 * @param features As for `provideStepUp()`. No handler is needed; the app's own, and a choice
 *   between them, are left out, and the ranking that one brings is kept.
 * @throws {StepUpError} `ERR_STEPUP_CONFIGURATION`, as `provideStepUp()`.
 */
export function provideStepUpTesting(...features: readonly StepUpFeature[]): EnvironmentProviders {
  const acrRanking = features.find(isHandler)?.ɵvalue.acrRanking;
  const kept = features.filter(({ ɵkind }) => ɵkind !== 'handler' && ɵkind !== 'choice');
  const handler = defineHandlerFeature({
    name: 'testing',
    create: () => inject(FakeStepUpHandler),
    ...(acrRanking && { acrRanking }),
  });
  return makeEnvironmentProviders([
    FakeStepUpHandler,
    StepUpTestingController,
    provideStepUp(...kept, handler),
  ]);
}

function isHandler(feature: StepUpFeature): feature is StepUpFeature<'handler'> {
  return feature.ɵkind === 'handler';
}
