import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { readDemoConfig } from '../../demo.config.js';
import { CibaClient, setUpPhone } from '../testing/ciba-client.js';
import { RelyingParty } from '../testing/relying-party.js';
import type { TestBrowser } from '../testing/test-browser.js';

const TWO = 'urn:okta:loa:2fa:any';

describe('cibaFeature()', () => {
  let rp: RelyingParty;
  let client: CibaClient;
  let phone: TestBrowser;

  beforeAll(async () => {
    rp = await RelyingParty.start();
    client = new CibaClient(rp);
  });

  afterAll(() => rp.issuer.close());

  beforeEach(async () => {
    phone = await setUpPhone(rp.browser(), 'alice');
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  async function answerOnPhone(answer: 'approve' | 'deny'): Promise<void> {
    await phone.open('/phone');
    await phone.submit(answer);
  }

  it('is announced where clients look for it', async () => {
    const response = await fetch(`${rp.issuer.issuer}/.well-known/openid-configuration`);
    expect(await response.json()).toMatchObject({
      backchannel_authentication_endpoint: `${rp.issuer.issuer}/v1/bc/authorize`,
      backchannel_token_delivery_modes_supported: ['poll', 'ping'],
    });
  });

  it('answers with the interval and the wanted deadline', async () => {
    const { status, body } = await client.authenticate({ requested_expiry: '90' });
    expect(status).toBe(200);
    expect(body).toStrictEqual({
      auth_req_id: expect.any(String),
      expires_in: 90,
      interval: 1,
    });
  });

  it('gives nobody longer than five minutes', async () => {
    const { body } = await client.authenticate({ requested_expiry: '9000' });
    expect(body['expires_in']).toBe(300);
  });

  it('issues tokens that say how the phone was used', async () => {
    const authReqId = await client.start({ acr_values: 'phr', max_age: '300' });
    await answerOnPhone('approve');
    const { id, access } = await client.claimsOf(authReqId);
    expect(id).toMatchObject({
      sub: 'alice',
      aud: 'bank-api',
      acr: 'phr',
      amr: ['hwk', 'user', 'mfa'],
      auth_time: expect.any(Number),
    });
    expect(access).toMatchObject({
      sub: 'alice',
      aud: 'api://default',
      cid: 'bank-api',
      acr: 'phr',
      auth_time: id.auth_time,
    });
  });

  it('says when somebody approved also where no age was asked', async () => {
    const authReqId = await client.start({ acr_values: TWO });
    await answerOnPhone('approve');
    const { id } = await client.claimsOf(authReqId);
    expect(id).toMatchObject({ acr: TWO, auth_time: expect.any(Number) });
  });

  it('gives a refresh token that keeps acr and auth_time, and that its client can revoke', async () => {
    const authReqId = await client.start({ acr_values: 'phr' });
    await answerOnPhone('approve');
    const { body } = await client.redeem(authReqId);
    const refreshToken = body['refresh_token'] ?? '';
    expect((await client.refresh(refreshToken)).status).toBe(200);
    expect((await client.revoke(refreshToken)).status).toBe(200);
    expect((await client.refresh(refreshToken)).body['error']).toBe('invalid_grant');
  });

  it('lets nobody revoke the refresh token of another client', async () => {
    const tokens = await rp.redeem(await rp.signIn(rp.browser(), 'alice'));
    await client.revoke(tokens.refreshToken);
    expect((await rp.refresh(tokens)).id.sub).toBe('alice');
  });

  it('keeps the client waiting, and tells it to slow down when it asks too soon', async () => {
    const authReqId = await client.start();
    expect((await client.redeem(authReqId)).body['error']).toBe('authorization_pending');
    const { status, body } = await client.redeem(authReqId);
    expect([status, body['error']]).toEqual([400, 'slow_down']);
    letTimePass(1);
    expect((await client.redeem(authReqId)).body['error']).toBe('authorization_pending');
  });

  it('hands over an answer also to a client that asks too soon', async () => {
    const authReqId = await client.start();
    await client.redeem(authReqId);
    await answerOnPhone('deny');
    expect((await client.redeem(authReqId)).body['error']).toBe('access_denied');
  });

  it('answers expired_token after the deadline, whatever the phone says then', async () => {
    const authReqId = await client.start({ requested_expiry: '30' });
    await phone.open('/phone');
    letTimePass(31);
    const visit = await phone.submit('approve');
    expect(visit).toMatchObject({ kind: 'page', status: 409 });
    expect(phone.heading).toBe('This request has run out');
    expect((await client.redeem(authReqId)).body['error']).toBe('expired_token');
  });

  it('answers unmet_authentication_requirements when a phone cannot offer what is asked', async () => {
    const bobsPhone = await setUpPhone(rp.browser(), 'bob');
    const authReqId = await client.start({ login_hint: 'bob', acr_values: 'phr' });
    await bobsPhone.open('/phone');
    expect(bobsPhone.html).toContain('less than what is asked');
    await bobsPhone.submit('approve');
    expect(bobsPhone.heading).toBe('Your answer was not enough');
    const { body } = await client.redeem(authReqId);
    expect(body['error']).toBe('unmet_authentication_requirements');
  });

  it('grants less, and says so, to an account that may get less', async () => {
    const carolsPhone = await setUpPhone(rp.browser(), 'carol');
    const authReqId = await client.start({ login_hint: 'carol', acr_values: 'phr' });
    await carolsPhone.open('/phone');
    await carolsPhone.submit('approve');
    expect((await client.claimsOf(authReqId)).id.acr).toBe('urn:okta:loa:1fa:any');
  });

  it.each([
    [{ login_hint: 'mallory' }, 'unknown_user_id'],
    [{ login_hint_token: 'forged' }, 'unknown_user_id'],
    [{ binding_message: 'two words' }, 'invalid_binding_message'],
    [{ request_context: '{' }, 'invalid_request'],
    [{ requested_expiry: '0' }, 'invalid_request'],
  ])('refuses %j', async (params, error) => {
    const { status, body } = await client.authenticate(params);
    expect([status, body['error']]).toEqual([400, error]);
  });

  it('refuses the web app, which cannot prove who it is', async () => {
    const response = await fetch(`${rp.issuer.issuer}/v1/bc/authorize`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'spa', scope: 'openid', login_hint: 'alice' }),
    });
    expect(response.ok).toBe(false);
  });
});

/** Lets every clock of this process jump. */
function letTimePass(seconds: number): void {
  jest.spyOn(Date, 'now').mockReturnValue(Date.now() + seconds * 1000);
}

describe('cibaFeature() in ping mode', () => {
  let rp: RelyingParty;
  let api: Server;
  const pings: unknown[] = [];

  beforeAll(async () => {
    api = createServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        const { url, headers } = req;
        pings.push([url, headers.authorization, JSON.parse(Buffer.concat(chunks).toString())]);
        res.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => api.listen(0, 'localhost', resolve));
    const address = api.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { ciba } = readDemoConfig({});
    // Jest's realm has no dispatcher for the provider to protect with.
    jest.spyOn(console, 'warn').mockReturnValue();
    rp = await RelyingParty.start({
      apiUrl: `http://localhost:${port}`,
      ciba: ciba && { ...ciba, deliveryMode: 'ping' },
    });
  });

  afterAll(async () => {
    jest.restoreAllMocks();
    await rp.issuer.close();
    await new Promise((resolve) => api.close(resolve));
  });

  it('tells the client at once, with the token that it gave', async () => {
    const client = new CibaClient(rp);
    const authReqId = await client.start({ client_notification_token: 'secret-of-the-request' });
    const phone = await setUpPhone(rp.browser(), 'alice');
    await phone.open('/phone');
    await phone.submit('approve');
    expect(pings).toEqual([
      ['/auth/ciba/notify', 'Bearer secret-of-the-request', { auth_req_id: authReqId }],
    ]);
    expect((await client.redeem(authReqId)).status).toBe(200);
  });
});
