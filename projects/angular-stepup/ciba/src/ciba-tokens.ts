import { Injectable, inject, signal } from '@angular/core';
import { STEP_UP_CLOCK } from 'angular-stepup';
import { type Authentication, StepUpError, isStepUpError } from 'stepup-core';

import { BrowserBinding } from './browser-binding';
import type { TokenAnswer } from './ciba-answers';
import { CibaApi } from './ciba-api';
import { authenticationOf, readAuthentication } from './ciba-authentication';
import { CibaFailure } from './ciba-failure';
import { refuseCancelled } from './page-flow';
import { type StoredTokens, TokenStore } from './token-store';

/** What decides whether handed-over tokens are kept. */
export interface Acceptance {
  /** Of the flow that they come from: aborted, it is too late for them. */
  readonly signal?: AbortSignal;
  /**
   * Throws when the new authentication does not do: then the old tokens stay. Without it they are
   * of a sign-in.
   */
  readonly verify?: (authentication: Authentication) => void;
}

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
  #session = new AbortController();

  readonly authentication = this.#authentication.asReadonly();

  /** Aborted when the end-user signs out, or signs in anew: a step-up from before must not count. */
  get session(): AbortSignal {
    return this.#session.signal;
  }

  async accessToken(): Promise<string | undefined> {
    const tokens = this.#store.read();
    const authentication = readAuthentication(tokens?.idToken);
    if (!tokens || !authentication) {
      this.#clear();
      return undefined;
    }
    const { accessToken, refreshToken, renewAt = Infinity } = tokens;
    if (this.#now() < renewAt) return accessToken;
    if (refreshToken === undefined) {
      this.#clear();
      return undefined;
    }
    // All that ask meanwhile get the same answer: a second use of a refresh token revokes it.
    this.#refreshing ??= this.#refresh(tokens, refreshToken).finally(() => {
      this.#refreshing = undefined;
    });
    const refreshed = await this.#refreshing;
    // What one end-user is about to send is not sent as the next one.
    return this.#authentication()?.subject === authentication.subject ? refreshed : undefined;
  }

  /**
   * Keeps tokens that were handed over, in place of those before. Those that are not kept are
   * revoked, and so are those before when they are of another user.
   *
   * @throws {CibaEnding} `aborted` when it is too late for them.
   * @throws {StepUpError} `ERR_STEPUP_FAILED` when they cannot be kept, or have no ID token.
   */
  accept(answer: TokenAnswer, { signal: abort, verify }: Acceptance = {}): void {
    const before = this.#store.read();
    let authentication: Authentication;
    try {
      if (abort) refuseCancelled(abort);
      authentication = authenticationOf(answer.idToken);
      verify?.(authentication);
      this.#write(answer, answer.idToken ?? '');
    } catch (error) {
      this.#api.revoke(answer);
      throw error;
    }
    this.#generation += 1;
    // Those of the same user stay good: requests that are on their way have them.
    if (before && readAuthentication(before.idToken)?.subject !== authentication.subject) {
      this.#api.revoke(before);
    }
    this.#authentication.set(authentication);
    if (!verify) this.#endSession();
  }

  /** Forgets the tokens, has them revoked, and a step-up that is under way come to nothing. */
  signOut(): void {
    const tokens = this.#store.read();
    // Before they are forgotten: the secret that they are bound to may be known from there only.
    if (tokens) this.#api.revoke(tokens);
    this.#clear();
    this.#endSession();
  }

  #endSession(): void {
    const ended = this.#session;
    this.#session = new AbortController();
    ended.abort();
  }

  #clear(): void {
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
      } else {
        this.#api.revoke(answer);
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
        this.#clear();
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
