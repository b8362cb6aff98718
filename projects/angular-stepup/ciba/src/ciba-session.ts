import { Injectable, type Signal, inject } from '@angular/core';
import type { Authentication } from 'stepup-core';

import { CibaTokens } from './ciba-tokens';

/** The end-user who signed in by {@link QrSignIn}, or stepped up on another device, in this tab. */
@Injectable({ providedIn: 'root' })
export class CibaSession {
  readonly #tokens = inject(CibaTokens);

  /** What the ID token says about the end-user's authentication; `undefined`: not signed in. */
  readonly authentication: Signal<Authentication | undefined> = this.#tokens.authentication;

  /**
   * The access token, refreshed through the API when it is expired.
   *
   * @returns `undefined` when nobody is signed in; a refresh that is refused signs out.
   * @throws {StepUpError} `ERR_STEPUP_FAILED` when the API cannot be reached: the session stays.
   */
  accessToken(): Promise<string | undefined> {
    return this.#tokens.accessToken();
  }

  /**
   * Forgets the tokens of this tab, and cancels a step-up that is under way. The API is asked to
   * revoke the tokens; nothing waits for that, and nothing fails when it cannot be reached.
   *
   * With another handler beside CIBA sign out there: this session then ends with it.
   */
  signOut(): void {
    this.#tokens.signOut();
  }
}
