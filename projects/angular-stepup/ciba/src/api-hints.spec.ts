import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { provideStepUp, withApis } from 'angular-stepup';

import { readTokens } from './ciba-answers';
import type { CibaOptions } from './ciba-options';
import { CibaStepUpHandler } from './ciba-step-up-handler';
import { CibaTokens } from './ciba-tokens';
import { type FakeCibaApi, tokensOf } from './fake-ciba-api';
import { FakePage } from './fake-page';
import { QrSignIn } from './qr-sign-in';
import { withCiba } from './with-ciba';

const API = 'https://api.example.com';
const NOT_FOUND = [404, { error: 'not_found', error_description: 'none' }] as const;

let page: FakePage;
let api: FakeCibaApi;
const warn = jest.spyOn(console, 'warn');

beforeEach(() => {
  page = new FakePage();
  ({ api } = page);
  warn.mockReset().mockImplementation(() => undefined);
});

afterEach(() => page.close());

const provide = (options: Partial<CibaOptions> = {}): void => {
  TestBed.configureTestingModule({
    providers: [provideStepUp(withApis(API), withCiba({ apiUrl: API, ...options }))],
  });
  TestBed.inject(CibaTokens).accept(readTokens(tokensOf('alice', { acr: 'pwd' })));
};

/** Starts a step-up; what comes of it is not asked here. */
const start = async (): Promise<AbortController> => {
  const abort = new AbortController();
  const context = { returnUrl: '/', signal: abort.signal, verify: () => undefined };
  TestBed.inject(CibaStepUpHandler)
    .stepUp({ acrValues: ['phr'] }, context)
    .catch(() => undefined);
  await page.pass(1);
  return abort;
};

/** The API's CORS lets everything in but one method. */
const refuseMethod = (method: string, error: Error = new TypeError('Failed to fetch')): void => {
  api.onRequest = (call) => {
    if (call.startsWith(method)) throw error;
  };
};

const cancelled = async (): Promise<void> => {
  (await start()).abort();
  await page.pass(1);
};

describe('a cancellation that does not get to the API', () => {
  it('warns once of the methods that enableCors() leaves out', async () => {
    provide();
    refuseMethod('DELETE');
    await cancelled();
    await cancelled();
    expect(api.calls('DELETE')).toHaveLength(2);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(
      expect.stringMatching(
        /stay open on the phone.*methods: \['GET', 'POST', 'DELETE'\].* https:\/\/api\.example\.com/,
      ),
    );
  });

  it('warns for a QR code, too', async () => {
    provide();
    refuseMethod('DELETE');
    const abort = new AbortController();
    const signIn = TestBed.inject(QrSignIn).run(abort.signal);
    await page.pass(1);
    abort.abort();
    await expect(signIn).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
    await page.pass(1);
    expect(api.calls('DELETE')).toEqual(['DELETE qr/qr-1']);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('does not warn when the page is being left', async () => {
    provide();
    refuseMethod('DELETE');
    await start();
    window.dispatchEvent(new Event('pagehide'));
    await page.pass(1);
    expect(api.calls('DELETE')).toHaveLength(1);
    expect(warn).not.toHaveBeenCalled();
  });

  it('does not warn when the browser is offline', async () => {
    provide();
    const abort = await start();
    page.setNetwork(false);
    abort.abort();
    await page.pass(1);
    expect(api.calls('DELETE')).toHaveLength(1);
    expect(warn).not.toHaveBeenCalled();
  });

  it('does not warn when the API answers, or something else fails', async () => {
    provide();
    api.answersOnce.set('DELETE transactions/transaction-1', NOT_FOUND);
    await cancelled();
    refuseMethod('DELETE', new DOMException('aborted', 'AbortError'));
    await cancelled();
    expect(api.calls('DELETE')).toHaveLength(2);
    expect(warn).not.toHaveBeenCalled();
  });

  it('does not warn of an API of the same origin, which needs no CORS', async () => {
    provide({ apiUrl: '/api' });
    refuseMethod('DELETE');
    await cancelled();
    expect(api.calls('DELETE')).toHaveLength(1);
    expect(warn).not.toHaveBeenCalled();
  });

  it('does not warn when what fails is the revocation of tokens', async () => {
    provide();
    refuseMethod('POST oidc/revoke');
    TestBed.inject(CibaTokens).signOut();
    await page.pass(1);
    expect(api.revoked).toHaveLength(1);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('a cookie that does not get to an API of another origin', () => {
  const EVENTS = 'GET transactions/transaction-1/events';
  const warned = expect.stringMatching(
    /https:\/\/api\.example\.com.*credentials: true.*same site.*binding: 'secret'/,
  );

  it('makes for one warning when CORS without credentials refuses the start', async () => {
    provide({ binding: 'cookie' });
    refuseMethod('POST step-up');
    await start();
    await start();
    expect(api.calls('POST step-up')).toHaveLength(2);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(warned);
  });

  it('makes for a warning when CORS without credentials refuses a QR code', async () => {
    provide({ binding: 'cookie' });
    refuseMethod('POST qr');
    await expect(Promise.all([TestBed.inject(QrSignIn).run(), page.pass(1)])).rejects.toMatchObject(
      { code: 'ERR_STEPUP_FAILED' },
    );
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(warned);
  });

  it('makes for a warning when the API does not know what was just started', async () => {
    provide({ binding: 'cookie' });
    api.answers.set(EVENTS, NOT_FOUND);
    await start();
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(warned);
  });

  it('is not blamed once it got there', async () => {
    provide({ binding: 'cookie' });
    await start();
    api.answers.set(EVENTS, NOT_FOUND);
    api.breakStreams();
    await page.pass(10);
    refuseMethod('POST step-up');
    await start();
    expect(api.calls(EVENTS)).toHaveLength(2);
    expect(api.calls('POST step-up')).toHaveLength(2);
    expect(warn).not.toHaveBeenCalled();
  });

  it.each<[string, Partial<CibaOptions>]>([
    ['a secret', { binding: 'secret' }],
    ['an API of the same origin', { apiUrl: '/api' }],
  ])('is not blamed with %s', async (_, options) => {
    provide(options);
    api.answers.set(EVENTS, NOT_FOUND);
    await start();
    refuseMethod('POST step-up');
    await start();
    expect(api.calls('POST step-up')).toHaveLength(2);
    expect(warn).not.toHaveBeenCalled();
  });

  it('is not blamed for another refusal, or without a network', async () => {
    provide({ binding: 'cookie' });
    api.answersOnce.set('POST step-up', [429, { error: 'too_many_requests' }]);
    await start();
    api.answersOnce.set('POST step-up', NOT_FOUND);
    await start();
    page.setNetwork(false);
    await start();
    expect(api.calls('POST step-up')).toHaveLength(3);
    expect(warn).not.toHaveBeenCalled();
  });
});
