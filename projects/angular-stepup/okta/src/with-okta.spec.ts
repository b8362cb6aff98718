import { APP_BOOTSTRAP_LISTENER, InjectionToken, PLATFORM_ID, inject } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it, jest } from '@jest/globals';
import { StepUp, provideStepUp, withApis } from 'angular-stepup';

import { FakeOktaAuth, idTokenWith } from './fake-okta-auth';
import type { OktaAuthLike } from './okta-auth-like';
import { withOkta } from './with-okta';

const APIS = withApis('https://api.example.com');

describe('withOkta()', () => {
  it('gives the app the authentication of its client', () => {
    const okta = new FakeOktaAuth({ idToken: idTokenWith({ acr: 'phr', sub: 'alice' }) });
    TestBed.configureTestingModule({ providers: [provideStepUp(APIS, withOkta(okta))] });
    expect(TestBed.inject(StepUp).authentication()).toMatchObject({ acr: 'phr', subject: 'alice' });
  });

  it("brings Okta's ranking: a stronger class satisfies a weaker one", async () => {
    const okta = new FakeOktaAuth({ idToken: idTokenWith({ acr: 'phr', sub: 'alice' }) });
    TestBed.configureTestingModule({ providers: [provideStepUp(APIS, withOkta(okta))] });
    await TestBed.inject(StepUp).satisfy({ acrValues: ['urn:okta:loa:2fa:any'] });
    expect(okta.redirects).toEqual([]);
  });

  it('calls a factory once, in an injection context, when the app has started', () => {
    const OKTA_AUTH = new InjectionToken<OktaAuthLike>('OKTA_AUTH');
    const okta = new FakeOktaAuth();
    const factory = jest.fn(() => inject(OKTA_AUTH));
    TestBed.configureTestingModule({
      providers: [{ provide: OKTA_AUTH, useValue: okta }, provideStepUp(APIS, withOkta(factory))],
    });
    const listeners = TestBed.inject(APP_BOOTSTRAP_LISTENER);
    expect(factory).not.toHaveBeenCalled();
    for (const listener of listeners) listener(undefined as never);
    TestBed.inject(StepUp).authentication();
    expect(factory).toHaveBeenCalledTimes(1);
    expect(okta.calls).toEqual(['start']);
  });

  it('makes no client on a server', () => {
    const factory = jest.fn(() => new FakeOktaAuth());
    TestBed.configureTestingModule({
      providers: [
        { provide: PLATFORM_ID, useValue: 'server' },
        provideStepUp(APIS, withOkta(factory)),
      ],
    });
    for (const listener of TestBed.inject(APP_BOOTSTRAP_LISTENER)) listener(undefined as never);
    expect(TestBed.inject(StepUp).authentication()).toBeUndefined();
    expect(factory).not.toHaveBeenCalled();
  });

  it.each([
    { interaction: 'iframe' as never },
    { popupTimeoutSeconds: 0 },
    { popupTimeoutSeconds: Number.NaN },
  ])('refuses %p', (options) => {
    expect(() => withOkta(new FakeOktaAuth(), options)).toThrow(
      expect.objectContaining({ code: 'ERR_STEPUP_CONFIGURATION' }),
    );
  });
});
