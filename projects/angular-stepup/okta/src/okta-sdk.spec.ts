import { webcrypto } from 'node:crypto';
import { TextEncoder } from 'node:util';

import { TestBed } from '@angular/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { StepUpContext } from 'angular-stepup';
import type { Authentication, AuthenticationRequirement } from 'stepup-core';

import type { OktaAuthLike } from './okta-auth-like';
import { OKTA_CLIENT } from './okta-client';
import {
  OKTA_STEP_UP_OPTIONS,
  type OktaStepUpOptions,
  OktaStepUpHandler,
} from './okta-step-up-handler';

const ISSUER = 'https://as.example/oauth2/default';
const STEP_UP = { acrValues: ['phr', 'urn:okta:loa:2fa:any'], maxAge: 300 };

type OktaAuthConstructor = new (options: never) => OktaAuthLike;

const majors: [string, () => Promise<{ readonly OktaAuth: OktaAuthConstructor }>][] = [
  ['7', () => import('@okta/okta-auth-js')],
  ['8', () => import('okta-auth-js-8')],
];

const handlerOf = (okta: OktaAuthLike, options: OktaStepUpOptions = {}): OktaStepUpHandler => {
  jest.spyOn(okta, 'start').mockResolvedValue();
  TestBed.configureTestingModule({
    providers: [
      { provide: OKTA_CLIENT, useValue: okta },
      { provide: OKTA_STEP_UP_OPTIONS, useValue: options },
      OktaStepUpHandler,
    ],
  });
  return TestBed.inject(OktaStepUpHandler);
};

const contextWith = (verify: (authentication: Authentication) => void = () => undefined) =>
  ({ returnUrl: '/', signal: new AbortController().signal, verify }) satisfies StepUpContext;

/** The real SDKs in jsdom, with the authorization server's answers as the only fake. */
describe.each(majors)('OktaStepUpHandler with okta-auth-js %s', (_major, load) => {
  let OktaAuth: OktaAuthConstructor;
  const locations: string[] = [];
  const tokenRequests: string[] = [];
  let claims: Record<string, unknown>;
  let issued: Record<string, unknown>;

  beforeAll(async () => {
    // jsdom lacks both, and version 7 looks for them when it is loaded.
    Object.defineProperty(globalThis, 'crypto', { value: webcrypto, configurable: true });
    Object.defineProperty(globalThis, 'TextEncoder', { value: TextEncoder, configurable: true });
    ({ OktaAuth } = await load());
  });

  beforeEach(() => {
    issued = {};
    claims = { acr: 'urn:okta:loa:2fa:any', sub: 'alice', preferred_username: 'alice' };
  });

  afterEach(() => {
    locations.length = 0;
    tokenRequests.length = 0;
    sessionStorage.clear();
    localStorage.clear();
    history.replaceState(null, '', '/');
    jest.restoreAllMocks();
  });

  const answer = (method: string, url: string, body: unknown): unknown => {
    if (url.endsWith('/.well-known/openid-configuration')) {
      return { issuer: ISSUER, code_challenge_methods_supported: ['S256'] };
    }
    tokenRequests.push(`${method} ${url} ${String(body)}`);
    const now = Math.floor(Date.now() / 1000);
    const idToken = { iss: ISSUER, aud: 'spa', iat: now, exp: now + 300, ...claims };
    return {
      access_token: 'e30.e30.s',
      id_token: `e30.${Buffer.from(JSON.stringify(idToken)).toString('base64url')}.s`,
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'openid profile',
      ...issued,
    };
  };

  const clientWith = (options: { acrValues?: string } = {}) =>
    new OktaAuth({
      issuer: ISSUER,
      clientId: 'spa',
      redirectUri: `${location.origin}/login/callback`,
      ignoreSignature: true,
      scopes: ['openid', 'profile'],
      tokenManager: { autoRenew: false, syncStorage: false },
      setLocation: (url: string) => locations.push(url),
      httpRequestClient: (method: string, url: string, { data }: { data?: unknown }) => {
        const responseJSON = answer(method, url, data);
        const responseText = JSON.stringify(responseJSON);
        return Promise.resolve({ status: 200, responseText, responseJSON, responseType: 'json' });
      },
      ...options,
    } as never);

  const redirect = async (
    requirement: AuthenticationRequirement,
    okta: OktaAuthLike,
  ): Promise<URLSearchParams> => {
    expect(await handlerOf(okta).stepUp(requirement, contextWith())).toBe('redirecting');
    return new URL(locations.at(-1) ?? '').searchParams;
  };

  it('sends acr_values and max_age once each', async () => {
    const sent = await redirect(STEP_UP, clientWith());
    expect(sent.getAll('acr_values')).toEqual(['phr urn:okta:loa:2fa:any']);
    expect(sent.getAll('max_age')).toEqual(['300']);
    expect(sent.get('scope')).toBe('openid profile');
    expect(sent.get('state')).toMatch(/^step-up\./);
  });

  it('sends max_age=0', async () => {
    expect((await redirect({ maxAge: 0 }, clientWith())).get('max_age')).toBe('0');
  });

  it.each([
    ['one of several classes', STEP_UP, 'urn:okta:loa:2fa:any', undefined],
    ['a stronger class than asked', { acrValues: ['urn:okta:loa:2fa:any'] }, 'phr', undefined],
    ['another class than its default', STEP_UP, 'phr', 'urn:okta:loa:1fa:any'],
    ['another class than its default, asked by age', { maxAge: 9 }, 'phr', 'urn:okta:loa:1fa:any'],
  ])('redeems %s', async (_case, requirement, acr, acrValues) => {
    const okta = clientWith(acrValues === undefined ? {} : { acrValues });
    const sent = await redirect(requirement, okta);
    claims = { ...claims, acr };
    history.replaceState(null, '', `/login/callback?code=c&state=${sent.get('state')}`);
    expect(okta.isLoginRedirect()).toBe(true);

    const { tokens } = await okta.token.parseFromUrl();
    expect(tokens.idToken?.claims['acr']).toBe(acr);
    expect(okta.tokenManager.getTokensSync()).toEqual({});
  });

  it('sends the classes again on renewal, and no max_age', async () => {
    const okta = clientWith();
    const sent = await redirect(STEP_UP, okta);
    history.replaceState(null, '', `/login/callback?code=c&state=${sent.get('state')}`);
    const { tokens } = await okta.token.parseFromUrl();
    expect(tokens.idToken).toMatchObject({
      extraParams: { acr_values: 'phr urn:okta:loa:2fa:any' },
    });
    expect(JSON.stringify(tokens)).not.toMatch(/max_?age/i);
  });

  describe('in a popup', () => {
    const popup = { closed: false, close: jest.fn(), location: { assign: jest.fn() } };
    const open = () =>
      jest.spyOn(window, 'open').mockImplementation(() => {
        popup.closed = false;
        return popup as never;
      });

    beforeEach(() => {
      popup.closed = false;
      popup.close = jest.fn(() => {
        popup.closed = true;
      });
      popup.location.assign = jest.fn();
    });

    const answerPopup = (response: Record<string, string>, before = () => undefined as void) => {
      popup.location.assign.mockImplementation((url) => {
        before();
        const state = new URL(String(url)).searchParams.get('state');
        const { origin } = new URL(ISSUER);
        const data = { ...response, state };
        window.dispatchEvent(new MessageEvent('message', { data, origin }));
      });
    };

    it('stores the tokens after they are verified', async () => {
      const opened = open();
      answerPopup({ code: 'c' });
      const okta = clientWith();
      const seen: (string | undefined)[] = [];
      const handler = handlerOf(okta, { interaction: 'popup' });

      const verify = ({ acr }: Authentication) => {
        expect(okta.tokenManager.getTokensSync()).toEqual({});
        seen.push(String(acr));
      };
      expect(await handler.stepUp(STEP_UP, contextWith(verify))).toBe('completed');
      expect(seen).toEqual(['urn:okta:loa:2fa:any']);
      expect(handler.authentication()).toMatchObject({
        acr: 'urn:okta:loa:2fa:any',
        subject: 'alice',
      });
      expect(await handler.accessToken()).toBe('e30.e30.s');
      // The SDK finds the popup that is already open: by its name.
      const [ours, theirs] = opened.mock.calls;
      expect(opened).toHaveBeenCalledTimes(2);
      expect(theirs?.slice(0, 2)).toEqual(['about:blank', ours?.[1]]);
      expect(popup.close).toHaveBeenCalled();
    });

    it('is not undone by a renewal that waited for it', async () => {
      open();
      answerPopup({ code: 'c' });
      const handler = handlerOf(clientWith(), { interaction: 'popup' });
      issued = { refresh_token: 'old', expires_in: 1 };
      await handler.stepUp(STEP_UP, contextWith());

      issued = { refresh_token: 'new' };
      let renewed: Promise<unknown> = Promise.resolve();
      answerPopup({ code: 'c' }, () => {
        renewed = handler.accessToken();
      });
      await handler.stepUp(STEP_UP, contextWith());
      await renewed;
      expect(tokenRequests).toHaveLength(3);
      expect(tokenRequests[2]).toContain('refresh_token=new');
    });

    it('is cancelled when the end-user closes it', async () => {
      open();
      popup.location.assign.mockImplementation(() => {
        popup.closed = true;
      });
      await expect(
        handlerOf(clientWith(), { interaction: 'popup' }).stepUp(STEP_UP, contextWith()),
      ).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
    });

    it('expires', async () => {
      open();
      await expect(
        handlerOf(clientWith(), { interaction: 'popup', popupTimeoutSeconds: 0.001 }).stepUp(
          STEP_UP,
          contextWith(),
        ),
      ).rejects.toMatchObject({ code: 'ERR_STEPUP_EXPIRED' });
    });

    it.each([
      ['access_denied', 'ERR_STEPUP_DENIED'],
      ['unmet_authentication_requirements', 'ERR_STEPUP_UNMET'],
    ])('turns %s into %s', async (error, code) => {
      open();
      answerPopup({ error, error_description: 'because' });
      await expect(
        handlerOf(clientWith(), { interaction: 'popup' }).stepUp(STEP_UP, contextWith()),
      ).rejects.toMatchObject({ code });
    });
  });
});
