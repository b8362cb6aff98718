import {
  effect,
  inject,
  makeEnvironmentProviders,
  provideAppInitializer,
  untracked,
} from '@angular/core';
import type { Routes } from '@angular/router';
import { withApis } from 'angular-stepup';
import { provideStepUpTesting, StepUpTestingController } from 'angular-stepup/testing';

export const routes: Routes = [];
export const providers = makeEnvironmentProviders([
  provideStepUpTesting(withApis('/api')),
  provideAppInitializer(() => {
    const stepUps = inject(StepUpTestingController);
    effect(() => {
      const [stepUp] = stepUps.pending();
      if (stepUp) untracked(() => void stepUp.complete(undefined, 'strong'));
    });
  }),
]);
