import {
  DOCUMENT,
  DestroyRef,
  ErrorHandler,
  Injectable,
  InjectionToken,
  NgZone,
  computed,
  inject,
  signal,
} from '@angular/core';
import { type StepUpContext, StepUpHandler, type StepUpOutcome } from 'angular-stepup';
import { type AuthenticationRequirement, StepUpError, authenticationFromClaims } from 'stepup-core';

import type { OktaAuthLike, OktaTokenRequest } from './okta-auth-like';
import { OKTA_CLIENT } from './okta-client';
import { stepUpErrorFrom } from './okta-error';
import { requestInPopup } from './okta-popup';
import { stepUpState } from './okta-state';
import { tokenRequestFor } from './okta-token-request';
import { acceptTokens, currentTokens } from './okta-tokens';

/** How `withOkta()` steps up. */
export interface OktaStepUpOptions {
  /**
   * Where the end-user authenticates.
   *
   * `'redirect'` leaves the page: nothing can block it, but an interrupted unsafe request is not
   * replayed by itself. `'popup'` keeps the page; it needs a click not longer than about five
   * seconds ago, else it fails with `ERR_STEPUP_POPUP_BLOCKED` and the app shows a button that
   * calls `satisfy()`. It also needs an authorization server that lets the page keep hold of the
   * popup (no `Cross-Origin-Opener-Policy: same-origin` on its pages): one that does not makes
   * each popup look closed, `ERR_STEPUP_CANCELLED`.
   *
   * @default 'redirect'
   */
  readonly interaction?: 'redirect' | 'popup';
  /**
   * How long a popup may take before it is `ERR_STEPUP_EXPIRED`, in seconds. The SDK renews no
   * token while a popup is open.
   *
   * @default 300
   */
  readonly popupTimeoutSeconds?: number;
}

export const OKTA_STEP_UP_OPTIONS = new InjectionToken<OktaStepUpOptions>('OKTA_STEP_UP_OPTIONS');

/** Steps up through the app's `OktaAuth`. */
@Injectable()
export class OktaStepUpHandler extends StepUpHandler {
  readonly #okta = inject(OKTA_CLIENT);
  readonly #options = inject(OKTA_STEP_UP_OPTIONS);
  readonly #window = inject(DOCUMENT).defaultView;
  readonly #idToken = signal(this.#okta && currentTokens(this.#okta).idToken, {
    equal: (one, other) => one?.idToken === other?.idToken,
  });
  #lastPopup: Promise<unknown> = Promise.resolve();

  override readonly authentication = computed(() => {
    const idToken = this.#idToken();
    return idToken && authenticationFromClaims(idToken.claims);
  });

  constructor() {
    super();
    if (this.#okta) this.#follow(this.#okta);
  }

  override async accessToken(): Promise<string | undefined> {
    if (!this.#okta) return undefined;
    const { accessToken, refreshToken } = currentTokens(this.#okta);
    // With no token at all the SDK would report an error on each request.
    if (!accessToken && !refreshToken) return undefined;
    return (await this.#okta.getOrRenewAccessToken()) ?? undefined;
  }

  override async stepUp(
    requirement: AuthenticationRequirement,
    context: StepUpContext,
  ): Promise<StepUpOutcome> {
    const okta = this.#okta;
    if (!okta || !this.#window) {
      throw new StepUpError('ERR_STEPUP_FAILED', 'Cannot step up as there is no browser');
    }
    try {
      const request = tokenRequestFor(requirement, okta, stepUpState());
      if (this.#options.interaction !== 'popup') {
        // Not signInWithRedirect(): it drops a call silently while another one is under way.
        await okta.token.getWithRedirect(request);
        return 'redirecting';
      }
      await this.#inPopup(okta, this.#window, request, context);
      return 'completed';
    } catch (error) {
      throw stepUpErrorFrom(error, requirement);
    }
  }

  /** One popup after the other: the browser grants one per click, and two would share the SDK. */
  #inPopup(
    okta: OktaAuthLike,
    window: Window,
    request: OktaTokenRequest,
    context: StepUpContext,
  ): Promise<void> {
    const popup = this.#lastPopup.then(() =>
      requestInPopup(okta, request, {
        window,
        signal: context.signal,
        timeoutSeconds: this.#options.popupTimeoutSeconds ?? 300,
        receive: (tokens) =>
          acceptTokens(okta, tokens, (authentication) => context.verify(authentication)),
      }),
    );
    this.#lastPopup = popup.catch(() => undefined);
    return popup;
  }

  #follow(okta: OktaAuthLike): void {
    const errors = inject(ErrorHandler);
    // Not authState: that waits for a renewal, while these tell of each change at once.
    const update = (): void => this.#idToken.set(currentTokens(okta).idToken);
    okta.tokenManager.on('added', update);
    okta.tokenManager.on('removed', update);
    inject(DestroyRef).onDestroy(() => {
      okta.tokenManager.off('added', update);
      okta.tokenManager.off('removed', update);
    });
    if (okta.tokenManager.isStarted()) return;
    // Its timers run for as long as a token lives: inside the zone the app would never be stable.
    inject(NgZone).runOutsideAngular(() => {
      okta.start().catch((error: unknown) => errors.handleError(error));
    });
  }
}
