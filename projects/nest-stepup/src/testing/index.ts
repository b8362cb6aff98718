export { FakeTokenVerifier } from './fake-token-verifier.js';
export { overrideStepUp } from './override-step-up.js';
