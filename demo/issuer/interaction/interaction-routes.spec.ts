import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RelyingParty } from '../testing/relying-party.js';
import type { TestBrowser } from '../testing/test-browser.js';

const ONE = 'urn:okta:loa:1fa:any';
const TWO = 'urn:okta:loa:2fa:any';

describe('InteractionRoutes', () => {
  let rp: RelyingParty;
  let browser: TestBrowser;

  beforeAll(async () => {
    rp = await RelyingParty.start({ acrMode: 'session' });
  });

  afterAll(() => rp.issuer.close());

  beforeEach(() => {
    browser = rp.browser();
  });

  async function signedIn(username: string, acrValues = ONE) {
    return rp.redeem(await rp.signIn(browser, username, { acr_values: acrValues }));
  }

  async function submitCode(accountId: string) {
    return browser.submit('otp', { code: await rp.oneTimeCode(accountId) });
  }

  it('asks only for what the session lacks', async () => {
    await signedIn('alice');
    await rp.authorize(browser, { acr_values: TWO });
    expect(browser.heading).toBe('Enter your one-time code');
    const { access, id } = await rp.redeem(await submitCode('alice'));
    expect(access.acr).toBe(TWO);
    expect(id).toMatchObject({ acr: TWO, amr: ['pwd', 'otp', 'mfa'] });
  });

  it('asks for nothing when the session is strong enough', async () => {
    await signedIn('alice', TWO);
    const visit = await rp.authorize(browser, { acr_values: TWO, max_age: '300' });
    expect((await rp.redeem(visit)).id.acr).toBe(TWO);
  });

  it.each([{ max_age: '0' }, { prompt: 'login' }])(
    'asks for every factor again with %j',
    async (params) => {
      await signedIn('alice', TWO);
      await rp.authorize(browser, { ...params, acr_values: TWO });
      expect(browser.heading).toBe('Confirm that it is you');
      expect(browser.html).toContain('asks you to sign in again with two factors');
      await browser.submit('password', { password: 'harbour-alice' });
      expect(browser.heading).toBe('Enter your one-time code');
      expect((await rp.redeem(await submitCode('alice'))).id.acr).toBe(TWO);
    },
  );

  it('says who asks, and for what', async () => {
    await rp.authorize(browser, { acr_values: TWO });
    expect(browser.html).toContain(
      '<strong>Harbour Bank</strong> asks you to sign in with two factors',
    );
  });

  it('refuses a wrong password and keeps the user name', async () => {
    await rp.authorize(browser);
    const visit = await browser.submit('password', { username: 'alice', password: 'wrong' });
    expect(visit).toMatchObject({ kind: 'page', status: 422 });
    expect(browser.html).toContain('role="alert"');
    expect(browser.html).toContain('value="alice"');
  });

  it('refuses a wrong one-time code', async () => {
    await signedIn('alice');
    await rp.authorize(browser, { acr_values: TWO });
    expect(await browser.submit('otp', { code: '' })).toMatchObject({ status: 422 });
    expect(browser.html).toContain('This code is not right');
  });

  it('ends after five failed attempts', async () => {
    await rp.authorize(browser);
    const attempt = () => browser.submit('password', { username: 'alice', password: 'wrong' });
    for (let failed = 1; failed < 5; failed += 1) await attempt();
    expect(await attempt()).toMatchObject({ params: { error: 'access_denied' } });
  });

  it('comes back with access_denied when it is cancelled', async () => {
    await rp.authorize(browser);
    expect(await browser.submit('cancel')).toMatchObject({
      params: { error: 'access_denied', state: 'state-1' },
    });
  });

  it('comes back with unmet_authentication_requirements when somebody is unable', async () => {
    await signedIn('alice');
    await rp.authorize(browser, { acr_values: TWO });
    expect(await browser.submit('unable')).toMatchObject({
      params: { error: 'unmet_authentication_requirements' },
    });
  });

  it('comes back with unmet_authentication_requirements for what the account cannot reach', async () => {
    await signedIn('bob');
    expect(await rp.authorize(browser, { acr_values: 'phr' })).toMatchObject({
      params: { error: 'unmet_authentication_requirements' },
    });
  });

  it('makes nobody sign in for what cannot be reached at all', async () => {
    expect(await rp.authorize(browser, { acr_values: 'phrh' })).toMatchObject({
      params: { error: 'unmet_authentication_requirements' },
    });
  });

  it('settles for the first requested value that the account can reach', async () => {
    const { access } = await signedIn('bob', `phr ${TWO}`);
    expect(access.acr).toBe(TWO);
  });

  it('passes over requested values that it does not know', async () => {
    const { access } = await signedIn('alice', 'urn:example:gold');
    expect(access.acr).toBe(ONE);
  });

  it('grants carol less than was asked, and does not ask her again', async () => {
    const { access } = await signedIn('carol', TWO);
    expect(access.acr).toBe(ONE);
    const visit = await rp.authorize(browser, { acr_values: 'phr' });
    expect((await rp.redeem(visit)).id).toMatchObject({ sub: 'carol', acr: ONE });
  });

  it.each([{}, { acr_values: TWO }, { max_age: '0' }])(
    'answers login_required in place of a page with prompt=none and %j',
    async (params) => {
      if ('acr_values' in params) await signedIn('alice');
      expect(await rp.authorize(browser, { ...params, prompt: 'none' })).toMatchObject({
        params: { error: 'login_required' },
      });
    },
  );

  it('lets somebody else sign in, who has to prove every factor', async () => {
    const alice = await signedIn('alice');
    await rp.authorize(browser, { acr_values: TWO, login_hint: 'alice' });
    await browser.submit('another-account');
    expect(browser.heading).toBe('Sign in');
    expect(browser.html).not.toContain('value="alice"');
    await browser.submit('password', { username: 'bob', password: 'harbour-bob' });
    expect(browser.heading).toBe('Enter your one-time code');
    expect((await rp.redeem(await submitCode('bob'))).id.sub).toBe('bob');
    // The application may refuse bob and stay with alice: her tokens are still good.
    expect((await rp.refresh(alice)).id.sub).toBe('alice');
  });

  it.each(['alice', 'alice@harbour.example'])(
    'builds on the session when %s is expected',
    async (login_hint) => {
      await signedIn('alice');
      await rp.authorize(browser, { acr_values: TWO, login_hint });
      expect(browser.heading).toBe('Enter your one-time code');
    },
  );

  it('shows an empty sign-in page when somebody else is expected than the session knows', async () => {
    await signedIn('alice');
    await rp.authorize(browser, { acr_values: TWO, login_hint: 'bob' });
    expect(browser.heading).toBe('Sign in');
    expect(browser.html).toContain('value="bob"');
  });

  it('refuses forms of other origins', async () => {
    await rp.authorize(browser);
    const fields = { username: 'alice', password: 'harbour-alice' };
    const visit = await browser.submit('password', fields, { origin: 'http://localhost:4999' });
    expect(visit).toMatchObject({ kind: 'page', status: 403 });
  });

  it('refuses forms that are too large', async () => {
    await rp.authorize(browser);
    const visit = await browser.submit('password', { password: 'x'.repeat(40_000) });
    expect(visit).toMatchObject({ kind: 'page', status: 413 });
  });

  it('refuses an interaction of another browser', async () => {
    await rp.authorize(browser);
    const path = /action="([^"]*)\/password"/.exec(browser.html)?.[1] ?? '';
    expect(await rp.browser().open(path)).toMatchObject({ kind: 'page', status: 400 });
  });

  it('lets forms lead to the application and nowhere else', async () => {
    const visit = await rp.authorize(browser);
    const headers = visit.kind === 'page' ? visit.headers : new Headers();
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("form-action 'self' http://localhost:4200;");
    expect(policy).not.toContain('unsafe');
  });
});
