import { type EnvironmentProviders, makeEnvironmentProviders } from '@angular/core';

import { stepUpError } from './step-up-error';
import {
  STEP_UP_CONFIG,
  type StepUpConfig,
  type StepUpFeature,
  type StepUpFeatureKind,
} from './step-up-feature';

/**
 * Makes step-up available to the app.
 *
 * @example
 * provideHttpClient(withInterceptors([stepUpInterceptor])),
 * provideStepUp(withApis('https://api.example.com'), withOkta(oktaAuth)),
 *
 * @throws {StepUpError} `ERR_STEPUP_CONFIGURATION` when APIs or a handler are missing, or features
 *   contradict each other. It is thrown in production builds too: an app that cannot step up must
 *   not start as if it could.
 */
export function provideStepUp(...features: readonly StepUpFeature[]): EnvironmentProviders {
  const [apis, ...otherApis] = valuesOf(features, 'apis');
  const [handler, ...otherHandlers] = valuesOf(features, 'handler');
  const [acrRanking, ...otherRankings] = valuesOf(features, 'acrRanking');
  const [choice, ...otherChoices] = valuesOf(features, 'choice');

  if (!apis) refuse('no API is named: add withApis()');
  if (!handler) refuse('nothing handles challenges: add withOkta() or withHandler()');
  if (otherApis.length + otherRankings.length + otherChoices.length > 0) {
    refuse('a feature is given twice: remove one');
  }
  if (otherHandlers.length > 0 !== !!choice) {
    refuse('withChoice() goes with two handlers');
  }
  const handlers = [handler, ...otherHandlers] as const;
  const config: StepUpConfig = {
    apis,
    handlers,
    acrRanking,
    choice: choice?.(handlers),
  };
  return makeEnvironmentProviders([
    { provide: STEP_UP_CONFIG, useValue: config },
    ...features.flatMap(({ ɵproviders }) => ɵproviders),
  ]);
}

function valuesOf<Kind extends StepUpFeatureKind>(
  features: readonly StepUpFeature[],
  kind: Kind,
): readonly StepUpFeature<Kind>['ɵvalue'][] {
  return features
    .filter((feature): feature is StepUpFeature<Kind> => feature.ɵkind === kind)
    .map(({ ɵvalue }) => ɵvalue);
}

function refuse(why: string): never {
  throw stepUpError('CONFIGURATION', why);
}
