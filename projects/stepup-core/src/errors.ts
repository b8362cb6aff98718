import type { Authentication } from './evaluate-requirement.js';
import type { AuthenticationRequirement } from './requirement.js';

/**
 * A `WWW-Authenticate` value that does not follow the grammar.
 *
 * @see [RFC 9110 §11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)
 */
export class ChallengeSyntaxError extends SyntaxError {
  // A literal, not `new.target.name`: bundlers rename classes.
  override readonly name = 'ChallengeSyntaxError';
  readonly code = 'ERR_CHALLENGE_SYNTAX';
  /** Where the fault is: characters from the start of the value, field lines joined by `", "`. */
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(`Cannot parse challenges as ${reason}: current offset is ${offset}`);
    this.offset = offset;
  }
}

/** Why a step-up could not be completed. */
export type StepUpErrorCode =
  | 'ERR_STEPUP_CONFIGURATION'
  | 'ERR_STEPUP_DENIED'
  | 'ERR_STEPUP_EXPIRED'
  | 'ERR_STEPUP_CANCELLED'
  | 'ERR_STEPUP_UNMET'
  | 'ERR_STEPUP_FAILED'
  | 'ERR_STEPUP_POPUP_BLOCKED';

/** What a {@link StepUpError} carries besides its code. */
export interface StepUpErrorOptions {
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** What was asked for. */
  readonly requirement?: AuthenticationRequirement | undefined;
  /** What came back instead. Not enumerable on the error, so that loggers leave it out. */
  readonly authentication?: Authentication | undefined;
  /** The refused response that started the step-up. Not enumerable on the error. */
  readonly response?: unknown;
}

/**
 * A step-up that could not be completed.
 *
 * Branch on {@link StepUpError.code}, never on the message.
 */
export class StepUpError extends Error {
  // A literal, not `new.target.name`: bundlers rename classes.
  override readonly name = 'StepUpError';
  readonly code: StepUpErrorCode;
  declare readonly requirement?: AuthenticationRequirement;
  declare readonly authentication?: Authentication;
  declare readonly response?: unknown;

  constructor(code: StepUpErrorCode, message: string, options: StepUpErrorOptions = {}) {
    super(message, options);
    this.code = code;
    if (options.requirement) this.requirement = options.requirement;
    // Not enumerable: they may hold what must not reach a log that prints the error.
    for (const secret of ['authentication', 'response'] as const) {
      if (options[secret]) Object.defineProperty(this, secret, { value: options[secret] });
    }
  }
}

/** Whether a value is a {@link StepUpError}, also when two copies of this package are loaded. */
export function isStepUpError(value: unknown): value is StepUpError {
  return value instanceof Error && 'code' in value && String(value.code).startsWith('ERR_STEPUP_');
}
