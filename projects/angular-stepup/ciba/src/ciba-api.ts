import { Injectable, inject } from '@angular/core';
import type { AuthenticationRequirement } from 'stepup-core';

import { ApiHints } from './api-hints';
import { BrowserBinding } from './browser-binding';
import {
  type QrSession,
  type QrState,
  type StartedTransaction,
  type TokenAnswer,
  type TransactionState,
  isFields,
  readCode,
  readQrSession,
  readQrState,
  readStartedTransaction,
  readTokens,
  readTransactionState,
} from './ciba-answers';
import { CibaFailure } from './ciba-failure';

declare const ngDevMode: unknown;

interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly accessToken?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
  readonly keepalive?: boolean;
}

const TIMEOUT_SECONDS = 10;
/** The API asks the authorization server before it answers. */
const START_TIMEOUT_SECONDS = 20;
/** In UTF-16 code units, as the API counts. */
const MAX_REASON_LENGTH = 200;

/** Beside the requirement, what a step-up is started with. */
export interface StepUpStart {
  readonly accessToken: string;
  /** What the other device is to show. */
  readonly reason: string | undefined;
}

/**
 * The endpoints of `nest-stepup/ciba`.
 *
 * By `fetch`, not HttpClient: the step-up interceptor would attach tokens to these requests, and
 * answer their refusals by yet another step-up.
 *
 * @throws {CibaFailure} From every method, for every answer but the right one.
 */
@Injectable({ providedIn: 'root' })
export class CibaApi {
  readonly #binding = inject(BrowserBinding);
  readonly #hints = typeof ngDevMode === 'undefined' || ngDevMode ? inject(ApiHints) : undefined;

  async startStepUp(
    { acrValues, maxAge }: AuthenticationRequirement,
    { accessToken, reason }: StepUpStart,
  ): Promise<StartedTransaction> {
    const bindingChallenge = await this.#binding.challenge();
    const body = { acrValues, maxAge, reason: reason ? cut(reason) : undefined, bindingChallenge };
    const request = { path: 'step-up', body, accessToken };
    return this.#send(request, readStartedTransaction, START_TIMEOUT_SECONDS);
  }

  transaction(transactionId: string, signal: AbortSignal): Promise<TransactionState> {
    return this.#send({ path: `transactions/${transactionId}`, signal }, readTransactionState);
  }

  /** Opens the transaction's event stream; it has no time limit. */
  transactionEvents(transactionId: string, signal: AbortSignal): Promise<Response> {
    return this.#open(`transactions/${transactionId}/events`, signal);
  }

  /** Gives a transaction up, also while the page is being closed. What comes of it is not known. */
  cancelTransaction(transactionId: string): void {
    this.#dispatch({ method: 'DELETE', path: `transactions/${transactionId}` });
  }

  /**
   * Has the tokens of an approved transaction handed over; it works once. Nothing aborts it: who
   * does not want the tokens any more has to {@link revoke} them.
   */
  redeem(transactionId: string): Promise<TokenAnswer> {
    const grant = { grant_type: 'urn:openid:params:grant-type:ciba', authRequestId: transactionId };
    return this.#send({ path: 'oidc/token', body: grant }, readTokens);
  }

  refresh(refreshToken: string): Promise<TokenAnswer> {
    const grant = { grant_type: 'refresh_token', refresh_token: refreshToken };
    return this.#send({ path: 'oidc/token', body: grant }, readTokens);
  }

  /**
   * Has tokens revoked that are of no more use, also while the page is being closed. What comes of
   * it is not known.
   *
   * @see [RFC 7009 §2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1)
   */
  revoke({ accessToken, refreshToken }: Pick<TokenAnswer, 'accessToken' | 'refreshToken'>): void {
    // One of them is enough: with a refresh token its whole grant ends.
    this.#dispatch({ path: 'oidc/revoke', body: { token: refreshToken ?? accessToken } });
  }

  async startQr(): Promise<QrSession> {
    const bindingChallenge = await this.#binding.challenge();
    return this.#send({ path: 'qr', body: { bindingChallenge } }, readQrSession);
  }

  qr(sessionId: string, signal: AbortSignal): Promise<QrState> {
    return this.#send({ path: `qr/${sessionId}`, signal }, readQrState);
  }

  qrEvents(sessionId: string, signal: AbortSignal): Promise<Response> {
    return this.#open(`qr/${sessionId}/events`, signal);
  }

  cancelQr(sessionId: string): void {
    this.#dispatch({ method: 'DELETE', path: `qr/${sessionId}` });
  }

  async #send<Answer>(
    request: ApiRequest,
    read: (value: unknown) => Answer,
    timeoutSeconds = TIMEOUT_SECONDS,
  ): Promise<Answer> {
    const abort = new AbortController();
    const end = (): void => abort.abort();
    const timer = setTimeout(end, timeoutSeconds * 1000);
    request.signal?.addEventListener('abort', end);
    try {
      const response = await this.#fetch({ ...request, signal: abort.signal });
      return read(await jsonOf(response));
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', end);
    }
  }

  async #open(path: string, signal: AbortSignal): Promise<Response> {
    const response = await this.#fetch({ path, accept: 'text/event-stream', signal });
    const type = response.headers.get('Content-Type') ?? '';
    if (!type.startsWith('text/event-stream')) throw new CibaFailure('malformed');
    return response;
  }

  /** Sends what nobody waits for, and what may outlive the page. */
  #dispatch(request: ApiRequest): void {
    this.#fetch({ ...request, keepalive: true }).catch(() => {
      // What it is about expires by itself when the API does not hear of it.
    });
  }

  #fetch(request: ApiRequest): Promise<Response> {
    const response = this.#exchange(request);
    if (typeof ngDevMode === 'undefined' || ngDevMode) {
      const { method = request.body ? 'POST' : 'GET', path } = request;
      void this.#hints?.watch(method, path, response);
    }
    return response;
  }

  async #exchange({ path, body, accessToken, accept, signal, ...request }: ApiRequest) {
    const secret = this.#binding.secret();
    let response: Response;
    try {
      response = await fetch(`${this.#binding.baseUrl}/${path}`, {
        method: body ? 'POST' : 'GET',
        ...request,
        headers: {
          Accept: accept ?? 'application/json',
          ...(body && { 'Content-Type': 'application/json' }),
          ...(accessToken !== undefined && { Authorization: `Bearer ${accessToken}` }),
          // What starts something says the fingerprint instead.
          ...(secret !== undefined && !hasChallenge(body) && { 'Step-Up-Binding': secret }),
        },
        ...(body && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
        credentials: this.#binding.credentials,
        cache: 'no-store',
        // The secret and the tokens are for this API, not for where it might send the browser.
        redirect: 'error',
      });
    } catch (cause) {
      throw new CibaFailure('unreachable', { cause });
    }
    if (!response.ok) throw await refusalOf(response);
    return response;
  }
}

function hasChallenge(body: ApiRequest['body']): boolean {
  return body?.['bindingChallenge'] !== undefined;
}

function cut(reason: string): string {
  // Not through the middle of a character: half of one is none.
  return reason.slice(0, MAX_REASON_LENGTH).replace(/[\uD800-\uDBFF]$/, '');
}

async function jsonOf(response: Response): Promise<unknown> {
  let text: string;
  try {
    text = await response.text();
  } catch (cause) {
    throw new CibaFailure('unreachable', { cause });
  }
  try {
    return JSON.parse(text);
  } catch {
    // Not the cause: a parser's message quotes the text, and that may hold tokens.
    throw new CibaFailure('malformed', { status: response.status });
  }
}

async function refusalOf(response: Response): Promise<CibaFailure> {
  const body = await jsonOf(response).catch(() => undefined);
  const error = isFields(body) ? readCode(body['error']) : undefined;
  const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return new CibaFailure('refused', {
    status: response.status,
    error,
    retryAfterSeconds: retryAfter >= 0 ? retryAfter : undefined,
  });
}
