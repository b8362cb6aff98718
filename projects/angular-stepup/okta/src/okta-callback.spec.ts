import { APP_BASE_HREF, Location } from '@angular/common';
import { Component, ErrorHandler, inject } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router, provideRouter } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type StepUpReturn, StepUpReturns } from 'angular-stepup';
import { type Authentication, StepUpError } from 'stepup-core';

import { ACCESS_TOKEN, FakeOktaAuth, REFRESH_TOKEN, idTokenWith, sdkError } from './fake-okta-auth';
import { oktaCallbackRoute } from './okta-callback';
import { OKTA_CLIENT } from './okta-client';

@Component({ template: '{{ text }}' })
class Page {
  readonly text = 'a page';
}

const ALICE = idTokenWith({ sub: 'alice', acr: 'urn:okta:loa:1fa:any' });
const STEPPED_UP = idTokenWith({ sub: 'alice', acr: 'phr' });

/** The step-up that the page was left for, as the main entry keeps it. */
class FakeReturn implements StepUpReturn {
  readonly requirement = { acrValues: ['phr'] };
  readonly returnUrl = '/profile';
  readonly failures: unknown[] = [];
  readonly verified: Authentication[] = [];
  refusal: StepUpError | undefined;

  verify(authentication: Authentication): void {
    this.verified.push(authentication);
    if (this.refusal) throw this.refusal;
  }

  complete(): string {
    return this.returnUrl;
  }

  fail(error: unknown): string {
    this.failures.push(error);
    return '/came-from';
  }
}

describe('oktaCallbackRoute()', () => {
  let okta: FakeOktaAuth;
  let left: FakeReturn | undefined;
  const handleError = jest.fn();

  beforeEach(() => {
    okta = new FakeOktaAuth({ idToken: ALICE, refreshToken: REFRESH_TOKEN });
    left = new FakeReturn();
  });

  afterEach(() => {
    history.replaceState(null, '', '/');
    jest.restoreAllMocks();
    handleError.mockReset();
  });

  /** Opens the callback with what the authorization server answered; resolves with the last URL. */
  const open = async (
    answer: string,
    { route = oktaCallbackRoute(), client = true, baseHref = '/' } = {},
  ) => {
    history.replaceState(null, '', `/login/callback${answer}`);
    TestBed.configureTestingModule({
      providers: [
        provideRouter([route, { path: '**', component: Page }]),
        { provide: OKTA_CLIENT, useValue: client ? okta : undefined },
        { provide: StepUpReturns, useValue: { find: () => left } },
        { provide: ErrorHandler, useValue: { handleError } },
        { provide: APP_BASE_HREF, useValue: baseHref },
      ],
    });
    await RouterTestingHarness.create(`/login/callback${answer}`);
    return TestBed.inject(Router).url;
  };

  describe('after a step-up', () => {
    const ANSWER = '?code=c&state=step-up.1';

    it('goes to the URL that the end-user wanted, once the new tokens are stored', async () => {
      okta.answer = async () => ({ tokens: { idToken: STEPPED_UP, accessToken: ACCESS_TOKEN } });
      expect(await open(ANSWER)).toBe('/profile');
      expect(left?.verified).toEqual([{ acr: 'phr', subject: 'alice', claims: STEPPED_UP.claims }]);
      expect(okta.tokens).toEqual({
        idToken: STEPPED_UP,
        accessToken: ACCESS_TOKEN,
        refreshToken: REFRESH_TOKEN,
      });
      expect(okta.calls).toEqual(['parseFromUrl', 'setTokens', 'updateAuthState']);
    });

    it('keeps the old tokens and goes back when the new ones are refused', async () => {
      okta.answer = async () => ({ tokens: { idToken: idTokenWith({ sub: 'mallory' }) } });
      const refusal = new StepUpError('ERR_STEPUP_DENIED', 'Cannot step up');
      if (left) left.refusal = refusal;
      expect(await open(ANSWER)).toBe('/came-from');
      expect(left?.failures).toEqual([refusal]);
      expect(okta.tokens.idToken).toBe(ALICE);
    });

    it.each([
      ['access_denied', 'ERR_STEPUP_DENIED'],
      ['unmet_authentication_requirements', 'ERR_STEPUP_UNMET'],
      ['server_error', 'ERR_STEPUP_FAILED'],
    ])('goes back with %s as %s', async (error, code) => {
      okta.answer = async () => {
        throw sdkError('OAuthError', error);
      };
      expect(await open(`?error=${error}&error_description=d&state=step-up.1`)).toBe('/came-from');
      expect(left?.failures).toMatchObject([{ code, requirement: { acrValues: ['phr'] } }]);
      expect(okta.tokens.idToken).toBe(ALICE);
      expect(okta.calls).toContain('updateAuthState');
    });

    it('understands an error without a description, which the SDK does not', async () => {
      okta.answer = async () => ({ tokens: {} });
      expect(await open('?error=access_denied&state=step-up.1')).toBe('/came-from');
      expect(left?.failures).toMatchObject([{ code: 'ERR_STEPUP_DENIED' }]);
      expect(okta.tokens.idToken).toBe(ALICE);
    });

    it('finds the state in the fragment', async () => {
      okta.answer = async () => ({ tokens: { idToken: STEPPED_UP } });
      expect(await open('#code=c&state=step-up.1')).toBe('/profile');
    });

    it('stores nothing when it is not known any more what was asked, and of whom', async () => {
      left = undefined;
      okta.answer = async () => ({ tokens: { idToken: idTokenWith({ sub: 'mallory' }) } });
      expect(await open(ANSWER)).toBe('/');
      expect(okta.tokens.idToken).toBe(ALICE);
      expect(handleError).toHaveBeenCalledWith(
        expect.objectContaining({ code: 'ERR_STEPUP_EXPIRED' }),
      );
    });
  });

  describe('after a sign-in', () => {
    const ANSWER = '?code=c&state=other';

    beforeEach(() => {
      okta = new FakeOktaAuth();
      okta.answer = async () => ({ tokens: { idToken: ALICE, accessToken: ACCESS_TOKEN } });
    });

    it.each([
      [undefined, '/'],
      ['/accounts?page=2', '/accounts?page=2'],
      ['accounts', '/accounts'],
      ['http://localhost/accounts#top', '/accounts#top'],
      ['https://evil.example/accounts', '/'],
      ['//evil.example/accounts', '/'],
      ['http://localhost//evil.example', '/evil.example'],
      ['http://[', '/'],
    ])('with the original URI %s goes to %s', async (originalUri, url) => {
      okta.originalUri = originalUri;
      expect(await open(ANSWER)).toBe(url);
      expect(okta.tokens).toEqual({ idToken: ALICE, accessToken: ACCESS_TOKEN });
      expect(okta.originalUri).toBeUndefined();
      expect(left?.verified).toEqual([]);
    });

    it("goes to a router URL, without the app's base href", async () => {
      okta.originalUri = 'http://localhost/app/accounts';
      expect(await open(ANSWER, { baseHref: '/app/' })).toBe('/accounts');
    });

    it("leaves the navigation to the app's restoreOriginalUri", async () => {
      okta = new FakeOktaAuth({}, { restoreOriginalUri: () => undefined });
      okta.answer = async () => ({ tokens: { idToken: ALICE } });
      okta.originalUri = '/accounts';
      await open(ANSWER);
      expect(okta.restored).toEqual(['/accounts']);
      expect(okta.tokens).toEqual({ idToken: ALICE });
    });

    it('goes home when it failed, and reports why', async () => {
      const error = sdkError('OAuthError', 'access_denied');
      okta.answer = () => Promise.reject(error);
      expect(await open('?error=access_denied&error_description=d&state=other')).toBe('/');
      expect(handleError).toHaveBeenCalledWith(error);
    });

    it("goes where the app's own function says when it failed", async () => {
      const error = sdkError('OAuthError', 'access_denied');
      okta.answer = () => Promise.reject(error);
      const route = oktaCallbackRoute('login/callback', (why) => {
        inject(ErrorHandler).handleError(why);
        return '/sign-in-failed';
      });
      expect(await open(ANSWER, { route })).toBe('/sign-in-failed');
      expect(handleError).toHaveBeenCalledWith(error);
    });

    it('keeps the tokens that are there when the answer has none', async () => {
      okta.tokenManager.setTokens({ idToken: ALICE });
      okta.answer = async () => ({ tokens: {} });
      expect(await open('?error=server_error&state=other')).toBe('/');
      expect(okta.tokens).toEqual({ idToken: ALICE });
    });
  });

  it('goes home when there is nothing to finish', async () => {
    okta.loginRedirect = false;
    expect(await open('')).toBe('/');
    expect(okta.calls).toEqual([]);
  });

  it('takes the place of the callback in the history', async () => {
    okta.answer = async () => ({ tokens: { idToken: STEPPED_UP } });
    const go = jest.spyOn(Location.prototype, 'go');
    const replaceState = jest.spyOn(Location.prototype, 'replaceState');
    await open('?code=c&state=step-up.1');
    expect(go).not.toHaveBeenCalled();
    expect(replaceState.mock.calls.at(-1)?.[0]).toBe('/profile');
  });

  it('does nothing on a server', async () => {
    expect(await open('?code=c&state=step-up.1', { client: false })).toContain('/login/callback');
    expect(okta.calls).toEqual([]);
  });
});
