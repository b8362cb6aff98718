import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEMO_ACCOUNTS } from '../../demo.config.js';
import { RelyingParty } from '../testing/relying-party.js';
import { SoftwareAuthenticator } from '../testing/software-authenticator.js';
import type { TestBrowser } from '../testing/test-browser.js';

const ONE = 'urn:okta:loa:1fa:any';
const TWO = 'urn:okta:loa:2fa:any';

/** Signs in with every factor, a new passkey last. */
async function enrol(rp: RelyingParty, username: string, authenticator: SoftwareAuthenticator) {
  const browser = rp.browser();
  await rp.signIn(browser, username, { acr_values: 'phr' });
  expect(browser.heading).toBe('Create a passkey');
  const created = authenticator.create(browser.passkeyOptions);
  await browser.submit('create-passkey', { response: created });
  expect(browser.html).toContain('Your passkey was created');
  return browser.submit('passkey', { response: authenticator.use(browser.passkeyOptions) });
}

describe('InteractionRoutes with a passkey', () => {
  let rp: RelyingParty;
  let browser: TestBrowser;
  let authenticator: SoftwareAuthenticator;

  beforeAll(async () => {
    rp = await RelyingParty.start();
    authenticator = new SoftwareAuthenticator(rp.issuer.url);
    const visit = await enrol(rp, 'alice', authenticator);
    expect((await rp.redeem(visit)).id).toMatchObject({
      acr: 'phr',
      amr: ['pwd', 'otp', 'swk', 'user', 'mfa'],
    });
  });

  afterAll(() => rp.issuer.close());

  beforeEach(() => {
    browser = rp.browser();
  });

  async function signedIn(username: string, acrValues = ONE) {
    return rp.redeem(await rp.signIn(browser, username, { acr_values: acrValues }));
  }

  function usePasskey() {
    return browser.submit('passkey', { response: authenticator.use(browser.passkeyOptions) });
  }

  it('asks a session with a password for the passkey only', async () => {
    await signedIn('alice');
    await rp.authorize(browser, { acr_values: 'phr' });
    expect(browser.heading).toBe('Use your passkey');
    const { access } = await rp.redeem(await usePasskey());
    expect(access).toMatchObject({ acr: 'phr', sub: 'alice' });
  });

  it('asks for the passkey again when the authentication must be recent', async () => {
    await signedIn('alice');
    await rp.authorize(browser, { acr_values: 'phr' });
    await usePasskey();
    await rp.authorize(browser, { acr_values: 'phr', max_age: '0' });
    expect(browser.heading).toBe('Use your passkey');
    expect((await rp.redeem(await usePasskey())).id.amr).toEqual(['swk', 'user', 'mfa']);
  });

  it('takes a passkey in place of a user name and a password', async () => {
    await rp.authorize(browser, { acr_values: TWO });
    const { id } = await rp.redeem(await usePasskey());
    expect(id).toMatchObject({ sub: 'alice', acr: TWO, amr: ['swk', 'user', 'mfa'] });
  });

  it('offers no passkey to somebody who has none', async () => {
    await signedIn('bob');
    await rp.authorize(browser, { prompt: 'login' });
    expect(browser.html).not.toContain('data-ceremony');
    expect(browser.heading).toBe('Confirm that it is you');
  });

  it('refuses an answer that was given before', async () => {
    await signedIn('alice');
    await rp.authorize(browser, { acr_values: 'phr' });
    const response = authenticator.use(browser.passkeyOptions);
    await browser.submit('passkey', { response: 'not JSON' });
    expect(browser.html).toContain('was not accepted');
    expect(await browser.submit('passkey', { response })).toMatchObject({ status: 422 });
  });
});

describe('InteractionRoutes with two people who have passkeys', () => {
  const [alice] = DEMO_ACCOUNTS;
  let rp: RelyingParty;

  beforeAll(async () => {
    const accounts = ['anna', 'eve'].flatMap((id) =>
      alice ? [{ ...alice, id, password: `harbour-${id}` }] : [],
    );
    rp = await RelyingParty.start({ accounts });
  });

  afterAll(() => rp.issuer.close());

  it('refuses the passkey of the other one', async () => {
    const annas = new SoftwareAuthenticator(rp.issuer.url);
    const eves = new SoftwareAuthenticator(rp.issuer.url);
    await enrol(rp, 'anna', annas);
    await enrol(rp, 'eve', eves);
    const browser = rp.browser();
    await rp.signIn(browser, 'anna');
    await rp.authorize(browser, { acr_values: 'phr' });
    const visit = await browser.submit('passkey', { response: eves.use(browser.passkeyOptions) });
    expect(visit).toMatchObject({ kind: 'page', status: 422 });
    const own = await browser.submit('passkey', { response: annas.use(browser.passkeyOptions) });
    expect((await rp.redeem(own)).id.sub).toBe('anna');
  });
});
