import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CLIENT_SECRET } from './ciba-clients.js';
import { CibaIssuer, RESOURCE } from './ciba-issuer.js';

const CIBA = 'urn:openid:params:grant-type:ciba';

describe('CibaIssuer', () => {
  let issuer: CibaIssuer;
  beforeEach(async () => {
    issuer = await CibaIssuer.start({ intervalSeconds: 1, slowDownWithinSeconds: 0 });
  });
  afterEach(async () => {
    await issuer.stop();
  });

  async function post(path: string, parameters: Record<string, string>, client = 'poll') {
    const response = await fetch(issuer.issuer + path, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client}:${CLIENT_SECRET}`).toString('base64')}`,
      },
      body: new URLSearchParams(parameters),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  async function ask(parameters: Record<string, string> = {}, client = 'poll') {
    return await post(
      '/backchannel',
      {
        scope: 'openid offline_access api:read',
        login_hint: 'alice',
        resource: RESOURCE,
        acr_values: 'phr',
        max_age: '300',
        binding_message: 'AB12-CD34',
        ...parameters,
      },
      client,
    );
  }

  it('lets the phone approve what was asked for', async () => {
    const { body } = await ask();
    const redeem = { grant_type: CIBA, auth_req_id: String(body.auth_req_id), resource: RESOURCE };
    expect(body).toMatchObject({ interval: 1, expires_in: 120 });
    expect((await post('/token', redeem)).body).toMatchObject({ error: 'authorization_pending' });
    expect(issuer.phone.pending()).toMatchObject([
      { accountId: 'alice', bindingMessage: 'AB12-CD34', acrValues: 'phr', maxAge: 300 },
    ]);
    await issuer.phone.approve({ acr: 'phr', amr: ['hwk'] }, { bindingMessage: 'AB12-CD34' });
    expect(issuer.phone.pending()).toHaveLength(0);
    const tokens = await post('/token', redeem);
    expect(tokens.body).toMatchObject({ token_type: 'Bearer', scope: 'api:read' });
    const claims: unknown = JSON.parse(
      Buffer.from(String(tokens.body.access_token).split('.')[1] ?? '', 'base64url').toString(),
    );
    expect(claims).toMatchObject({ sub: 'alice', acr: 'phr', aud: RESOURCE });
    expect(tokens.body.refresh_token).toBeDefined();
    expect(issuer.requests).toMatchObject({ backchannel: 1, token: 2 });
  });

  it('pings the API', async () => {
    await ask({ client_notification_token: 'notification-token-of-the-test' }, 'ping');
    await issuer.phone.deny();
    expect(issuer.notifications).toMatchObject([
      { token: 'notification-token-of-the-test', status: undefined },
    ]);
  });

  it('fails as it is told to', async () => {
    issuer.fail('backchannel', 'unavailable');
    expect(await ask().catch(() => 'no JSON')).toBe('no JSON');
    issuer.fail('backchannel', undefined);
    expect((await ask()).status).toBe(200);
  });
});
