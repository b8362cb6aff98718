import { DOCUMENT, PLATFORM_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { StepUp, provideStepUp, withApis } from 'angular-stepup';
import { defineAcrRanking } from 'stepup-core';

import { BrowserBinding } from './browser-binding';
import { readTokens } from './ciba-answers';
import type { CibaOptions } from './ciba-options';
import { CibaSession } from './ciba-session';
import { CibaTokens } from './ciba-tokens';
import { tokensOf } from './fake-ciba-api';
import { withCiba } from './with-ciba';

const API = 'https://api.example.com';
const configuration = (message: RegExp): unknown =>
  expect.objectContaining({
    code: 'ERR_STEPUP_CONFIGURATION',
    message: expect.stringMatching(message),
  });

const bindingOf = (options: CibaOptions): BrowserBinding => {
  TestBed.configureTestingModule({ providers: [provideStepUp(withApis(API), withCiba(options))] });
  return TestBed.inject(BrowserBinding);
};

describe('withCiba()', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com/auth'],
    ['https://api.example.com/', 'https://api.example.com/auth'],
    ['https://api.example.com/v1/', 'https://api.example.com/v1/auth'],
    ['http://localhost:3000', 'http://localhost:3000/auth'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/auth'],
    ['http://[::1]:3000', 'http://[::1]:3000/auth'],
    ['/api', 'http://localhost/api/auth'],
    ['/', 'http://localhost/auth'],
  ])('finds the endpoints of %s at %s', (apiUrl, baseUrl) => {
    expect(bindingOf({ apiUrl }).baseUrl).toBe(baseUrl);
  });

  it.each(['identity', '/identity', 'identity/', 'v1/auth'])('takes %s as a path', (path) => {
    const expected = `${API}/${path.replace(/^\/|\/$/g, '')}`;
    expect(bindingOf({ apiUrl: API, path }).baseUrl).toBe(expected);
  });

  it.each([
    'api.example.com',
    'api',
    '//api.example.com',
    'http://api.example.com',
    'http://localhost.example.com',
    'ftp://api.example.com',
    'https://*.example.com',
    'https://api.example.com/../x',
    'https://api.example.com\\x',
    '/api/../x',
    '',
  ])('refuses %j as an apiUrl', (apiUrl) => {
    expect(() => withCiba({ apiUrl })).toThrow(configuration(/current value is ".*"$/));
  });

  it.each([
    'https://alice:secret@api.example.com',
    'https://api.example.com?key=secret',
    'https://api.example.com#secret',
  ])('refuses %s, and does not quote it', (apiUrl) => {
    expect(() => withCiba({ apiUrl })).toThrow(configuration(/current value is not shown$/));
  });

  it.each<Partial<CibaOptions>>([
    { path: '' },
    { path: '..' },
    { path: 'a/../b' },
    { path: 'auth?x' },
    { path: '//auth' },
    { binding: 'header' as never },
    { storage: 'local' as never },
  ])('refuses %j', (options) => {
    expect(() => withCiba({ apiUrl: API, ...options })).toThrow(configuration(/current value is/));
  });

  it('binds by a cookie to an API of the same origin, else by a secret', () => {
    expect(bindingOf({ apiUrl: '/api' }).secret()).toBeUndefined();
    TestBed.resetTestingModule();
    expect(bindingOf({ apiUrl: 'http://localhost' }).secret()).toBeUndefined();
    TestBed.resetTestingModule();
    expect(bindingOf({ apiUrl: 'http://localhost:3000' }).secret()).toMatch(/^[\w-]{43}$/);
  });

  it('makes one secret for each page', () => {
    const binding = bindingOf({ apiUrl: API });
    const secret = binding.secret();
    expect(binding.secret()).toBe(secret);
    TestBed.resetTestingModule();
    expect(bindingOf({ apiUrl: API }).secret()).not.toBe(secret);
  });

  it('gives the app its authentication, and its ranking', async () => {
    const acrRanking = defineAcrRanking(['pwd', 'phr']);
    TestBed.configureTestingModule({
      providers: [provideStepUp(withApis(API), withCiba({ apiUrl: API, acrRanking }))],
    });
    TestBed.inject(CibaTokens).accept(readTokens(tokensOf('alice', { acr: 'phr' })));
    const stepUp = TestBed.inject(StepUp);
    expect(stepUp.authentication()).toBe(TestBed.inject(CibaSession).authentication());
    await expect(stepUp.satisfy({ acrValues: ['pwd'] })).resolves.toBeUndefined();
  });

  it('needs no origin of the page on a server', () => {
    TestBed.configureTestingModule({
      providers: [
        { provide: PLATFORM_ID, useValue: 'server' },
        { provide: DOCUMENT, useValue: { defaultView: null, location: null } },
        provideStepUp(withApis(API), withCiba({ apiUrl: '/api' })),
      ],
    });
    expect(TestBed.inject(CibaSession).authentication()).toBeUndefined();
  });
});
