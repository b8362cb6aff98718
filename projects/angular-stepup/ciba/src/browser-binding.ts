import { DOCUMENT } from '@angular/common';
import { Injectable, inject } from '@angular/core';
import { StepUpError } from 'stepup-core';

import { CIBA_SETTINGS } from './ciba-options';
import { TokenStore } from './token-store';

/** By which the API knows this browser again: tokens go to the browser only that asked for them. */
@Injectable({ providedIn: 'root' })
export class BrowserBinding {
  readonly #settings = inject(CIBA_SETTINGS);
  readonly #store = inject(TokenStore);
  readonly #location = inject(DOCUMENT).location;
  #secret: string | undefined;

  /** Where the CIBA endpoints are. Not worked out on a server: it may not know the page's origin. */
  get baseUrl(): string {
    return new URL(this.#settings.baseUrl, this.#location.origin).href;
  }

  /** Whether the API is of another origin: a browser tells less about a failed request there. */
  get isCrossOrigin(): boolean {
    return new URL(this.baseUrl).origin !== this.#location.origin;
  }

  /** @see [Fetch: credentials](https://fetch.spec.whatwg.org/#concept-request-credentials-mode) */
  get credentials(): RequestCredentials {
    return this.#hasSecret ? 'omit' : 'include';
  }

  get #hasSecret(): boolean {
    const { binding = this.isCrossOrigin ? 'secret' : 'cookie' } = this.#settings;
    return binding === 'secret';
  }

  /** The secret of this page, or the one that the kept tokens are bound to; none with a cookie. */
  secret(): string | undefined {
    if (!this.#hasSecret) return undefined;
    this.#secret ??= this.#store.read()?.secret ?? base64url(randomBytes());
    return this.#secret;
  }

  /**
   * The fingerprint of the secret, that starts what is bound to it; none with a cookie.
   *
   * @throws {StepUpError} `ERR_STEPUP_CONFIGURATION` on a page that may not use WebCrypto.
   */
  async challenge(): Promise<string | undefined> {
    const secret = this.secret();
    if (secret === undefined) return undefined;
    const subtle: SubtleCrypto | undefined = crypto.subtle;
    if (!subtle) {
      throw new StepUpError(
        'ERR_STEPUP_CONFIGURATION',
        'Cannot bind a step-up to this browser as the page is not secure: serve it over https',
      );
    }
    const digest = await subtle.digest('SHA-256', new TextEncoder().encode(secret));
    return base64url(new Uint8Array(digest));
  }
}

function randomBytes(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}
