// The module, imported once
export { StepUpModule } from './step-up.module.js';
export { STEP_UP_OPTIONS } from './step-up.options.js';
export type { StepUpDecision, StepUpOptions } from './step-up.options.js';

// Decorators: what a controller or handler demands
export {
  Authenticated,
  MaxAge,
  RequireAcr,
  RequireStepUp,
  StepUpExempt,
} from './step-up.decorators.js';
export type { RequirementFunction } from './declarations.js';
export { CurrentAuthentication } from './current-authentication.js';

// Enforcement: what the decorators and the module apply by themselves
export { StepUpGuard } from './step-up.guard.js';
export { StepUpFilter } from './step-up.filter.js';

// Verifiers: an access token in, what it says about its user's authentication out
export { TokenVerifier } from './token-verifier.js';
export type { VerificationContext } from './token-verifier.js';
export type { AccessToken } from './access-token.js';
export type { AccessTokenType } from './access-token-type.js';
export { JwtTokenVerifier } from './jwt-token-verifier.js';
export type { JwtTokenVerifierOptions, JwtTokenVerifierProfile } from './jwt-token-verifier.js';
export type { SignedJwt } from './signed-jwt.js';
export type { JsonObject } from './json-object.js';
export type { VerificationKey } from './key-set.js';
export { SIGNATURE_ALGORITHMS } from './signature-algorithms.js';

// Refusals: thrown by the guard, by verifiers, and by an app's own code
export {
  AuthorizationServerUnreachableException,
  InsufficientUserAuthenticationException,
  InvalidRequestException,
  InvalidTokenException,
  MissingTokenException,
  StepUpException,
  StepUpFailedException,
} from './step-up.exceptions.js';
export type {
  ChallengeContext,
  InsufficientUserAuthenticationOptions,
  ProblemDetails,
} from './step-up.exceptions.js';

// Types of stepup-core that appear above
export type { AcrRanking, Authentication, AuthenticationRequirement } from 'stepup-core';
