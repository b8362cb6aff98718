import type { CustomFetch } from 'openid-client';
import { HttpTransport, type UpstreamAnswer } from './http-transport.js';
import { positive, UnreachableError } from './upstream-failure.js';

/** What counts whatever the status: servers differ in which they send with it. */
const CERTAIN_ERRORS: ReadonlySet<unknown> = new Set([
  'authorization_pending',
  'slow_down',
  'access_denied',
  'expired_token',
]);
/** Errors that pass. */
const PASSING_ERRORS: ReadonlySet<unknown> = new Set(['server_error', 'temporarily_unavailable']);

export interface UpstreamFetchOptions {
  /** For a whole answer. */
  readonly timeoutSeconds: number;
  /** In seconds since the Unix epoch. */
  readonly now: () => number;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Makes the function by which `openid-client` sends requests.
 *
 * It puts what servers answer into the one form that the library reads: success is 200, refusal is
 * 400, both with a JSON object. Anything else throws an `UnreachableError`.
 */
export function upstreamFetch({ timeoutSeconds, now }: UpstreamFetchOptions): CustomFetch {
  const transport = new HttpTransport(timeoutSeconds);
  return async (url, { method, headers, body }) => {
    const form = body instanceof URLSearchParams ? body : new URLSearchParams();
    const answer = await transport.send(url, { method, headers, body: form.toString() });
    // RFC 7009 §2.2: a token was revoked, and there is nothing to say about it.
    if ([200, 204].includes(answer.status) && form.has('token')) return new Response();
    return normalize(answer, method, now());
  };
}

function normalize(
  { status, header, text }: UpstreamAnswer,
  method: string,
  now: number,
): Response {
  const nonce = header('dpop-nonce');
  const isSuccess = status === 200 || status === 201;
  const retryAfter = readRetryAfter(header('retry-after'), now);
  const json = parseObject(text);
  const error = json?.error;
  // Metadata and keys are there or not: their absence is no refusal, whatever it is called.
  const isRefusable = method !== 'GET';

  if (isRefusable && typeof error === 'string' && error !== '' && !(isSuccess && isResult(json))) {
    const passes = status === 429 || status >= 500 || PASSING_ERRORS.has(error);
    if (!passes || CERTAIN_ERRORS.has(error)) return respond(400, text, { nonce, retryAfter });
  } else if (isSuccess && json) {
    return respond(200, JSON.stringify(withReadableInterval(json)), { nonce });
  } else if (isRefusable && status === 401) {
    const isNonce = header('www-authenticate')?.includes('use_dpop_nonce') === true;
    const code = isNonce ? 'use_dpop_nonce' : 'invalid_client';
    return respond(400, JSON.stringify({ error: code }), { nonce, retryAfter });
  }
  throw new UnreachableError(
    isSuccess ? 'its answer is not a JSON object' : `it answered with status ${status}`,
    { status, ...(retryAfter !== undefined && { retryAfterSeconds: retryAfter }) },
  );
}

function isResult(json: Json | undefined): boolean {
  return json?.access_token !== undefined || json?.auth_req_id !== undefined;
}

/** Some send text, or 0: the library would refuse the whole answer, and 5 is what none means. */
function withReadableInterval(json: Json): Json {
  if (json.interval === undefined || json.auth_req_id === undefined) return json;
  return { ...json, interval: positive(json.interval) };
}

function respond(
  status: number,
  text: string,
  { nonce, retryAfter }: { nonce: string | undefined; retryAfter?: number | undefined },
): Response {
  return new Response(text, {
    status,
    headers: {
      'content-type': 'application/json',
      ...(nonce !== undefined && { 'dpop-nonce': nonce }),
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    },
  });
}

/** @see [RFC 9110 §10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3) */
function readRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  // Nine digits are decades. What is longer could not be sent on as a header of our own.
  return positive(/^\d{1,9}$/.test(value) ? value : Math.ceil(Date.parse(value) / 1000 - now));
}

function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
