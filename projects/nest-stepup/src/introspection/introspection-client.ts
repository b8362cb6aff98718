import type { LoggerService } from '@nestjs/common';
import { AuthorizationServerUnreachableException } from 'nest-stepup';
import { discoverEndpoint } from '../discover-endpoint.js';
import { fetchText, UnexpectedStatusError, type TextRequest } from '../fetch-text.js';
import { isJsonObject, type JsonObject } from '../json-object.js';
import { parseStrictJson } from '../strict-json.js';
import type { ClientSettings } from './introspection.options.js';
import { OutageLog } from './outage-log.js';

/** What an authorization server says of a token. */
export interface IntrospectionAnswer extends JsonObject {
  readonly active: boolean;
}

/** The longest that a server which asks for patience is left alone, in seconds. */
const MAX_PATIENCE = 60;

/** Each is a connection. Enough for thousands a second, and no end of them when a server is slow. */
const MAX_QUESTIONS = 1000;

/**
 * Asks an authorization server about tokens.
 *
 * @see [RFC 7662 §2](https://www.rfc-editor.org/rfc/rfc7662#section-2)
 */
export class IntrospectionClient {
  // Private to the language too: what prints a verifier prints neither the secret nor a header.
  readonly #settings: ClientSettings;
  readonly #outages: OutageLog;
  #endpoint: Promise<URL> | undefined;
  #busyUntil = -Infinity;
  #questions = 0;

  constructor(settings: ClientSettings, logger: LoggerService) {
    this.#settings = settings;
    this.#outages = new OutageLog(logger, nameOf(settings));
  }

  /**
   * Asks about one token.
   *
   * @param now In seconds since the Unix epoch.
   * @throws {AuthorizationServerUnreachableException} When there is no answer that can be understood.
   */
  async introspect(token: string, now: number): Promise<IntrospectionAnswer> {
    const patience = this.#busyUntil - now;
    // The upper bound is for a clock that was put back.
    if (patience > 0 && patience <= MAX_PATIENCE) {
      throw new AuthorizationServerUnreachableException({ retryAfterSeconds: patience });
    }
    try {
      const answer = await this.#askInTurn(token);
      this.#outages.end();
      return answer;
    } catch (error) {
      throw this.#unreachable(error, now);
    }
  }

  async #askInTurn(token: string): Promise<IntrospectionAnswer> {
    if (this.#questions >= MAX_QUESTIONS) {
      throw new Error(`${MAX_QUESTIONS} requests wait for its answer already`);
    }
    this.#questions += 1;
    try {
      return await this.#ask(token);
    } finally {
      this.#questions -= 1;
    }
  }

  async #ask(token: string): Promise<IntrospectionAnswer> {
    const { timeoutMs } = this.#settings;
    const endpoint = await this.#find();
    try {
      const { text, mediaType } = await fetchText(endpoint, timeoutMs, this.#request(token));
      // RFC 9701 §5: nobody asked for one, and its signature would have to be verified.
      if (mediaType.endsWith('jwt')) {
        throw new Error(
          'its answer is a JWT of RFC 9701 (have the authorization server answer this client with ' +
            'application/json)',
        );
      }
      return parseAnswer(text);
    } catch (error) {
      // The next request looks anew.
      if (mayHaveMoved(error)) this.#endpoint = undefined;
      throw error;
    }
  }

  /** Requests that need the endpoint at the same time share one search. */
  #find(): Promise<URL> {
    const { endpoint, issuer = '', timeoutMs } = this.#settings;
    if (endpoint) return Promise.resolve(endpoint);
    if (this.#endpoint) return this.#endpoint;
    const search = discoverEndpoint(issuer, 'introspection_endpoint', timeoutMs);
    this.#endpoint = search;
    search.catch(() => {
      if (this.#endpoint === search) this.#endpoint = undefined;
    });
    return search;
  }

  #request(token: string): TextRequest {
    const { clientId, clientSecret, clientAuthentication } = this.#settings;
    const form = new URLSearchParams({ token, token_type_hint: 'access_token' });
    const headers = { accept: 'application/json' };
    if (clientAuthentication === 'client_secret_post') {
      form.set('client_id', clientId);
      form.set('client_secret', clientSecret);
      return { headers, form };
    }
    // RFC 6749 §2.3.1: each is form-encoded before they are put together.
    const credentials = Buffer.from(`${formEncode(clientId)}:${formEncode(clientSecret)}`);
    const authorization = `Basic ${credentials.toString('base64')}`;
    return { headers: { ...headers, authorization }, form };
  }

  #unreachable(error: unknown, now: number): AuthorizationServerUnreachableException {
    this.#outages.report(explain(error), now);
    const wait = error instanceof UnexpectedStatusError ? patienceAskedFor(error, now) : undefined;
    if (wait === undefined) return new AuthorizationServerUnreachableException({ cause: error });
    this.#busyUntil = now + wait;
    return new AuthorizationServerUnreachableException({ retryAfterSeconds: wait, cause: error });
  }
}

/** Whether the endpoint is no longer where it was. Nothing that a token could bring about. */
function mayHaveMoved(error: unknown): boolean {
  if (!(error instanceof UnexpectedStatusError)) return true;
  return [404, 405, 410].includes(error.status) || error.status < 400;
}

/** In the log: nothing but what the app configured, and no query, which may hold a key. */
function nameOf({ endpoint, issuer = '' }: ClientSettings): string {
  return endpoint ? endpoint.origin + endpoint.pathname : issuer;
}

function formEncode(text: string): string {
  return new URLSearchParams({ _: text }).toString().slice('_='.length);
}

function parseAnswer(text: string): IntrospectionAnswer {
  let value: unknown;
  try {
    value = parseStrictJson(text);
  } catch {
    // The error is dropped: it quotes the text.
    throw new Error('its answer is not JSON, or names a member twice');
  }
  if (!isJsonObject(value)) throw new Error('its answer is not a JSON object');
  if (!isAnswer(value)) throw new Error("its answer's active is neither true nor false");
  return value;
}

function isAnswer(value: JsonObject): value is IntrospectionAnswer {
  return Object.hasOwn(value, 'active') && typeof value.active === 'boolean';
}

/** Why there is no answer, and what to do about it: follows "as". */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return 'of an unknown fault';
  if (!(error instanceof UnexpectedStatusError)) return error.message;
  const advice = ADVICE[error.status];
  return advice === undefined ? error.message : `${error.message} (${advice})`;
}

const CREDENTIALS =
  'check clientId, clientSecret and clientAuthentication, and that this client may introspect tokens';
const ADDRESS = 'check introspectionEndpoint';
const ADVICE: Readonly<Record<number, string>> = {
  // oidc-provider answers so about every JWT.
  400: 'check clientAuthentication, and that your authorization server introspects tokens of this kind',
  401: CREDENTIALS,
  403: CREDENTIALS,
  ...Object.fromEntries([301, 302, 303, 307, 308, 404, 405].map((status) => [status, ADDRESS])),
};

/**
 * For how long a server that is busy asks not to be asked again, in seconds.
 *
 * @see [RFC 9110 §10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)
 */
function patienceAskedFor(
  { status, retryAfter }: UnexpectedStatusError,
  now: number,
): number | undefined {
  if ((status !== 429 && status !== 503) || retryAfter === null) return undefined;
  const asked = /^\d{1,9}$/.test(retryAfter)
    ? Number(retryAfter)
    : Math.ceil(Date.parse(retryAfter) / 1000 - now);
  return asked > 0 ? Math.min(asked, MAX_PATIENCE) : undefined;
}
