import { CibaException, type CibaErrorCode } from '../ciba.exception.js';
import type { RedemptionOutcome, RevocationOutcome } from './backchannel-client.js';
import type { ErrorReader } from './provider-profile.js';
import type { UpstreamFailure } from './upstream-failure.js';

/** When to try again, where the server does not say. */
const RETRY_AFTER_SECONDS = 5;

/** Errors of the server's that mean the same to whoever asks this API, and how they read there. */
const DESCRIPTIONS: ReadonlyMap<string, string> = new Map<CibaErrorCode, string>([
  ['access_denied', 'The user, or the authorization server, denied the request'],
  ['expired_login_hint_token', 'The login hint token has expired'],
  ['expired_token', 'Nobody approved the request in time'],
  ['invalid_binding_message', 'The authorization server does not take the binding message'],
  ['invalid_grant', 'What was to be exchanged for tokens is not valid, or not any more'],
  ['invalid_request', 'The authorization server does not take the request'],
  ['invalid_scope', 'The authorization server does not grant the scope'],
  ['invalid_target', 'The authorization server does not know the resource'],
  ['transaction_failed', 'The authorization server could not carry out the request'],
  ['unknown_user_id', 'The authorization server does not know the user'],
  ['unmet_authentication_requirements', 'The user cannot authenticate as it is required'],
] satisfies readonly (readonly [CibaErrorCode, string])[]);

const FAILED = 'The authorization server and this API do not understand each other';
const UNREACHABLE = 'The authorization server cannot be reached';

/** What a failed token request for an `auth_req_id` means for the transaction. */
export function readOutcome(
  failure: UpstreamFailure,
  readTokenError: ErrorReader,
): Exclude<RedemptionOutcome, { readonly outcome: 'approved' }> {
  // A wrong setting may be mended while the user still looks at the phone.
  if (failure.kind === 'unreachable') return { outcome: 'unreachable', ...delaysOf(failure) };
  if (failure.kind === 'misconfigured' || failure.kind === 'unsigned') {
    return { outcome: 'unreachable' };
  }
  if (failure.kind === 'invalid') return failed('server_error', FAILED);
  if (failure.error === 'authorization_pending') {
    return { outcome: 'pending', ...delaysOf(failure) };
  }
  if (failure.error === 'slow_down') return { outcome: 'slow_down', ...delaysOf(failure) };
  const { error, description } = translate(failure, readTokenError);
  if (error === 'access_denied') return { outcome: 'denied', error, description };
  if (error === 'expired_token') return { outcome: 'expired', error, description };
  return failed(error, description);
}

/** What a failed request to revoke a token means for the token. */
export function readRevocation(
  failure: UpstreamFailure,
): Exclude<RevocationOutcome, { readonly outcome: 'revoked' }> {
  if (failure.kind === 'unreachable') {
    const { retryAfterSeconds } = failure;
    return {
      outcome: 'unreachable',
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    };
  }
  // A wrong setting may be mended; a refusal is of this token, unless it is of this client.
  const isOfToken = failure.kind === 'refused' && failure.error !== 'invalid_client';
  return { outcome: isOfToken ? 'refused' : 'unreachable' };
}

/** What a failed request is for the one who asked this API for it. */
export function readException(failure: UpstreamFailure, readError: ErrorReader): CibaException {
  if (failure.kind === 'unreachable') {
    const { status, retryAfterSeconds = RETRY_AFTER_SECONDS } = failure;
    return status === 429
      ? new CibaException('too_many_requests', 'The authorization server is asked too often', {
          retryAfterSeconds,
        })
      : new CibaException('temporarily_unavailable', UNREACHABLE, { retryAfterSeconds });
  }
  if (failure.kind === 'refused') {
    const { error, description } = translate(failure, readError);
    return new CibaException(error, description);
  }
  return failure.kind === 'unsigned'
    ? new CibaException('temporarily_unavailable', 'The signer of this API does not work', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      })
    : new CibaException('server_error', FAILED);
}

/** A line of the log. */
export interface Explanation {
  readonly message: string;
  /** Whether a setting is to be changed, here or at the server: it does not pass by itself. */
  readonly isMisconfigured: boolean;
}

/**
 * What whoever runs this API has to know; `undefined` for what happens to users.
 *
 * Where a setting can be behind a refusal it is named, also when the caller may have chosen what was
 * refused: the server does not say which.
 */
export function explain(
  failure: UpstreamFailure,
  doing: string,
  readError: ErrorReader,
): Explanation | undefined {
  const cannot = `Cannot ${doing} as`;
  const { kind } = failure;
  if (kind === 'unsigned') {
    return { message: `${cannot} ${failure.reason}`, isMisconfigured: false };
  }
  if (kind === 'unreachable') {
    const { reason, isMisconfigured = false } = failure;
    const message = `${cannot} the authorization server cannot be reached: ${reason}`;
    return { message, isMisconfigured };
  }
  if (kind === 'misconfigured' || kind === 'invalid') {
    const message = `${cannot} the authorization server cannot be used: ${failure.reason}`;
    return { message, isMisconfigured: kind === 'misconfigured' };
  }
  const { error } = failure;
  if (readError(failure) !== undefined || WAITING.has(error)) return undefined;
  const advice = ADVICE.get(error);
  if (advice === undefined && DESCRIPTIONS.has(error)) return undefined;
  // Of an unknown one, what cannot be a secret.
  const code = /^[a-z][a-z_]{1,40}$/.test(error) ? error : 'an error that has no name';
  const message =
    `${cannot} the authorization server refuses with ${code}` +
    (advice === undefined ? '' : `: ${advice}`);
  return { message, isMisconfigured: advice !== undefined };
}

const WAITING: ReadonlySet<string> = new Set(['authorization_pending', 'slow_down']);

/** A map, as an error that is named as a member of every object has none. */
const ADVICE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    invalid_client:
      "compare 'clientId' and 'clientAuthentication' with how the client is registered",
    unauthorized_client:
      'register the client with the grant type urn:openid:params:grant-type:ciba, and with the delivery mode of this API',
    unsupported_grant_type: 'enable CIBA at the authorization server',
    invalid_request:
      "compare 'profile', 'deliveryMode', 'signedRequests' and 'dpop' with how the client is registered " +
      '(its grant types; for ping, its backchannel_client_notification_endpoint), ' +
      "and 'hint' with what the server knows its users by",
    invalid_scope: "let the client ask for the 'scope' of this API",
    invalid_target: "let the client ask for the 'resource' of this API",
    invalid_binding_message:
      "have 'bindingMessage' make others, or set 'profile' to that of the server",
    missing_user_code: 'register the client without backchannel_user_code_parameter',
    invalid_user_code: 'register the client without backchannel_user_code_parameter',
    invalid_dpop_proof: "set 'dpop', and see that the clocks agree",
  }),
);

function translate(
  { error, description }: UpstreamFailure & { readonly kind: 'refused' },
  readError: ErrorReader,
): { readonly error: CibaErrorCode; readonly description: string } {
  const code: string = readError({ error, description }) ?? error;
  const text = DESCRIPTIONS.get(code);
  return text !== undefined && isCibaErrorCode(code)
    ? { error: code, description: text }
    : { error: 'server_error', description: FAILED };
}

function isCibaErrorCode(code: string): code is CibaErrorCode {
  return DESCRIPTIONS.has(code);
}

function failed(error: CibaErrorCode, description: string) {
  return { outcome: 'failed', error, description } as const;
}

function delaysOf(failure: { retryAfterSeconds?: number; intervalSeconds?: number }) {
  const { retryAfterSeconds, intervalSeconds } = failure;
  return {
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(intervalSeconds !== undefined && { intervalSeconds }),
  };
}
