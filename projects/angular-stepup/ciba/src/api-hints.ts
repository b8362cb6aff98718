import { DOCUMENT } from '@angular/common';
import { Injectable, inject } from '@angular/core';

import { BrowserBinding } from './browser-binding';
import { CibaFailure } from './ciba-failure';

/**
 * Says what most likely is wrong with the API's CORS, or with its cookie, each once a page: for development
 * builds. A browser tells a page nothing but that a request failed.
 */
@Injectable({ providedIn: 'root' })
export class ApiHints {
  readonly #binding = inject(BrowserBinding);
  readonly #window = inject(DOCUMENT).defaultView;
  readonly #given = new Set<string>();
  #isPageLeft = false;
  #isKnown = false;

  constructor() {
    // What the page had under way then fails as well.
    this.#window?.addEventListener('pagehide', () => (this.#isPageLeft = true));
  }

  /** Waits for how a request to the API ends. */
  async watch(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    response: Promise<Response>,
  ): Promise<void> {
    try {
      await response;
      // A look: only the browser gets it that the API knows again.
      if (method === 'GET') this.#isKnown = true;
    } catch (error) {
      if (!this.#binding.isCrossOrigin || !(error instanceof CibaFailure)) return;
      const isBlocked = this.#isBlocked(error);
      const isStart = path === 'step-up' || path === 'qr';
      if (isBlocked && method === 'DELETE') this.#explainMethods();
      const isUnknown = method === 'GET' && error.error === 'not_found';
      if ((isBlocked && isStart) || isUnknown) this.#explainCookie();
    }
  }

  /** Whether it failed as a request that CORS does not allow. */
  #isBlocked({ cause }: CibaFailure): boolean {
    return cause instanceof TypeError && !!this.#window?.navigator.onLine && !this.#isPageLeft;
  }

  #explainMethods(): void {
    this.#warn(
      'What was cancelled here may stay open on the phone until it expires, as the API was not ' +
        "told. If the console shows a CORS error: have enableCors({ ..., methods: ['GET', 'POST', " +
        `'DELETE'] }) of the API at ${this.#origin} allow it`,
    );
  }

  #explainCookie(): void {
    if (this.#isKnown || this.#binding.credentials === 'omit') return;
    this.#warn(
      `The API at ${this.#origin} may not get its cookie, by which it knows this browser again: set ` +
        'credentials: true in its enableCors(), and have it on the same site as this page; or set ' +
        "binding: 'secret' in withCiba()",
    );
  }

  get #origin(): string {
    return new URL(this.#binding.baseUrl).origin;
  }

  #warn(hint: string): void {
    if (this.#given.has(hint)) return;
    this.#given.add(hint);
    console.warn(hint);
  }
}
