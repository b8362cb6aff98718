import { ErrorHandler } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { StepUpContext } from 'angular-stepup';
import { StepUpError } from 'stepup-core';

import { ACCESS_TOKEN, FakeOktaAuth, REFRESH_TOKEN, idTokenWith, sdkError } from './fake-okta-auth';
import { OKTA_CLIENT } from './okta-client';
import {
  OKTA_STEP_UP_OPTIONS,
  type OktaStepUpOptions,
  OktaStepUpHandler,
} from './okta-step-up-handler';

const ALICE = idTokenWith({ sub: 'alice', acr: 'urn:okta:loa:1fa:any', auth_time: 100 });
const STEPPED_UP = idTokenWith({ sub: 'alice', acr: 'phr', auth_time: 200, amr: ['pwd', 'hwk'] });
const REQUIREMENT = { acrValues: ['phr'], maxAge: 60 };

const handlerOf = (okta: FakeOktaAuth | undefined, options: OktaStepUpOptions = {}) => {
  TestBed.configureTestingModule({
    providers: [
      { provide: OKTA_CLIENT, useValue: okta },
      { provide: OKTA_STEP_UP_OPTIONS, useValue: options },
      OktaStepUpHandler,
    ],
  });
  return TestBed.inject(OktaStepUpHandler);
};

const inPopup = (okta: FakeOktaAuth): OktaStepUpHandler => {
  jest.spyOn(window, 'open').mockReturnValue({ closed: false, close: () => undefined } as never);
  return handlerOf(okta, { interaction: 'popup' });
};

const contextWith = (overrides: Partial<StepUpContext> = {}): StepUpContext => ({
  returnUrl: '/profile',
  signal: new AbortController().signal,
  verify: () => undefined,
  ...overrides,
});

afterEach(() => {
  jest.restoreAllMocks();
});

describe('OktaStepUpHandler.authentication', () => {
  it('is what the stored ID token says', () => {
    const handler = handlerOf(new FakeOktaAuth({ idToken: STEPPED_UP }));
    expect(handler.authentication()).toEqual({
      acr: 'phr',
      authTime: 200,
      subject: 'alice',
      amr: ['pwd', 'hwk'],
      claims: STEPPED_UP.claims,
    });
  });

  it('leaves ill-typed claims out', () => {
    const idToken = idTokenWith({ sub: 7, acr: ['phr'], auth_time: '200', amr: [1] });
    const handler = handlerOf(new FakeOktaAuth({ idToken }));
    expect(handler.authentication()).toEqual({ claims: idToken.claims });
  });

  it('follows the tokens', () => {
    const okta = new FakeOktaAuth();
    const handler = handlerOf(okta);
    expect(handler.authentication()).toBeUndefined();
    okta.tokenManager.setTokens({ idToken: ALICE });
    expect(handler.authentication()).toMatchObject({ acr: 'urn:okta:loa:1fa:any' });
    okta.tokenManager.setTokens({});
    expect(handler.authentication()).toBeUndefined();
  });

  it('is the same object for as long as the ID token is', () => {
    const okta = new FakeOktaAuth({ idToken: ALICE });
    const handler = handlerOf(okta);
    const before = handler.authentication();
    okta.tokenManager.setTokens({ idToken: { ...ALICE }, accessToken: ACCESS_TOKEN });
    expect(handler.authentication()).toBe(before);
  });

  it('is undefined after signOut(), also before the SDK has removed the tokens', () => {
    const idToken = { ...ALICE, pendingRemove: true };
    expect(handlerOf(new FakeOktaAuth({ idToken })).authentication()).toBeUndefined();
  });

  it('is followed no longer when the app is destroyed', () => {
    const okta = new FakeOktaAuth();
    handlerOf(okta);
    TestBed.resetTestingModule();
    expect(okta.listeners).toBe(0);
  });
});

describe('OktaStepUpHandler', () => {
  it('starts the client, unless the app has', async () => {
    const okta = new FakeOktaAuth();
    handlerOf(okta);
    expect(okta.calls).toEqual(['start']);
    TestBed.resetTestingModule();
    handlerOf(okta);
    expect(okta.calls).toEqual(['start']);
  });

  it('reports a client that does not start', async () => {
    const okta = new FakeOktaAuth();
    const error = new Error('no services');
    jest.spyOn(okta, 'start').mockRejectedValue(error);
    const handleError = jest.fn();
    TestBed.configureTestingModule({
      providers: [{ provide: ErrorHandler, useValue: { handleError } }],
    });
    handlerOf(okta);
    await Promise.resolve();
    expect(handleError).toHaveBeenCalledWith(error);
  });

  it('does nothing on a server', async () => {
    const handler = handlerOf(undefined);
    expect(handler.authentication()).toBeUndefined();
    expect(await handler.accessToken()).toBeUndefined();
    await expect(handler.stepUp(REQUIREMENT, contextWith())).rejects.toMatchObject({
      code: 'ERR_STEPUP_FAILED',
    });
  });
});

describe('OktaStepUpHandler.accessToken()', () => {
  it('has the SDK renew an expired token', async () => {
    const okta = new FakeOktaAuth({ refreshToken: REFRESH_TOKEN });
    okta.renewed = 'renewed';
    expect(await handlerOf(okta).accessToken()).toBe('renewed');
  });

  it('is undefined when the token cannot be renewed', async () => {
    const okta = new FakeOktaAuth({ accessToken: ACCESS_TOKEN });
    okta.renewed = null;
    expect(await handlerOf(okta).accessToken()).toBeUndefined();
  });

  it('does not trouble the SDK when nobody is signed in', async () => {
    const okta = new FakeOktaAuth({ accessToken: { ...ACCESS_TOKEN, pendingRemove: true } });
    expect(await handlerOf(okta).accessToken()).toBeUndefined();
    expect(okta.calls).not.toContain('getOrRenewAccessToken');
  });
});

describe('OktaStepUpHandler.stepUp() by redirect', () => {
  it('leaves the page with a state that tells a step-up', async () => {
    const okta = new FakeOktaAuth({ idToken: ALICE });
    expect(await handlerOf(okta).stepUp(REQUIREMENT, contextWith())).toBe('redirecting');
    expect(okta.redirects).toEqual([
      expect.objectContaining({
        state: expect.stringMatching(/^step-up\.[0-9a-f-]{36}$/),
        extraParams: { acr_values: 'phr' },
        maxAge: 60,
      }),
    ]);
  });

  it('fails with its cause when the request cannot be made', async () => {
    const okta = new FakeOktaAuth();
    const cause = sdkError('AuthSdkError', 'INTERNAL', 'Invalid code_challenge_method');
    okta.answer = () => Promise.reject(cause);
    await expect(handlerOf(okta).stepUp(REQUIREMENT, contextWith())).rejects.toMatchObject({
      code: 'ERR_STEPUP_FAILED',
      cause,
      requirement: REQUIREMENT,
    });
  });
});

describe('OktaStepUpHandler.stepUp() by popup', () => {
  it('keeps the refresh token when no new one comes', async () => {
    const okta = new FakeOktaAuth({ idToken: ALICE, refreshToken: REFRESH_TOKEN });
    okta.answer = () =>
      Promise.resolve({ tokens: { idToken: STEPPED_UP, accessToken: ACCESS_TOKEN } });
    expect(await inPopup(okta).stepUp(REQUIREMENT, contextWith())).toBe('completed');
    expect(okta.tokens).toEqual({
      idToken: STEPPED_UP,
      accessToken: ACCESS_TOKEN,
      refreshToken: REFRESH_TOKEN,
    });
  });

  it('takes the new refresh token when one comes', async () => {
    const okta = new FakeOktaAuth({ idToken: ALICE, refreshToken: REFRESH_TOKEN });
    const refreshToken = { ...REFRESH_TOKEN, scopes: ['openid'] };
    okta.answer = () => Promise.resolve({ tokens: { idToken: STEPPED_UP, refreshToken } });
    await inPopup(okta).stepUp(REQUIREMENT, contextWith());
    expect(okta.tokens.refreshToken).toBe(refreshToken);
  });

  it('keeps the old tokens, and the error, when the new ones are refused', async () => {
    const okta = new FakeOktaAuth({ idToken: ALICE });
    okta.answer = () => Promise.resolve({ tokens: { idToken: STEPPED_UP } });
    const refusal = new StepUpError('ERR_STEPUP_UNMET', 'Cannot step up');
    const verify = (): never => {
      throw refusal;
    };
    await expect(inPopup(okta).stepUp(REQUIREMENT, contextWith({ verify }))).rejects.toBe(refusal);
    expect(okta.tokens).toEqual({ idToken: ALICE });
  });

  it('fails when the answer has no ID token to verify', async () => {
    const okta = new FakeOktaAuth({ idToken: ALICE });
    okta.answer = () => Promise.resolve({ tokens: { accessToken: ACCESS_TOKEN } });
    await expect(inPopup(okta).stepUp(REQUIREMENT, contextWith())).rejects.toMatchObject({
      code: 'ERR_STEPUP_FAILED',
    });
    expect(okta.tokens).toEqual({ idToken: ALICE });
  });

  it('stores nothing that comes after it was cancelled', async () => {
    const okta = new FakeOktaAuth({ idToken: ALICE });
    let arrive: (() => void) | undefined;
    okta.answer = () =>
      new Promise((resolve) => {
        arrive = () => resolve({ tokens: { idToken: STEPPED_UP } });
      });
    const controller = new AbortController();
    const outcome = inPopup(okta).stepUp(REQUIREMENT, contextWith({ signal: controller.signal }));
    await Promise.resolve();
    controller.abort();
    arrive?.();
    await expect(outcome).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
    expect(okta.tokens).toEqual({ idToken: ALICE });
  });

  it('opens one popup after the other, also after one that failed', async () => {
    const okta = new FakeOktaAuth({ idToken: ALICE });
    let refuseFirst: (() => void) | undefined;
    okta.answer = () =>
      new Promise((_resolve, reject) => {
        refuseFirst = () => reject(sdkError('OAuthError', 'access_denied'));
      });
    const handler = inPopup(okta);
    const outcomes = [1, 2].map(() => handler.stepUp(REQUIREMENT, contextWith()));
    await new Promise((resolve) => setTimeout(resolve));
    expect(okta.popups).toHaveLength(1);

    okta.answer = () => Promise.resolve({ tokens: { idToken: STEPPED_UP } });
    refuseFirst?.();
    await expect(outcomes[0]).rejects.toMatchObject({ code: 'ERR_STEPUP_DENIED' });
    expect(await outcomes[1]).toBe('completed');
    expect(okta.popups).toHaveLength(2);
  });
});
