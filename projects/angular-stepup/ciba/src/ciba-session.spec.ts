import { PLATFORM_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { provideStepUp, withApis } from 'angular-stepup';

import { readTokens } from './ciba-answers';
import type { CibaOptions } from './ciba-options';
import { CibaSession } from './ciba-session';
import { CibaTokens } from './ciba-tokens';
import { type FakeCibaApi, tokensOf } from './fake-ciba-api';
import { FakePage } from './fake-page';
import { withCiba } from './with-ciba';

const API = 'https://api.example.com';
const ITEM = 'stepup.ciba';

let page: FakePage;
let api: FakeCibaApi;

beforeEach(() => {
  page = new FakePage();
  ({ api } = page);
});

afterEach(() => page.close());

const sessionOf = (options: Partial<CibaOptions> = {}, platform = 'browser'): CibaSession => {
  TestBed.resetTestingModule();
  TestBed.configureTestingModule({
    providers: [
      { provide: PLATFORM_ID, useValue: platform },
      provideStepUp(withApis(API), withCiba({ apiUrl: API, ...options })),
    ],
  });
  return TestBed.inject(CibaSession);
};

const accept = (answer: Readonly<Record<string, unknown>> = tokensOf('alice')): void =>
  TestBed.inject(CibaTokens).accept(readTokens(answer));

const failed = expect.objectContaining({ code: 'ERR_STEPUP_FAILED' });

describe('CibaSession.authentication', () => {
  it('is what the ID token says, without ill-typed claims', () => {
    const session = sessionOf();
    expect(session.authentication()).toBeUndefined();
    accept(tokensOf('alice', { sub: 'alicé', acr: ['phr'], auth_time: '1', amr: [1] }));
    expect(session.authentication()).toStrictEqual({
      subject: 'alicé',
      claims: { sub: 'alicé', acr: ['phr'], auth_time: '1', amr: [1] },
    });
  });

  it('stays that of the ID token when the access token is refreshed', async () => {
    const session = sessionOf();
    accept(tokensOf('alice', { acr: 'phr' }));
    api.refreshed = tokensOf('alice', { acr: 'phr', auth_time: 999_999 });
    await page.pass(300);
    await session.accessToken();
    expect(session.authentication()).toMatchObject({ authTime: 1000 });
  });
});

describe('CibaSession.accessToken()', () => {
  it('is undefined when nobody is signed in', async () => {
    expect(await sessionOf().accessToken()).toBeUndefined();
    expect(api.requests).toEqual([]);
  });

  it('is the token for as long as it is good', async () => {
    const session = sessionOf();
    accept();
    await page.pass(289);
    expect(await session.accessToken()).toBe('access-alice');
    expect(api.requests).toEqual([]);
  });

  it('is the token when it has no known end', async () => {
    const session = sessionOf();
    accept({ ...tokensOf('alice'), expires_in: undefined });
    await page.pass(100_000);
    expect(await session.accessToken()).toBe('access-alice');
  });

  it('is refreshed ten seconds ahead of its end, with the binding', async () => {
    const session = sessionOf();
    accept();
    await page.pass(290);
    expect(await session.accessToken()).toBe('refreshed');
    expect(api.request('POST oidc/token')).toMatchObject({
      body: { grant_type: 'refresh_token', refresh_token: 'refresh-alice' },
      headers: { 'Step-Up-Binding': expect.stringMatching(/^[\w-]{43}$/) },
    });
  });

  it('is refreshed once for all that ask meanwhile', async () => {
    const session = sessionOf();
    accept();
    await page.pass(300);
    const tokens = await Promise.all([session.accessToken(), session.accessToken()]);
    expect(tokens).toEqual(['refreshed', 'refreshed']);
    expect(api.requests).toHaveLength(1);
  });

  it('is refreshed with the refresh token that came last', async () => {
    const session = sessionOf();
    accept();
    await page.pass(300);
    await session.accessToken();
    api.refreshed = { access_token: 'second', refresh_token: 'rotated', expires_in: 300 };
    await page.pass(300);
    await session.accessToken();
    await page.pass(300);
    await session.accessToken();
    expect(api.requests.map(({ body }) => body['refresh_token'])).toEqual([
      'refresh-alice',
      'refresh-alice',
      'rotated',
    ]);
  });

  it('signs out when it is expired and cannot be refreshed', async () => {
    const session = sessionOf();
    accept({ ...tokensOf('alice'), refresh_token: undefined });
    await page.pass(300);
    expect(await session.accessToken()).toBeUndefined();
    expect(session.authentication()).toBeUndefined();
  });

  it.each([400, 401, 403])('signs out when a refresh is refused with %i', async (status) => {
    const session = sessionOf();
    accept();
    api.answers.set('POST oidc/token', [status, { error: 'invalid_grant' }]);
    await page.pass(300);
    expect(await session.accessToken()).toBeUndefined();
    expect(session.authentication()).toBeUndefined();
    expect(await session.accessToken()).toBeUndefined();
    expect(api.requests).toHaveLength(1);
  });

  it.each<[string, () => unknown]>([
    ['cannot be reached', () => (api.isDown = true)],
    ['answers 503', () => api.answers.set('POST oidc/token', [503, {}])],
    ['answers 429', () => api.answers.set('POST oidc/token', [429, {}])],
    ['answers something else', () => api.answers.set('POST oidc/token', [200, '<html>'])],
  ])('rejects, and keeps the session, when the API %s', async (_, breakIt) => {
    const session = sessionOf();
    accept();
    await page.pass(300);
    breakIt();
    await expect(session.accessToken()).rejects.toEqual(failed);
    expect(session.authentication()).toMatchObject({ subject: 'alice' });
    api.isDown = false;
    api.answers.clear();
    expect(await session.accessToken()).toBe('refreshed');
  });

  it('rejects when a refresh is not answered in time', async () => {
    const session = sessionOf();
    accept();
    await page.pass(300);
    api.isSilent = true;
    const token = session.accessToken();
    const outcome = expect(token).rejects.toEqual(failed);
    await page.pass(10);
    await outcome;
  });

  it('brings nobody back who signed out while it was refreshed', async () => {
    const session = sessionOf();
    accept();
    await page.pass(300);
    api.onRequest = (call) => {
      if (call === 'POST oidc/token') session.signOut();
    };
    expect(await session.accessToken()).toBeUndefined();
    expect(session.authentication()).toBeUndefined();
    expect(api.revoked).toEqual(['refresh-alice', 'refreshed']);
  });

  it('gives what one user asked for to nobody who signed in while it was refreshed', async () => {
    const session = sessionOf();
    accept();
    await page.pass(300);
    api.onRequest = (call) => {
      if (call !== 'POST oidc/token') return;
      session.signOut();
      accept(tokensOf('bob'));
    };
    expect(await session.accessToken()).toBeUndefined();
    expect(await session.accessToken()).toBe('access-bob');
  });

  it('does not replace the tokens of a step-up that ended while it was refreshed', async () => {
    const session = sessionOf();
    accept();
    await page.pass(300);
    api.refreshed = { access_token: 'second', refresh_token: 'rotated', expires_in: 300 };
    api.onRequest = (call) => {
      if (call !== 'POST oidc/token') return;
      accept({ ...tokensOf('alice'), access_token: 'stronger' });
    };
    expect(await session.accessToken()).toBe('stronger');
    expect(await session.accessToken()).toBe('stronger');
    expect(api.revoked).toEqual(['rotated']);
  });
});

describe('CibaSession.signOut()', () => {
  it('forgets the tokens', async () => {
    const session = sessionOf({ storage: 'session' });
    accept();
    session.signOut();
    expect(session.authentication()).toBeUndefined();
    expect(await session.accessToken()).toBeUndefined();
    expect(sessionStorage.getItem(ITEM)).toBeNull();
  });

  it('has the refresh token revoked, with the binding, by a request that outlives the page', () => {
    const session = sessionOf();
    accept();
    session.signOut();
    expect(api.request('POST oidc/revoke')).toMatchObject({
      body: { token: 'refresh-alice' },
      headers: { 'Step-Up-Binding': expect.stringMatching(/^[\w-]{43}$/) },
      keepalive: true,
    });
    expect(api.requests).toHaveLength(1);
  });

  it('has the access token revoked when there is no refresh token', () => {
    const session = sessionOf();
    accept({ ...tokensOf('alice'), refresh_token: undefined });
    session.signOut();
    expect(api.revoked).toEqual(['access-alice']);
  });

  it('has the refresh token revoked that came last', async () => {
    const session = sessionOf();
    accept();
    api.refreshed = { access_token: 'second', refresh_token: 'rotated', expires_in: 300 };
    await page.pass(300);
    await session.accessToken();
    session.signOut();
    expect(api.revoked).toEqual(['rotated']);
  });

  it('has tokens revoked once', () => {
    const session = sessionOf();
    accept();
    session.signOut();
    session.signOut();
    expect(api.revoked).toEqual(['refresh-alice']);
  });

  it('has nothing revoked when nobody is signed in', () => {
    sessionOf().signOut();
    expect(api.requests).toEqual([]);
  });

  it('has tokens from before the page was loaded again revoked with their own secret', () => {
    sessionOf({ storage: 'session' });
    accept();
    const { secret } = JSON.parse(sessionStorage.getItem(ITEM) ?? '') as { secret: string };
    sessionOf({ storage: 'session' }).signOut();
    expect(api.revoked).toEqual(['refresh-alice']);
    expect(api.request('POST oidc/revoke').headers['Step-Up-Binding']).toBe(secret);
  });

  it.each<[string, () => unknown]>([
    ['cannot be reached', () => (api.isDown = true)],
    ['does not answer', () => (api.isSilent = true)],
    ['answers 503', () => api.answers.set('POST oidc/revoke', [503, {}])],
    ['has no such endpoint', () => api.answers.set('POST oidc/revoke', [404, '<html>'])],
  ])('signs out all the same, at once, when the API %s', async (_, breakIt) => {
    const session = sessionOf();
    accept();
    breakIt();
    session.signOut();
    expect(session.authentication()).toBeUndefined();
    await page.pass(600);
    expect(api.revoked).toEqual(['refresh-alice']);
  });
});

describe('CibaTokens.accept()', () => {
  it('has the tokens revoked of the user whose place another one takes', () => {
    sessionOf();
    accept(tokensOf('alice'));
    accept(tokensOf('bob'));
    expect(api.revoked).toEqual(['refresh-alice']);
  });

  it('has nothing revoked when the same user gets new tokens', () => {
    sessionOf();
    accept(tokensOf('alice', { acr: 'pwd' }));
    accept({ ...tokensOf('alice', { acr: 'phr' }), refresh_token: 'stronger' });
    expect(api.requests).toEqual([]);
  });
});

describe("CibaSession with storage 'memory'", () => {
  it('leaves nothing in a storage, and ends with the page', () => {
    sessionOf();
    accept();
    expect([sessionStorage.length, localStorage.length]).toEqual([0, 0]);
    expect(sessionOf().authentication()).toBeUndefined();
  });
});

describe("CibaSession with storage 'session'", () => {
  it('is there after the page is loaded again, with the secret of its refresh token', async () => {
    sessionOf({ storage: 'session' });
    accept();
    const { secret } = JSON.parse(sessionStorage.getItem(ITEM) ?? '') as { secret: string };
    const session = sessionOf({ storage: 'session' });
    expect(session.authentication()).toMatchObject({ subject: 'alice' });
    expect(await session.accessToken()).toBe('access-alice');
    await page.pass(300);
    expect(await session.accessToken()).toBe('refreshed');
    expect(api.requests[0]?.headers['Step-Up-Binding']).toBe(secret);
    expect(secret).toMatch(/^[\w-]{43}$/);
  });

  it('is that of one API: another app of this origin may have another', async () => {
    sessionOf({ storage: 'session' });
    accept();
    const session = sessionOf({ storage: 'session', apiUrl: 'https://api.example.org' });
    expect(session.authentication()).toBeUndefined();
    expect(await session.accessToken()).toBeUndefined();
  });

  it('keeps the tokens nowhere else', async () => {
    const session = sessionOf({ storage: 'session' });
    accept();
    sessionStorage.clear();
    expect(await session.accessToken()).toBeUndefined();
    expect(session.authentication()).toBeUndefined();
  });

  it.each([
    'no JSON',
    '[]',
    '{"accessToken":1}',
    '{"idToken":1}',
    '{"idToken":"not a token"}',
    '{"api":"https://api.example.org/auth"}',
  ])('signs nobody in by %s in place of what was kept', async (text) => {
    sessionOf({ storage: 'session' });
    accept();
    const kept: unknown = JSON.parse(sessionStorage.getItem(ITEM) ?? '');
    const wrong = text.startsWith('{') && JSON.stringify(Object.assign({}, kept, JSON.parse(text)));
    sessionStorage.setItem(ITEM, wrong || text);
    const session = sessionOf({ storage: 'session' });
    expect(session.authentication()).toBeUndefined();
    expect(await session.accessToken()).toBeUndefined();
  });

  it('fails to sign in when the storage cannot be written', () => {
    const session = sessionOf({ storage: 'session' });
    const write = jest.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    expect(() => accept()).toThrow(failed);
    write.mockRestore();
    expect(session.authentication()).toBeUndefined();
    expect(api.revoked).toEqual(['refresh-alice']);
  });
});

describe('CibaSession on a server', () => {
  it('is signed out, and touches neither storage nor network', async () => {
    sessionOf({ storage: 'session' });
    accept();
    const session = sessionOf({ storage: 'session' }, 'server');
    expect(session.authentication()).toBeUndefined();
    expect(await session.accessToken()).toBeUndefined();
    expect(api.requests).toEqual([]);
  });
});
