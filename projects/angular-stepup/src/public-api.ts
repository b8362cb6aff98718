// Providing
export { provideStepUp } from './provide-step-up';
export {
  STEP_UP_CLOCK,
  defineHandlerFeature,
  withAcrRanking,
  withApis,
  withChoice,
  withHandler,
} from './step-up-feature';
export type { StepUpFeature, StepUpFeatureKind, StepUpHandlerDefinition } from './step-up-feature';

// Answering
export { SKIP_STEP_UP, stepUpInterceptor } from './step-up-interceptor';
export { stepUpGuard } from './step-up-guard';
export { StepUp } from './step-up';
export type { SatisfyOptions, StepUpTransaction } from './step-up';

// Handlers
export { StepUpHandler } from './step-up-handler';
export type { StepUpContext, StepUpOutcome, StepUpProgress } from './step-up-handler';
// For the entries of this package: a handler that needs the token of another one.
export { StepUpHandlers as ɵStepUpHandlers } from './step-up-handlers';
export { StepUpReturns } from './step-up-returns';
export type { StepUpReturn } from './step-up-returns';

// Drafts
export { DraftStore, injectDraft } from './draft-store';
export type { Draft } from './draft-store';

// Errors
export { StepUpError, isStepUpError } from 'stepup-core';
export type { StepUpErrorCode, StepUpErrorOptions } from 'stepup-core';

// Types of stepup-core in the signatures above
export type {
  AcrRanking,
  Authentication,
  AuthenticationRequirement,
  StepUpChallenge,
  TransactionStatus,
} from 'stepup-core';
