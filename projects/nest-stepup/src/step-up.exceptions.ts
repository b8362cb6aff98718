import { HttpException } from '@nestjs/common';
import {
  createStepUpChallenge,
  defineRequirement,
  type AuthenticationRequirement,
  type Challenge,
  type UnmetRequirement,
} from 'stepup-core';
import type { AccessToken } from './access-token.js';

/**
 * The body of a refusal.
 *
 * @see [RFC 9457 §3](https://www.rfc-editor.org/rfc/rfc9457#section-3)
 */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

/** What every challenge of an API says, whatever the refusal. */
export interface ChallengeContext {
  readonly scheme: AccessToken['scheme'];
  readonly realm: string;
  readonly resourceMetadata?: string;
}

/** A refusal that may be thrown anywhere in an app: its header is written wherever it passes. */
export abstract class StepUpException extends HttpException {
  constructor(
    private readonly problem: ProblemDetails,
    options?: { readonly cause?: unknown },
  ) {
    super(problem, problem.status, options);
    this.message = problem.detail;
  }

  /** When a client may try again, in seconds. */
  readonly retryAfterSeconds?: number;

  override getResponse(): ProblemDetails {
    return this.problem;
  }

  /** The challenge for this refusal, or `undefined` when a new token would be of no help. */
  abstract challenge(context: ChallengeContext): Challenge | undefined;
}

/** No access token came with the request: answered with 401 and no error code. */
export class MissingTokenException extends StepUpException {
  override name = 'MissingTokenException';

  constructor() {
    super({
      type: 'https://www.rfc-editor.org/rfc/rfc6750#section-3',
      title: 'Access token required',
      status: 401,
      detail: 'The request has no access token in its Authorization header',
    });
  }

  // RFC 6750 §3.1: a request without credentials is told nothing about errors.
  override challenge(context: ChallengeContext): Challenge {
    return challengeOf(context, {});
  }
}

/** The credentials are malformed, repeated, or sent in two ways: 400 and `invalid_request`. */
export class InvalidRequestException extends StepUpException {
  override name = 'InvalidRequestException';
  private readonly description: string;

  /** @param description As that of {@link InvalidTokenException}. */
  constructor(description: string) {
    const sent = DESCRIPTION.test(description) ? description : 'The request is malformed';
    super({
      type: 'https://www.rfc-editor.org/rfc/rfc6750#section-3.1',
      title: 'Invalid request',
      status: 400,
      detail: sent,
    });
    this.description = sent;
  }

  override challenge(context: ChallengeContext): Challenge {
    return challengeOf(context, {
      error: 'invalid_request',
      error_description: this.description,
    });
  }
}

/**
 * The access token is refused: answered with 401 and `invalid_token`.
 *
 * @see [RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)
 */
export class InvalidTokenException extends StepUpException {
  override name = 'InvalidTokenException';
  private readonly description: string;

  /**
   * @param description Why, for the developers of the client. It is sent to the caller, so it says
   *   nothing that came with the token. A text with characters that RFC 6750 §3 forbids there
   *   (anything but printable ASCII, `"` and `\`) is replaced by a general one.
   */
  constructor(
    description: string = 'The access token is invalid',
    options?: { readonly cause?: unknown },
  ) {
    const sent = DESCRIPTION.test(description) ? description : 'The access token is invalid';
    super(
      {
        type: 'https://www.rfc-editor.org/rfc/rfc6750#section-3.1',
        title: 'Invalid access token',
        status: 401,
        detail: sent,
      },
      options,
    );
    this.description = sent;
  }

  override challenge(context: ChallengeContext): Challenge {
    return challengeOf(context, { error: 'invalid_token', error_description: this.description });
  }
}

/** Options of {@link InsufficientUserAuthenticationException}. */
export interface InsufficientUserAuthenticationOptions {
  /** What the evaluation found: it becomes the description. */
  readonly unmet?: readonly UnmetRequirement[];
  /** Why, for the developers of the client: printable ASCII without `"` and `\`. */
  readonly errorDescription?: string;
  /** Scopes that the token lacks too. */
  readonly scope?: readonly string[];
  readonly cause?: unknown;
}

/**
 * The user must authenticate more strongly or again: answered with 401, and a challenge that says
 * how. The guard throws it; so may any handler, service, pipe or interceptor.
 *
 * @example
 * if (amount > balance / 2) throw new InsufficientUserAuthenticationException({ maxAge: 60 });
 *
 * @see [RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)
 */
export class InsufficientUserAuthenticationException extends StepUpException {
  override name = 'InsufficientUserAuthenticationException';
  readonly requirement: AuthenticationRequirement;
  /** What the evaluation found: empty when there was none. */
  readonly unmet: readonly UnmetRequirement[];
  private readonly errorDescription: string;
  private readonly scope: readonly string[] | undefined;

  /**
   * @throws {TypeError | RangeError} When the requirement is not valid, as `defineRequirement()` of
   *   stepup-core, or an option is not what the header may carry.
   */
  constructor(
    requirement: AuthenticationRequirement,
    options: InsufficientUserAuthenticationOptions = {},
  ) {
    const { unmet = [], errorDescription = describeUnmet(unmet), scope, cause } = options;
    super(
      {
        type: 'https://www.rfc-editor.org/rfc/rfc9470#section-3',
        title: 'Insufficient user authentication',
        status: 401,
        detail: errorDescription,
      },
      { cause },
    );
    this.requirement = defineRequirement(requirement);
    this.unmet = unmet;
    this.errorDescription = errorDescription;
    this.scope = scope;
    // An option that the header cannot carry is reported where it was written.
    this.challenge({ scheme: 'Bearer', realm: '' });
  }

  override challenge(context: ChallengeContext): Challenge {
    return createStepUpChallenge(this.requirement, {
      ...context,
      errorDescription: this.errorDescription,
      ...(this.scope && { scope: this.scope }),
    });
  }
}

/**
 * The token cannot be judged, as the authorization server does not answer: 503 with `Retry-After`.
 *
 * There is no challenge in it: an outage must not sign users out.
 */
export class AuthorizationServerUnreachableException extends StepUpException {
  override name = 'AuthorizationServerUnreachableException';
  override readonly retryAfterSeconds: number;

  constructor(options: { readonly retryAfterSeconds?: number; readonly cause?: unknown } = {}) {
    const { retryAfterSeconds = DEFAULT_RETRY_AFTER_SECONDS, cause } = options;
    super(
      {
        type: 'about:blank',
        title: 'Service Unavailable',
        status: 503,
        detail: 'The access token cannot be verified at the moment',
      },
      { cause },
    );
    this.retryAfterSeconds = Number.isFinite(retryAfterSeconds)
      ? Math.max(1, Math.ceil(retryAfterSeconds))
      : DEFAULT_RETRY_AFTER_SECONDS;
  }

  override challenge(): undefined {
    return undefined;
  }
}

/** Something that this package relies on failed: answered with 500, without its text. */
export class StepUpFailedException extends StepUpException {
  override name = 'StepUpFailedException';

  constructor(options?: { readonly cause?: unknown }) {
    super(
      {
        type: 'about:blank',
        title: 'Internal Server Error',
        status: 500,
        detail: 'The access token could not be judged',
      },
      options,
    );
  }

  override challenge(): undefined {
    return undefined;
  }
}

const DEFAULT_RETRY_AFTER_SECONDS = 5;

// RFC 6750 §3: what error_description may have.
const DESCRIPTION = /^[\x20\x21\x23-\x5B\x5D-\x7E]{1,200}$/;

function challengeOf(
  { scheme, realm, resourceMetadata }: ChallengeContext,
  error: Readonly<Record<string, string>>,
): Challenge {
  return {
    scheme: scheme.toLowerCase(),
    params: {
      realm,
      ...error,
      ...(resourceMetadata !== undefined && { resource_metadata: resourceMetadata }),
    },
  };
}

const UNMET: Readonly<Record<string, string>> = {
  'acr_values missing': 'The access token does not say how the user authenticated',
  'acr_values not_accepted': 'A different authentication level is required',
  'max_age missing': 'The access token does not say when the user authenticated',
  'max_age too_old': 'More recent authentication is required',
  'max_age in_the_future': 'The access token says that the user will authenticate in the future',
};

function describeUnmet(unmet: readonly UnmetRequirement[]): string {
  const reasons = unmet.map(({ parameter, reason }) => UNMET[`${parameter} ${reason}`]);
  return reasons.length > 0
    ? reasons.join('. ')
    : 'A different or more recent authentication is required';
}
