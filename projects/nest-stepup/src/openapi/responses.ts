import {
  AuthorizationServerUnreachableException,
  InsufficientUserAuthenticationException,
  InvalidRequestException,
  InvalidTokenException,
  MissingTokenException,
  type AuthenticationRequirement,
  type ChallengeContext,
  type StepUpException,
} from 'nest-stepup';
import { serializeChallenge } from 'stepup-core';
import type { JsonObject } from '../json-object.js';

/** The schema of a refusal's body, by the name that the document has it under. */
export const PROBLEM_SCHEMA = 'StepUpProblem';

/** @see [RFC 9457 §3](https://www.rfc-editor.org/rfc/rfc9457#section-3) */
export function problemSchema(): JsonObject {
  return {
    type: 'object',
    description: 'Problem details (RFC 9457)',
    required: ['type', 'title', 'status', 'detail'],
    properties: {
      type: { type: 'string', format: 'uri-reference' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
    },
  };
}

/** A response that a guarded operation can have. */
export interface RefusalResponse {
  readonly description: string;
  readonly headers: JsonObject;
  readonly content: JsonObject;
}

/**
 * The refusals of a guarded operation, by status, with examples as the guard writes them.
 *
 * @param words What is demanded of the caller.
 * @param requirement What a challenge would name; none where each request decides.
 */
export function refusalResponses(
  words: string,
  requirement: AuthenticationRequirement | undefined,
  context: ChallengeContext,
): Readonly<Record<string, RefusalResponse>> {
  const unauthorized: Record<string, StepUpException> = {
    missing_token: new MissingTokenException(),
    invalid_token: new InvalidTokenException(),
  };
  if (requirement) {
    unauthorized.insufficient_user_authentication = new InsufficientUserAuthenticationException(
      requirement,
      { unmet: unmetOf(requirement) },
    );
  }
  const malformed = {
    invalid_request: new InvalidRequestException('The Authorization header is malformed'),
  };
  const outage = { unreachable: new AuthorizationServerUnreachableException() };
  return {
    400: {
      description: 'The access token is malformed, repeated, or presented in two ways.',
      headers: challengeHeader(malformed, context),
      content: problems(malformed),
    },
    401: {
      description: words,
      headers: challengeHeader(unauthorized, context),
      content: problems(unauthorized),
    },
    503: {
      description: 'The authorization server cannot be reached.',
      headers: {
        'Retry-After': {
          description: 'When to try again, in seconds',
          schema: { type: 'integer', minimum: 1 },
          example: outage.unreachable.retryAfterSeconds,
        },
      },
      content: problems(outage),
    },
  };
}

type Refusals = Readonly<Record<string, StepUpException>>;

function unmetOf({ acrValues, maxAge }: AuthenticationRequirement) {
  return [
    ...(acrValues ? [{ parameter: 'acr_values', reason: 'not_accepted' } as const] : []),
    ...(maxAge === undefined ? [] : [{ parameter: 'max_age', reason: 'too_old' } as const]),
  ];
}

function challengeHeader(refusals: Refusals, context: ChallengeContext): JsonObject {
  const examples = Object.entries(refusals).flatMap(([name, refusal]) => {
    const challenge = refusal.challenge(context);
    return challenge ? [[name, { value: serializeChallenge(challenge) }]] : [];
  });
  return {
    'WWW-Authenticate': {
      description: 'The challenge (RFC 6750 §3, RFC 9470 §3)',
      schema: { type: 'string' },
      examples: Object.fromEntries(examples),
    },
  };
}

function problems(refusals: Refusals): JsonObject {
  const examples = Object.entries(refusals).map(([name, refusal]) => [
    name,
    { value: { ...refusal.getResponse() } },
  ]);
  return {
    'application/problem+json': {
      schema: { $ref: `#/components/schemas/${PROBLEM_SCHEMA}` },
      examples: Object.fromEntries(examples),
    },
  };
}
