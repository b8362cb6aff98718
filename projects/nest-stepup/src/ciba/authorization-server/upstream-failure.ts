import { ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { SigningError } from './jwt-signer.js';

/** The authorization server said nothing that can be understood: it may at the next try. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';

  /** @param message Follows "as"; it holds nothing that the server sent. */
  constructor(
    message: string,
    readonly answer: {
      readonly status?: number;
      readonly retryAfterSeconds?: number;
      /** Whether a setting is the likely cause: it may be mended, here or there, until the next try. */
      readonly isMisconfigured?: boolean;
    } = {},
  ) {
    super(message);
  }
}

/** This client, or the server, is set up in a way that cannot work. */
export class MisconfigurationError extends Error {
  override readonly name = 'MisconfigurationError';
}

/** The authorization server says yes, but what it sends does not hold. */
export class InvalidAnswerError extends Error {
  override readonly name = 'InvalidAnswerError';
}

/** Why there is no good answer from the authorization server. */
export type UpstreamFailure =
  /** It says no, by a code. The code and the description are untrusted. */
  | {
      readonly kind: 'refused';
      readonly error: string;
      readonly description: string | undefined;
      readonly retryAfterSeconds?: number;
      readonly intervalSeconds?: number;
    }
  | {
      readonly kind: 'unreachable';
      readonly reason: string;
      readonly status?: number;
      readonly retryAfterSeconds?: number;
      readonly isMisconfigured?: boolean;
    }
  | { readonly kind: 'misconfigured'; readonly reason: string }
  /** Nothing was sent. */
  | { readonly kind: 'unsigned'; readonly reason: string }
  /** It says yes, but what it sends does not hold. */
  | { readonly kind: 'invalid'; readonly reason: string };

/** Reads what `openid-client` throws. */
export function readFailure(error: unknown): UpstreamFailure {
  // What its hooks throw, the library wraps.
  const own = error instanceof ClientError ? error.cause : error;
  if (own instanceof UnreachableError) {
    return { kind: 'unreachable', reason: own.message, ...own.answer };
  }
  if (own instanceof MisconfigurationError) return { kind: 'misconfigured', reason: own.message };
  if (own instanceof InvalidAnswerError) return { kind: 'invalid', reason: own.message };
  if (own instanceof SigningError) return { kind: 'unsigned', reason: own.message };
  if (error instanceof ResponseBodyError) return readRefusal(error);
  if (error instanceof WWWAuthenticateChallengeError) {
    return { kind: 'refused', error: 'invalid_client', description: undefined };
  }
  const code = error instanceof ClientError ? error.code : undefined;
  return { kind: 'invalid', reason: REASONS[code ?? ''] ?? 'its answer does not hold' };
}

function readRefusal({
  error,
  error_description,
  cause,
  response,
}: ResponseBodyError): UpstreamFailure {
  const retryAfterSeconds = positive(response.headers.get('retry-after'));
  const intervalSeconds = positive(cause.interval);
  return {
    kind: 'refused',
    error,
    description: typeof error_description === 'string' ? error_description : undefined,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(intervalSeconds !== undefined && { intervalSeconds }),
  };
}

/** A number of seconds, in a number or in text; `undefined` when it is none, or not above zero. */
export function positive(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  OAUTH_INVALID_RESPONSE: 'a part of its answer is missing, ill-typed, or its signature is wrong',
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: 'its ID token is of another issuer or for another client',
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'its ID token has expired, or the clocks differ',
  OAUTH_KEY_SELECTION_FAILED: 'no key of its jwks_uri fits its ID token',
  OAUTH_PARSE_ERROR: 'its ID token cannot be read',
  OAUTH_HTTP_REQUEST_FORBIDDEN: 'one of its endpoints is not https',
  OAUTH_UNSUPPORTED_OPERATION: 'its ID token is not signed as it has to be',
};
