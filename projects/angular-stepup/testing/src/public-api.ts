export { provideStepUpTesting } from './provide-step-up-testing';
export { StepUpTestingController } from './step-up-testing-controller';
export { TestingStepUp } from './testing-step-up';
