// Challenges: the codec of `WWW-Authenticate`
export { parseChallenges, serializeChallenge } from './challenge.js';
export type { Challenge } from './challenge.js';

// Step-up challenges: what a resource server demands
export {
  createStepUpChallenge,
  readRequirement,
  readStepUpChallenge,
} from './step-up-challenge.js';
export type { StepUpChallenge, StepUpChallengeOptions, StepUpScheme } from './step-up-challenge.js';

// Requirements: declared, combined, evaluated
export { combineRequirements, defineRequirement } from './requirement.js';
export type { AuthenticationRequirement } from './requirement.js';
export { authenticationFromClaims } from './authentication-from-claims.js';
export { evaluateRequirement } from './evaluate-requirement.js';
export type {
  Authentication,
  Evaluation,
  EvaluationOptions,
  UnmetRequirement,
} from './evaluate-requirement.js';

// Rankings: an explicit order among authentication context classes
export { defineAcrRanking, OKTA_ACR_RANKING } from './acr-ranking.js';
export type { AcrRanking } from './acr-ranking.js';

// Authorization requests: what a client asks the authorization server for
export { authorizationParameters } from './authorization-parameters.js';
export type { AuthorizationParameters } from './authorization-parameters.js';

// Transactions: one attempt to satisfy one requirement
export { advanceTransaction, startTransaction } from './step-up-transaction.js';
export type {
  StepUpTransaction,
  TransactionEvent,
  TransactionOutcome,
  TransactionStatus,
} from './step-up-transaction.js';

// Poll schedules: when a client that waits for an outcome asks for it
export { advancePolling, startPolling } from './poll-schedule.js';
export type { PollAnswer, PollingStart, PollSchedule } from './poll-schedule.js';

// Errors
export { ChallengeSyntaxError, isStepUpError, StepUpError } from './errors.js';
export type { StepUpErrorCode, StepUpErrorOptions } from './errors.js';
