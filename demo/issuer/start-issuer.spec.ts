import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createServer, request } from 'node:http';
import { startIssuer } from './start-issuer.js';
import { RelyingParty } from './testing/relying-party.js';

const ONE_FACTOR = 'urn:okta:loa:1fa:any';
const TWO_FACTORS = 'urn:okta:loa:2fa:any';

describe('startIssuer()', () => {
  let rp: RelyingParty;
  const said: unknown[] = [];
  const listenTo = (method: 'info' | 'warn' | 'error') =>
    jest.spyOn(console, method).mockImplementation((...words: unknown[]) => void said.push(words));
  const spies = [listenTo('info'), listenTo('warn'), listenTo('error')];

  beforeAll(async () => {
    rp = await RelyingParty.start();
  });

  afterAll(async () => {
    for (const spy of spies) spy.mockRestore();
    await rp.issuer.close();
  });

  it('publishes its metadata where Okta does', async () => {
    const { issuer, url } = rp.issuer;
    const response = await fetch(`${issuer}/.well-known/openid-configuration`);
    expect(await response.json()).toMatchObject({
      issuer: `${url}/oauth2/default`,
      authorization_endpoint: `${issuer}/v1/authorize`,
      token_endpoint: `${issuer}/v1/token`,
      jwks_uri: `${issuer}/v1/keys`,
      end_session_endpoint: `${issuer}/v1/logout`,
      acr_values_supported: expect.arrayContaining([ONE_FACTOR, TWO_FACTORS, 'phr', 'phrh']),
    });
  });

  it.each(['.well-known/openid-configuration', 'v1/keys', 'v1/token', 'v1/userinfo'])(
    'lets the application read %s from another origin',
    async (path) => {
      const { webOrigin } = rp.config;
      const method = path === 'v1/token' ? 'POST' : 'GET';
      const response = await fetch(`${rp.issuer.issuer}/${path}`, {
        method,
        headers: { origin: webOrigin },
      });
      expect(['*', webOrigin]).toContain(response.headers.get('access-control-allow-origin'));
    },
  );

  it('signs somebody in with a password', async () => {
    const { id, access } = await rp.redeem(await rp.signIn(rp.browser(), 'alice'));
    expect(id).toMatchObject({ sub: 'alice', amr: ['pwd'], auth_time: expect.any(Number) });
    expect(access.sub).toBe('alice');
  });

  it('takes an e-mail address for a user name', async () => {
    const browser = rp.browser();
    await rp.authorize(browser);
    const visit = await browser.submit('password', {
      username: ' Alice@Harbour.example ',
      password: 'harbour-alice',
    });
    expect((await rp.redeem(visit)).id.sub).toBe('alice');
  });

  it('issues access tokens in the shape of an Okta custom authorization server', async () => {
    const visit = await rp.signIn(rp.browser(), 'alice', { acr_values: TWO_FACTORS });
    const { access, accessHeader } = await rp.redeem(visit);
    expect(accessHeader).toEqual({ alg: 'RS256', kid: expect.any(String) });
    expect(access).toEqual({
      ver: 1,
      jti: expect.any(String),
      iss: rp.issuer.issuer,
      aud: 'api://default',
      sub: 'alice',
      iat: expect.any(Number),
      exp: expect.any(Number),
      cid: 'spa',
      uid: 'alice',
      scp: ['openid', 'profile', 'email'],
      acr: TWO_FACTORS,
      auth_time: expect.any(Number),
    });
  });

  it('keeps acr, auth_time and the ID token when tokens are refreshed', async () => {
    const visit = await rp.signIn(rp.browser(), 'alice', { acr_values: TWO_FACTORS });
    const tokens = await rp.redeem(visit);
    const refreshed = await rp.refresh(tokens);
    const { acr, auth_time } = tokens.access;
    expect(refreshed.access).toMatchObject({ acr, auth_time });
    expect(refreshed.id).toMatchObject({ sub: 'alice', acr, auth_time });
    expect(refreshed.refreshToken).not.toBe(tokens.refreshToken);
  });

  it('answers popups by a message to the origin of the application', async () => {
    const browser = rp.browser();
    await rp.signIn(browser, 'alice');
    const visit = await rp.authorize(browser, { response_mode: 'okta_post_message' });
    expect(visit).toMatchObject({ kind: 'page', status: 200 });
    expect(browser.html).toContain('"code":');
    expect(browser.html).toContain(', "http://localhost:4200");');
    const headers = visit.kind === 'page' ? visit.headers : new Headers();
    expect(headers.get('x-frame-options')).toBeNull();
    expect(headers.get('content-security-policy')).not.toContain('frame-ancestors');
  });

  it('tells a popup about errors in the same way', async () => {
    const browser = rp.browser();
    await rp.authorize(browser, { response_mode: 'okta_post_message', prompt: 'none' });
    expect(browser.html).toContain('"error":"login_required"');
  });

  it('signs somebody out without asking', async () => {
    const browser = rp.browser();
    const { idTokenHint } = await rp.redeem(await rp.signIn(browser, 'alice'));
    const query = new URLSearchParams({
      id_token_hint: idTokenHint,
      post_logout_redirect_uri: 'http://localhost:4200',
    });
    expect(await browser.open(`${rp.issuer.issuer}/v1/logout?${query}`)).toMatchObject({
      kind: 'callback',
    });
    const visit = await rp.authorize(browser, { prompt: 'none' });
    expect(visit).toMatchObject({ params: { error: 'login_required' } });
  });

  it('refuses another host name than its own', async () => {
    const status = await new Promise((resolve, reject) => {
      request(
        `${rp.issuer.url}/authenticator/codes`,
        { headers: { host: 'rebound.example' } },
        (response) => resolve(response.resume().statusCode),
      )
        .once('error', reject)
        .end();
    });
    expect(status).toBe(421);
  });

  it('frees its port when it is closed, and says so when the port is taken', async () => {
    const other = await RelyingParty.start();
    await expect(startIssuer(other.config)).rejects.toThrow('EADDRINUSE');
    await other.issuer.close();
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(other.config.issuerPort, 'localhost', resolve);
    });
    await new Promise((resolve) => server.close(resolve));
  });

  it('has said nothing on the console in all this time', () => {
    expect(said).toEqual([]);
  });
});
