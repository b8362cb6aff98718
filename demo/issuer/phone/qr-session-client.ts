import { HttpError } from '../http.js';
import type { RequestOrigin } from '../ciba/request-origin.js';

/** A sign-in that a browser offers by its QR code. */
export interface OfferedSignIn {
  readonly sessionId: string;
  readonly origin: RequestOrigin;
  /** When the code was made, in seconds since the epoch. */
  readonly at: number | undefined;
}

const SESSION_ID = /^[\w.~-]{16,256}$/;
const TIMEOUT_MS = 5000;
const UNREACHABLE = 'The bank does not answer right now. Try again in a moment.';
const GONE = 'This code was used by a phone already, or it has run out. Have a new one shown.';

/**
 * Speaks for a phone to the API that showed a QR code: to the one of the configuration, whatever a
 * code says, so that no code can make this server call another address.
 */
export class QrSessionClient {
  readonly #authUrl: string;
  readonly #scope: string;

  constructor({ apiUrl, scopes }: { readonly apiUrl: string; readonly scopes: readonly string[] }) {
    this.#authUrl = `${apiUrl}/auth`;
    this.#scope = scopes.join(' ');
  }

  /**
   * Reads what a phone's camera saw, or what somebody pasted.
   *
   * @returns The name of the session, `undefined` when it is no code of ours.
   */
  sessionIdIn(content: string): string | undefined {
    const text = content.trim();
    const sessionId = text.slice(text.lastIndexOf('#') + 1);
    return SESSION_ID.test(sessionId) ? sessionId : undefined;
  }

  /** @throws {HttpError} 410 when it can be answered no more, 502 when the API cannot be asked. */
  async look(sessionId: string): Promise<OfferedSignIn> {
    const session = await this.#ask(`/qr/${encodeURIComponent(sessionId)}`);
    const requestedBy = memberOf(session, 'requestedBy');
    const at = memberOf(requestedBy, 'at');
    if (memberOf(session, 'status') !== 'open') throw new HttpError(410, GONE);
    return {
      sessionId,
      origin: {
        ...textMember(requestedBy, 'ipAddress'),
        ...textMember(requestedBy, 'userAgent'),
      },
      at: typeof at === 'number' ? at : undefined,
    };
  }

  /**
   * Claims a session for the owner of a phone.
   *
   * @throws {HttpError} As {@link look}.
   */
  async claim(sessionId: string, loginHintToken: string): Promise<void> {
    await this.#ask('/oidc/bc-authorize', {
      loginHintKind: 'LOGIN_HINT_TOKEN',
      userIdentifier: loginHintToken,
      sessionId,
      resource: 'DEVICE',
      scope: this.#scope,
    });
  }

  async #ask(path: string, body?: object): Promise<unknown> {
    const response = await this.#fetch(path, body);
    if (response.ok) return response.json();
    if (response.status === 429) {
      throw new HttpError(429, 'That was tried too often. Try again in some minutes.');
    }
    throw response.status >= 500 ? new HttpError(502, UNREACHABLE) : new HttpError(410, GONE);
  }

  async #fetch(path: string, body: object | undefined): Promise<Response> {
    try {
      return await fetch(`${this.#authUrl}${path}`, {
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body && {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      });
    } catch {
      // Not running, or not in time: the person can only try again.
      throw new HttpError(502, UNREACHABLE);
    }
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function textMember(value: unknown, name: 'ipAddress' | 'userAgent'): RequestOrigin {
  const text = memberOf(value, name);
  return typeof text === 'string' ? { [name]: text } : {};
}
