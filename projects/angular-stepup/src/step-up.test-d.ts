import type { HttpInterceptorFn } from '@angular/common/http';
import type { CanActivateChildFn, CanActivateFn, CanMatchFn } from '@angular/router';
import {
  type Draft,
  type StepUp,
  type StepUpError,
  type StepUpFeature,
  injectDraft,
  provideStepUp,
  stepUpGuard,
  stepUpInterceptor,
  withApis,
  withHandler,
} from 'angular-stepup';

export const guards: [CanActivateFn, CanActivateChildFn, CanMatchFn] = [
  stepUpGuard,
  stepUpGuard,
  stepUpGuard,
];
export const interceptor: HttpInterceptorFn = stepUpInterceptor;
export const feature: StepUpFeature = withApis('/api');

// @ts-expect-error A handler is a StepUpHandler.
withHandler(Date);

// @ts-expect-error Features only, no options.
provideStepUp({ apis: ['/api'] });

// @ts-expect-error Durations are numbers of seconds.
export const wrong = (stepUp: StepUp): Promise<void> => stepUp.satisfy({ maxAge: '5m' });

export function draftIsTyped(): number {
  const draft: Draft<{ amount: number }> = injectDraft('transfer', () => ({ amount: 1 }));
  // @ts-expect-error There is a value only when the form was interrupted.
  const amount: number = draft.value.amount;
  return draft.interrupted ? draft.value.amount : amount;
}

export function codesAreKnown({ code }: StepUpError): boolean {
  // @ts-expect-error There is no such code.
  return code === 'ERR_STEPUP_TYPO';
}
