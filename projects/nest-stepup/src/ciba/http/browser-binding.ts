import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CibaException } from '../ciba.exception.js';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import { digestOf, randomSecret } from '../transactions/transaction-key.js';
import type { HttpRequest, HttpResponse } from './http-exchange.js';

/**
 * Tells browsers apart by a secret of 32 random bytes that each one holds.
 *
 * A page sends it in the header `Step-Up-Binding`, having sent its digest when it started; or the
 * API keeps it in a cookie that no script reads and no other site sends. Inside, both are the same:
 * the base64url SHA-256 of the secret. The secret itself is never stored.
 */
@Injectable()
export class BrowserBinding {
  private readonly cookie: { readonly name: string; readonly attributes: string };

  constructor(
    @Inject(CIBA_SETTINGS) { publicUrl }: CibaSettings,
    private readonly adapterHost: HttpAdapterHost,
  ) {
    // No other host, and no page without TLS, can set a cookie of the prefix __Host-.
    this.cookie = publicUrl.startsWith('https:')
      ? { name: '__Host-stepup', attributes: 'Path=/; Secure; HttpOnly; SameSite=Strict' }
      : { name: 'stepup', attributes: 'Path=/; HttpOnly; SameSite=Strict' };
  }

  /** The binding that a request proves; `undefined` when it proves none. */
  of(request: HttpRequest): string | undefined {
    const header = request.headers['step-up-binding'];
    const secret = isSecret(header) ? header : this.cookieOf(request);
    return secret === undefined ? undefined : digestOf(secret);
  }

  /**
   * The binding of whoever starts something: by the digest that it sent, else as {@link of}. When it
   * proves none, a cookie is set.
   *
   * @param challenge The base64url SHA-256 of the secret, from the body.
   */
  establish(request: HttpRequest, response: HttpResponse, challenge: string | undefined): string {
    if (challenge !== undefined) return checkBinding(challenge);
    const known = this.of(request);
    if (known !== undefined) return known;
    const secret = randomSecret();
    const { name, attributes } = this.cookie;
    const { httpAdapter } = this.adapterHost;
    httpAdapter.appendHeader?.(response, 'Set-Cookie', `${name}=${secret}; ${attributes}`);
    return digestOf(secret);
  }

  private cookieOf({ headers }: HttpRequest): string | undefined {
    const start = `${this.cookie.name}=`;
    const values = (headers.cookie ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(start))
      .map((pair) => pair.slice(start.length));
    // Of two, one was not set by this API: there is no telling which.
    const [value, ...others] = new Set(values);
    return others.length === 0 && isSecret(value) ? value : undefined;
  }
}

/** @throws {CibaException} `invalid_request` when a text cannot be a binding. */
function checkBinding(binding: string): string {
  if (isSecret(binding)) return binding;
  throw new CibaException(
    'invalid_request',
    "'bindingChallenge' must be a SHA-256 digest in base64url, of 43 characters",
  );
}

/** 32 bytes in base64url: of the last character, four bits count. */
function isSecret(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{42}[AEIMQUYcgkosw048]$/.test(value);
}
