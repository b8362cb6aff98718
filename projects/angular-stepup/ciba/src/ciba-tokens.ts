import { Injectable, inject, signal } from '@angular/core';
import { STEP_UP_CLOCK } from 'angular-stepup';
import { type Authentication, StepUpError, isStepUpError } from 'stepup-core';

import { BrowserBinding } from './browser-binding';
import type { TokenAnswer } from './ciba-answers';
import { CibaApi } from './ciba-api';
import { authenticationOf, readAuthentication } from './ciba-authentication';
import { CibaFailure } from './ciba-failure';
import { type StoredTokens, TokenStore } from './token-store';

/** The tokens of this tab: keeps them, and has them refreshed. */
@Injectable({ providedIn: 'root' })
export class CibaTokens {
  readonly #store = inject(TokenStore);
  readonly #api = inject(CibaApi);
  readonly #binding = inject(BrowserBinding);
  readonly #now = inject(STEP_UP_CLOCK);
  readonly #authentication = signal<Authentication | undefined>(
    readAuthentication(this.#store.read()?.idToken),
  );
  #refreshing: Promise<string | undefined> | undefined;
  /** Tells a refresh that the tokens it is about are gone. */
  #generation = 0;

  readonly authentication = this.#authentication.asReadonly();

  async accessToken(): Promise<string | undefined> {
    const tokens = this.#store.read();
    if (!tokens || !readAuthentication(tokens.idToken)) {
      this.clear();
      return undefined;
    }
    const { accessToken, refreshToken, renewAt = Infinity } = tokens;
    if (this.#now() < renewAt) return accessToken;
    if (refreshToken === undefined) {
      this.clear();
      return undefined;
    }
    // All that ask meanwhile get the same answer: a second use of a refresh token revokes it.
    this.#refreshing ??= this.#refresh(tokens, refreshToken).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /**
   * Keeps tokens that were handed over, in place of those before.
   *
   * @param verify Throws when the new authentication does not do: then the old tokens stay.
   * @throws {StepUpError} `ERR_STEPUP_FAILED` when they cannot be kept, or have no ID token.
   */
  accept(answer: TokenAnswer, verify?: (authentication: Authentication) => void): void {
    const authentication = authenticationOf(answer.idToken);
    verify?.(authentication);
    this.#generation += 1;
    this.#write(answer, answer.idToken ?? '');
    this.#authentication.set(authentication);
  }

  clear(): void {
    this.#generation += 1;
    this.#store.clear();
    this.#authentication.set(undefined);
  }

  async #refresh({ idToken }: StoredTokens, refreshToken: string): Promise<string | undefined> {
    const generation = this.#generation;
    try {
      const answer = await this.#api.refresh(refreshToken);
      if (generation === this.#generation) {
        // Not the ID token of a refresh: it says the same of the authentication, or less (OpenID
        // Connect Core §12.2).
        this.#write({ refreshToken, ...answer }, idToken);
      }
    } catch (cause) {
      if (isStepUpError(cause)) throw cause;
      if (generation === this.#generation) {
        if (!isRefusal(cause)) {
          throw new StepUpError(
            'ERR_STEPUP_FAILED',
            'Cannot refresh the access token as the API cannot be reached: try again later',
            { cause },
          );
        }
        this.clear();
      }
    }
    return this.#store.read()?.accessToken;
  }

  #write({ accessToken, refreshToken, expiresInSeconds }: TokenAnswer, idToken: string): void {
    const secret = this.#binding.secret();
    this.#store.write({
      accessToken,
      idToken,
      ...(refreshToken !== undefined && { refreshToken, ...(secret !== undefined && { secret }) }),
      ...(expiresInSeconds !== undefined && {
        // Ahead of its end, as the request that it is sent with takes a while.
        renewAt: this.#now() + Math.max(expiresInSeconds - 10, expiresInSeconds * 0.9),
      }),
    });
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof CibaFailure && [400, 401, 403].includes(error.status ?? 0);
}
