import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { CibaClient, setUpPhone } from '../testing/ciba-client.js';
import { RelyingParty } from '../testing/relying-party.js';
import type { TestBrowser, Visit } from '../testing/test-browser.js';

const SESSION = 'session-of-sixteen-or-more';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe('PhoneRoutes', () => {
  let rp: RelyingParty;
  let client: CibaClient;
  let phone: TestBrowser;
  let api: FakeApi;

  beforeAll(async () => {
    api = await FakeApi.start();
    rp = await RelyingParty.start({ apiUrl: api.url });
    client = new CibaClient(rp);
  });

  afterAll(async () => {
    await rp.issuer.close();
    await api.close();
  });

  beforeEach(async () => {
    phone = await setUpPhone(rp.browser(), 'alice');
  });

  afterEach(() => {
    api.reset();
  });

  it('is nobody’s phone before somebody has signed in on it', async () => {
    const browser = rp.browser();
    await browser.open('/phone');
    expect(browser.heading).toBe('Set up this phone');
    const visit = await browser.submit('register', { username: 'alice', password: 'wrong' });
    expect(visit).toMatchObject({ status: 422 });
    expect(browser.html).toContain('value="alice"');
    await browser.open('/phone');
    expect(browser.heading).toBe('Set up this phone');
    expect(await browser.open('/phone/requests')).toMatchObject({ status: 401 });
  });

  it('shows what is asked, by whom, from where and with which code', async () => {
    await client.start({
      acr_values: 'phr',
      max_age: '300',
      binding_message: 'AB12-CD34',
      request_context: JSON.stringify({
        ip_address: '192.0.2.7',
        user_agent: FIREFOX,
        reason: 'Transfer <b>€5,000</b>',
      }),
    });
    await phone.open('/phone');
    expect(phone.html).toContain('Harbour Bank asks: is it you?');
    expect(phone.html).toContain('a passkey, not older than 5 minutes');
    expect(phone.html).toContain('Firefox on Linux');
    expect(phone.html).toContain('192.0.2.7');
    expect(phone.html).toContain('Transfer &lt;b&gt;€5,000&lt;/b&gt;');
    expect(phone.html).toContain('>AB12-CD34</output>');
    expect(phone.html).toMatch(/<button class="approve"[^>]*>Approve<\/button>/);
    expect(phone.html).toMatch(/<button class="deny"[^>]*>Deny<\/button>/);
    await phone.submit('deny');
  });

  it('keeps its list up to date for a script of its own, and for no other site', async () => {
    await client.start({ binding_message: 'XY99-ZZ00' });
    const visit = await phone.open('/phone/requests');
    expect(visit).toMatchObject({ status: 200 });
    expect(phone.html).toContain('XY99-ZZ00');
    const headers = visit.kind === 'page' ? visit.headers : new Headers();
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    await phone.submit('deny');
  });

  it('tells what has become of a request', async () => {
    const authReqId = await client.start();
    await phone.open('/phone');
    await phone.submit('deny');
    expect(phone.heading).toBe('Denied');
    expect((await client.redeem(authReqId)).body['error']).toBe('access_denied');
  });

  it('counts the first of two answers', async () => {
    const authReqId = await client.start();
    await phone.open('/phone');
    const { html } = phone;
    await phone.submit('deny');
    const path = /action="([^"]*)\/approve"/.exec(html)?.[1] ?? '';
    const late = await phone.open(`${path}/approve`, post());
    expect(late).toMatchObject({ status: 409 });
    expect(phone.heading).toBe('This request was answered already');
    expect((await client.redeem(authReqId)).body['error']).toBe('access_denied');
  });

  it('neither shows nor lets answer what is asked of somebody else', async () => {
    const authReqId = await client.start({ binding_message: 'FOR-ALICE' });
    const bobsPhone = await setUpPhone(rp.browser(), 'bob');
    await bobsPhone.open('/phone');
    expect(bobsPhone.html).not.toContain('FOR-ALICE');
    await phone.open('/phone');
    const path = /action="([^"]*)\/approve"/.exec(phone.html)?.[1] ?? '';
    expect(await bobsPhone.open(path)).toMatchObject({ status: 404 });
    expect(await bobsPhone.open(`${path}/approve`, post())).toMatchObject({ status: 404 });
    expect(await bobsPhone.open(`${path}/deny`, post())).toMatchObject({ status: 404 });
    expect((await client.redeem(authReqId)).body['error']).toBe('authorization_pending');
    await phone.submit('deny');
  });

  it('takes no answer from a form of another site, and none from a browser that is no phone', async () => {
    const authReqId = await client.start();
    await phone.open('/phone');
    const path = /action="([^"]*)\/approve"/.exec(phone.html)?.[1] ?? '';
    expect(await phone.submit('approve', {}, { origin: 'http://localhost:4200' })).toMatchObject({
      status: 403,
    });
    const stranger = rp.browser();
    await stranger.open(`${path}/approve`, post());
    expect(stranger.heading).toBe('Set up this phone');
    expect((await client.redeem(authReqId)).body['error']).toBe('authorization_pending');
    await phone.open('/phone');
    await phone.submit('deny');
  });

  it('keeps its cookie from scripts and from other sites', async () => {
    const response = await fetch(`${rp.issuer.url}/phone/register`, {
      ...post({ username: 'alice', password: 'harbour-alice' }),
      redirect: 'manual',
    });
    expect(response.headers.get('set-cookie')).toMatch(
      /^harbour-phone=[\w-]{43}; Path=\/phone; HttpOnly; SameSite=Strict/,
    );
  });

  it('forgets whose phone it is when it is removed', async () => {
    await phone.submit('remove');
    expect(phone.heading).toBe('Set up this phone');
  });

  describe('with a number to pick', () => {
    it('does not show the number alone, and approves with the right one', async () => {
      const authReqId = await client.start({ binding_message: '47' });
      await phone.open('/phone');
      expect(phone.html).not.toContain('<output');
      expect(numbersOn()).toContain('47');
      await phone.submit('pick', { number: '47' });
      expect(phone.heading).toBe('Approved');
      expect((await client.redeem(authReqId)).status).toBe(200);
    });

    it('denies with a wrong one', async () => {
      const authReqId = await client.start({ binding_message: '47' });
      await phone.open('/phone');
      const wrong = numbersOn().find((number) => number !== '47') ?? '';
      await phone.submit('pick', { number: wrong });
      expect(phone.heading).toBe('Denied');
      expect((await client.redeem(authReqId)).body['error']).toBe('access_denied');
    });

    it('cannot be approved without one', async () => {
      const authReqId = await client.start({ binding_message: '47' });
      await phone.open('/phone');
      const path = /action="([^"]*)\/pick"/.exec(phone.html)?.[1] ?? '';
      await phone.open(`${path}/approve`, post());
      expect((await client.redeem(authReqId)).body['error']).toBe('authorization_pending');
      await phone.submit('deny');
    });
  });

  describe('for a QR code', () => {
    it('shows which browser wants to sign in before anything is done', async () => {
      await scan(`${rp.issuer.url}/phone/scan#${SESSION}`);
      expect(phone.heading).toBe('Sign in on that browser?');
      expect(phone.html).toContain('Firefox on Linux');
      expect(phone.html).toContain('192.0.2.7');
      expect(api.requests).toEqual([`GET /auth/qr/${SESSION}`]);
    });

    it('claims the session with a token for its owner', async () => {
      await scan(SESSION);
      await phone.submit('approve', { session: SESSION });
      expect(phone.heading).toBe('Phone');
      expect(api.claims).toEqual([
        {
          loginHintKind: 'LOGIN_HINT_TOKEN',
          userIdentifier: expect.any(String),
          sessionId: SESSION,
          resource: 'DEVICE',
          scope: 'openid profile email offline_access',
        },
      ]);
      const token = api.claims[0]?.['userIdentifier'] ?? '';
      const { status } = await client.authenticate({ login_hint_token: token });
      expect(status).toBe(200);
      await phone.open('/phone');
      expect(phone.html).toContain('Sign in to Harbour Bank?');
      await phone.submit('deny');
    });

    it.each([
      ['of which another phone was faster', 409, 410, 'used by a phone already'],
      ['that is not known', 404, 410, 'used by a phone already'],
      ['while the bank is out of order', 503, 502, 'does not answer right now'],
      ['too often', 429, 429, 'tried too often'],
    ])('says why a code %s is of no use', async (_which, answer, status, text) => {
      await scan(SESSION);
      api.status = answer;
      const visit = await phone.submit('approve', { session: SESSION });
      expect(visit).toMatchObject({ status });
      expect(phone.html).toContain(text);
      expect(phone.heading).toBe('Scan a QR code');
    });

    it('refuses a code that was claimed before it was looked at', async () => {
      api.sessionStatus = 'claimed';
      expect(await scan(SESSION)).toMatchObject({ status: 410 });
    });

    it.each([
      'http://192.0.2.1/auth/qr/x',
      'short',
      `${SESSION}/../../me`,
      'https://evil.example/phone/scan#../../../../etc',
    ])('asks no address for %s', async (content) => {
      expect(await scan(content)).toMatchObject({ status: 422 });
      expect(api.requests).toEqual([]);
    });

    it('asks its own bank only, whatever address a code holds', async () => {
      await scan(`https://evil.example/phone/scan#${SESSION}`);
      expect(api.requests).toEqual([`GET /auth/qr/${SESSION}`]);
    });
  });

  function numbersOn(): readonly string[] {
    return [...phone.html.matchAll(/name="number" value="(\d\d)"/g)].map(([, text = '']) => text);
  }

  async function scan(content: string): Promise<Visit> {
    await phone.open('/phone/scan');
    return phone.open('/phone/scan', post({ content }));
  }

  /** A form that is posted from a page of the issuer. */
  function post(fields: Readonly<Record<string, string>> = {}): RequestInit {
    return {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin: rp.issuer.url },
    };
  }
});

/** What a phone asks of the API: to describe a QR session, and to claim it. */
class FakeApi {
  readonly url: string;
  requests: string[] = [];
  claims: Record<string, string>[] = [];
  status = 201;
  sessionStatus = 'open';

  private constructor(private readonly server: Server) {
    const address = server.address();
    this.url = `http://localhost:${typeof address === 'object' ? address?.port : 0}`;
  }

  static async start(): Promise<FakeApi> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const api = new FakeApi(server);
    server.on('request', (req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        api.requests.push(`${req.method} ${req.url}`);
        if (req.method === 'POST') api.claims.push(JSON.parse(Buffer.concat(chunks).toString()));
        const status = req.method === 'POST' ? api.status : 200;
        res.writeHead(status, { 'content-type': 'application/json' });
        res.end(JSON.stringify(req.method === 'POST' ? {} : api.session()));
      });
    });
    return api;
  }

  reset(): void {
    this.requests = [];
    this.claims = [];
    this.status = 201;
    this.sessionStatus = 'open';
  }

  close(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  private session(): object {
    return {
      sessionId: SESSION,
      cbUrl: 'https://evil.example/auth/oidc/bc-authorize',
      status: this.sessionStatus,
      expiresAt: Math.floor(Date.now() / 1000) + 90,
      requestedBy: { ipAddress: '192.0.2.7', userAgent: FIREFOX, at: Date.now() / 1000 - 3 },
    };
  }
}
