import { Location } from '@angular/common';
import {
  DOCUMENT,
  EnvironmentInjector,
  ErrorHandler,
  inject,
  runInInjectionContext,
} from '@angular/core';
import { type GuardResult, RedirectCommand, type Route, Router } from '@angular/router';
import { StepUpReturns } from 'angular-stepup';
import { StepUpError } from 'stepup-core';

import type { OktaAuthLike, OktaTokens } from './okta-auth-like';
import { OKTA_CLIENT } from './okta-client';
import { errorOfServer, stepUpErrorFrom } from './okta-error';
import { isStepUpState } from './okta-state';
import { acceptTokens } from './okta-tokens';

/**
 * Makes the route that the `redirectUri` of the app's `OktaAuth` leads to.
 *
 * After a **step-up** the new authentication is checked before any token is stored. If it does, the
 * router goes to the URL that the end-user wanted; if not (refused, too weak, another user), the old
 * tokens stay, and it goes back to the page that the end-user came from, with the reason in
 * `StepUp.error()`. The app's `restoreOriginalUri` is not asked.
 *
 * After a **sign-in** the tokens are stored, and the app's `restoreOriginalUri` is called; without
 * one the router goes to the `originalUri` of `signInWithRedirect()`, or to `/`.
 *
 * Nothing is rendered on this route: it ends in a navigation in each case, which takes its entry in
 * the history. It stands where another callback component would, okta-angular's among them.
 *
 * @param path Path of the `redirectUri`, without a leading slash.
 * @param whenSignInFails Told why a sign-in failed; returns the router URL to go to, and may
 *   `inject()`. By default the error goes to Angular's `ErrorHandler`, and the router to `/`.
 */
export function oktaCallbackRoute(
  path = 'login/callback',
  whenSignInFails: (error: unknown) => string = reportAndGoHome,
): Route {
  return { path, children: [], canActivate: [() => finishRedirect(whenSignInFails)] };
}

function reportAndGoHome(error: unknown): string {
  inject(ErrorHandler).handleError(error);
  return '/';
}

async function finishRedirect(whenSignInFails: (error: unknown) => string): Promise<GuardResult> {
  const okta = inject(OKTA_CLIENT);
  const { location: page } = inject(DOCUMENT);
  const appLocation = inject(Location);
  const injector = inject(EnvironmentInjector);
  const router = inject(Router);
  const goTo = (url: string): RedirectCommand =>
    new RedirectCommand(router.parseUrl(url), { replaceUrl: true });

  // On a server the page is sent empty, and the browser takes it from there.
  if (!okta) return true;
  const returns = inject(StepUpReturns);
  // Opened by hand or from the history: there is nothing to finish.
  if (!okta.isLoginRedirect()) return goTo('/');

  const answer = parametersOf(page);
  try {
    if (isStepUpState(answer.get('state'))) return goTo(await finishStepUp(okta, returns, answer));
    const originalUri = await finishSignIn(okta, answer.get('state') ?? undefined);
    if (originalUri === undefined) return false;
    return goTo(appLocation.normalize(pathOf(originalUri, page.origin)));
  } catch (error) {
    // Not awaited: it may try to renew an old token first, for as long as two minutes.
    void okta.authStateManager.updateAuthState();
    return goTo(runInInjectionContext(injector, () => whenSignInFails(error)));
  }
}

async function finishStepUp(
  okta: OktaAuthLike,
  returns: StepUpReturns,
  answer: URLSearchParams,
): Promise<string> {
  const left = returns.find();
  if (!left) {
    // Without it nobody knows whose session this was: tokens of another user must not get in.
    await okta.token.parseFromUrl().catch(() => undefined);
    throw new StepUpError('ERR_STEPUP_EXPIRED', 'Cannot step up as it began too long ago');
  }
  const { requirement } = left;
  const accept = ({ tokens }: { readonly tokens: OktaTokens }): void => {
    // An error without a description passes the SDK as an answer without tokens.
    if (answer.has('error')) throw errorOfServer(answer.get('error') ?? undefined, { requirement });
    acceptTokens(okta, tokens, (authentication) => left.verify(authentication));
  };
  try {
    await okta.token.parseFromUrl().then(accept);
    await okta.authStateManager.updateAuthState();
    return left.complete();
  } catch (error) {
    void okta.authStateManager.updateAuthState();
    return left.fail(stepUpErrorFrom(error, requirement));
  }
}

/** Stores the tokens of a sign-in; `undefined` when the app itself has navigated. */
async function finishSignIn(
  okta: OktaAuthLike,
  state: string | undefined,
): Promise<string | undefined> {
  const originalUri = okta.getOriginalUri(state);
  const { tokens } = await okta.token.parseFromUrl();
  if (!tokens.idToken && !tokens.accessToken) throw new Error('The answer has no tokens');
  okta.removeOriginalUri(state);
  if (okta.options.restoreOriginalUri) {
    await okta.handleLoginRedirect(tokens, originalUri);
    return undefined;
  }
  okta.tokenManager.setTokens(tokens);
  await okta.authStateManager.updateAuthState();
  return originalUri ?? '/';
}

/** The path of a URL of this origin, with exactly one leading slash; `/` for any other. */
function pathOf(uri: string, origin: string): string {
  try {
    const url = new URL(uri, origin);
    if (url.origin === origin) {
      return `/${url.pathname.replace(/^\/+/, '')}${url.search}${url.hash}`;
    }
  } catch {
    // Not a URL; URL.canParse() is younger than our browsers.
  }
  return '/';
}

/** An answer comes in the query, or in the fragment by `responseMode: 'fragment'`. */
function parametersOf({ search, hash }: Document['location']): URLSearchParams {
  const query = new URLSearchParams(search);
  return query.has('state') ? query : new URLSearchParams(hash.slice(1));
}
