import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RelyingParty, type Tokens } from './testing/relying-party.js';

describe('OktaEndpoints', () => {
  let rp: RelyingParty;
  let tokens: Tokens;

  beforeAll(async () => {
    rp = await RelyingParty.start();
    tokens = await rp.redeem(await rp.signIn(rp.browser(), 'alice'));
  });

  afterAll(() => rp.issuer.close());

  function userinfo(authorization: string): Promise<Response> {
    const headers = { authorization, origin: rp.config.webOrigin };
    return fetch(`${rp.issuer.issuer}/v1/userinfo`, { headers });
  }

  function preflight(origin: string): Promise<Response> {
    const headers = { origin, 'access-control-request-headers': 'x-okta-user-agent-extended' };
    return fetch(`${rp.issuer.issuer}/v1/userinfo`, { method: 'OPTIONS', headers });
  }

  function post(endpoint: string, form: Record<string, string>, headers = {}): Promise<Response> {
    const body = new URLSearchParams(form);
    return fetch(`${rp.issuer.issuer}/v1/${endpoint}`, { method: 'POST', body, headers });
  }

  async function introspect(token: string): Promise<unknown> {
    return (await post('introspect', { client_id: 'spa', token })).json();
  }

  it('answers userinfo for a JWT access token, to the application', async () => {
    const response = await userinfo(`Bearer ${tokens.accessToken}`);
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:4200');
    expect(await response.json()).toEqual({
      sub: 'alice',
      name: 'Alice Marlow',
      preferred_username: 'alice',
      email: 'alice@harbour.example',
      email_verified: true,
    });
  });

  it('refuses userinfo without a token, and with one that is not its own', async () => {
    for (const authorization of ['', 'Bearer x', `Bearer ${tokens.accessToken}x`]) {
      const response = await userinfo(authorization);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('invalid_token');
    }
  });

  it('lets the preflight of the SDK pass, for the application only', async () => {
    const own = await preflight('http://localhost:4200');
    expect(own.status).toBe(204);
    expect(own.headers.get('access-control-allow-headers')).toBe('x-okta-user-agent-extended');
    const other = await preflight('http://localhost:4999');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('revokes access tokens for a client that is named without a colon', async () => {
    expect(await introspect(tokens.accessToken)).toMatchObject({ active: true, sub: 'alice' });
    const authorization = `Basic ${Buffer.from('spa').toString('base64')}`;
    const response = await post('revoke', { token: tokens.accessToken }, { authorization });
    expect(response.status).toBe(200);
    expect(await introspect(tokens.accessToken)).toEqual({ active: false });
  });

  it('revokes refresh tokens', async () => {
    expect(await introspect(tokens.refreshToken)).toMatchObject({ active: true, sub: 'alice' });
    await post('revoke', { client_id: 'spa', token: tokens.refreshToken });
    expect(await introspect(tokens.refreshToken)).toEqual({ active: false });
    await expect(rp.refresh(tokens)).rejects.toThrow('invalid_grant');
  });

  it('answers the revocation of an unknown token like any other', async () => {
    expect((await post('revoke', { client_id: 'spa', token: 'unknown' })).status).toBe(200);
  });

  it('refuses clients that it does not know', async () => {
    const form = { client_id: 'other', token: tokens.refreshToken };
    expect((await post('revoke', form)).status).toBe(401);
    expect((await post('introspect', form)).status).toBe(401);
  });
});
