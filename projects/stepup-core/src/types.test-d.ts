import {
  type AuthenticationRequirement,
  authorizationParameters,
  type Challenge,
  createStepUpChallenge,
  defineAcrRanking,
  defineRequirement,
  type Evaluation,
  evaluateRequirement,
  isStepUpError,
  parseChallenges,
  readStepUpChallenge,
  StepUpError,
  type UnmetRequirement,
} from 'stepup-core';

declare const evaluation: Evaluation;
declare const challenge: Challenge;
declare const requirement: AuthenticationRequirement;
declare const error: unknown;

// Headers come as a text, as lines, or not at all.
declare const headers: { get(name: string): string | null };
readStepUpChallenge(headers.get('WWW-Authenticate'));
readStepUpChallenge(undefined);
parseChallenges(['Bearer', 'Basic'] as const);
// @ts-expect-error a number is not a header
readStepUpChallenge(401);

// Lists that nobody may change are welcome, and so are literals.
const accepted = ['phr', 'phrh'] as const;
defineRequirement({ acrValues: accepted });
defineAcrRanking(['a', accepted]);
// @ts-expect-error seconds are a number
defineRequirement({ maxAge: '5m' });
// @ts-expect-error several values are a list
defineRequirement({ acrValues: 'phr' });
// @ts-expect-error a misspelt field
defineRequirement({ maxage: 5 });
// @ts-expect-error no field may be changed
requirement.maxAge = 5;
// @ts-expect-error no list may be changed
requirement.acrValues?.push('phr');
// @ts-expect-error no parameter may be changed
challenge.params['realm'] = 'a';

// Only the schemes that carry an error code.
createStepUpChallenge({ maxAge: 5 }, { scheme: 'DPoP' });
// @ts-expect-error Basic has no error code
createStepUpChallenge({ maxAge: 5 }, { scheme: 'Basic' });

// The time is never taken from a clock of our own.
// @ts-expect-error now is missing
evaluateRequirement({ maxAge: 5 }, {}, {});

// An evaluation that is not satisfied names what is unmet; one that is names nothing.
if (!evaluation.satisfied) void (evaluation.unmet[0] satisfies UnmetRequirement);
if (evaluation.satisfied) void (evaluation.unmet satisfies readonly []);
// @ts-expect-error an acr value is never too old
void ({ parameter: 'acr_values', reason: 'too_old' } satisfies UnmetRequirement);

// The guard narrows, and the code can be switched over.
if (isStepUpError(error)) void (error satisfies StepUpError);
// @ts-expect-error not one of the codes
void new StepUpError('ERR_STEPUP_OTHER', 'Cannot step up');

// The parameters are texts, as URLSearchParams takes them.
void (Object.entries(authorizationParameters({ maxAge: 5 })) satisfies [string, string][]);
