import { HttpException } from '@nestjs/common';

/**
 * Why a request to the CIBA endpoints is refused: the codes of CIBA §11 and §13, RFC 6749 §5.2 and
 * RFC 8707 §2, and two of our own, `too_many_requests` and `not_found`.
 */
export type CibaErrorCode =
  | 'access_denied'
  | 'authorization_pending'
  | 'expired_login_hint_token'
  | 'expired_token'
  | 'invalid_binding_message'
  | 'invalid_grant'
  | 'invalid_request'
  | 'invalid_scope'
  | 'invalid_target'
  | 'not_found'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'too_many_requests'
  | 'transaction_failed'
  | 'unknown_user_id'
  | 'unmet_authentication_requirements'
  | 'unsupported_grant_type';

/** What a {@link CibaException} carries besides its code. */
export interface CibaExceptionOptions {
  /** @default what the code stands for: 400, 404, 409, 429, 500 or 503 */
  readonly status?: number;
  /** When to try again, in seconds: sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** For the API's log: never sent. */
  readonly cause?: unknown;
}

/**
 * A request to the CIBA endpoints that is refused, with a body as in RFC 6749 §5.2.
 *
 * @see [CIBA §11](https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#token_error_response)
 */
export class CibaException extends HttpException {
  override name = 'CibaException';
  readonly retryAfterSeconds: number | undefined;

  /** @param description For the developers of the client. It holds nothing secret and nothing untrusted. */
  constructor(
    readonly error: CibaErrorCode,
    readonly description: string,
    { status = STATUS[error] ?? 400, retryAfterSeconds, cause }: CibaExceptionOptions = {},
  ) {
    super({ error, error_description: description }, status, { cause });
    this.message = description;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const STATUS: Partial<Record<CibaErrorCode, number>> = {
  not_found: 404,
  too_many_requests: 429,
  server_error: 500,
  temporarily_unavailable: 503,
};
