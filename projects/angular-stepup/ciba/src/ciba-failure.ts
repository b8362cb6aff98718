/** Why a request to the API got no answer to go on with. */
export type CibaFailureReason =
  /** No answer, or none in time. */
  | 'unreachable'
  /** An answer that says no. */
  | 'refused'
  /** An answer that is not as `nest-stepup/ciba` answers. */
  | 'malformed';

/** What a {@link CibaFailure} carries besides its reason. */
export interface CibaFailureOptions {
  readonly cause?: unknown;
  readonly status?: number | undefined;
  /** The code of the refusal: a word, not to be shown. */
  readonly error?: string | undefined;
  /** When the API wants to be asked again, in seconds. */
  readonly retryAfterSeconds?: number | undefined;
}

/** A request to the API that failed. Apps see it as the `cause` of a `StepUpError` only. */
export class CibaFailure extends Error {
  // A literal, not `new.target.name`: bundlers rename classes.
  override readonly name = 'CibaFailure';
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly reason: CibaFailureReason,
    { cause, status, error, retryAfterSeconds }: CibaFailureOptions = {},
  ) {
    super(`Cannot use the answer of the API as it is ${reason}: current status is ${status}`, {
      cause,
    });
    this.status = status;
    this.error = error;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Whether the same request may get through later. */
  get isTransient(): boolean {
    if (this.reason !== 'refused') return this.reason === 'unreachable';
    const { status = 0, error = '' } = this;
    return (
      status >= 500 || status === 429 || ['authorization_pending', 'slow_down'].includes(error)
    );
  }
}

/** Whether it makes sense to send a request again that failed so. */
export function isTransient(error: unknown): error is CibaFailure {
  return error instanceof CibaFailure && error.isTransient;
}
