import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { readDemoConfig, type DemoConfig } from '../../demo.config.js';
import { startIssuer, type RunningIssuer } from '../start-issuer.js';
import { TestBrowser, type Visit } from './test-browser.js';

/** What the token endpoint answered, decoded. */
export interface Tokens {
  readonly accessToken: string;
  readonly idTokenHint: string;
  readonly refreshToken: string;
  readonly access: JWTPayload;
  readonly accessHeader: object;
  readonly id: JWTPayload;
  readonly scope: string;
}

/** The application's side of the protocol, and a running issuer to speak it with. */
export class RelyingParty {
  readonly config: DemoConfig;
  readonly issuer: RunningIssuer;
  readonly callback: string;

  private constructor(config: DemoConfig, issuer: RunningIssuer) {
    this.config = config;
    this.issuer = issuer;
    this.callback = `${config.webOrigin}/login/callback`;
  }

  /** Starts an issuer on a free port. */
  static async start(
    settings: Partial<Pick<DemoConfig, 'acrMode' | 'accounts' | 'apiUrl' | 'ciba'>> = {},
  ): Promise<RelyingParty> {
    const env = { DEMO_ISSUER_PORT: String(await freePort()) };
    const config = { ...readDemoConfig(env), ...settings };
    return new RelyingParty(config, await withPlainClones(() => startIssuer(config)));
  }

  /** A browser without cookies, and without a session at the issuer therefore. */
  browser(): TestBrowser {
    return new TestBrowser(this.issuer.url);
  }

  /** Sends a browser to the authorization endpoint; the PKCE verifier is always the same. */
  authorize(browser: TestBrowser, params: Readonly<Record<string, string>> = {}): Promise<Visit> {
    return browser.open(this.authorizationUrl(params));
  }

  authorizationUrl(params: Readonly<Record<string, string>> = {}): string {
    const query = new URLSearchParams({
      client_id: this.config.clientId,
      redirect_uri: this.callback,
      response_type: 'code',
      scope: this.config.scopes.join(' '),
      state: 'state-1',
      nonce: 'nonce-1',
      code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      code_challenge_method: 'S256',
      ...params,
    });
    return `${this.issuer.issuer}/v1/authorize?${query}`;
  }

  redeem(visit: Visit): Promise<Tokens> {
    if (visit.kind !== 'callback' || visit.params['code'] === undefined) {
      throw new Error('Cannot redeem a code as the sign-in did not come back with one');
    }
    return this.#tokens({
      grant_type: 'authorization_code',
      code: visit.params['code'],
      redirect_uri: this.callback,
      code_verifier: VERIFIER,
    });
  }

  refresh({ refreshToken, scope }: Tokens): Promise<Tokens> {
    return this.#tokens({ grant_type: 'refresh_token', refresh_token: refreshToken, scope });
  }

  /** The code that an account's authenticator app shows. */
  async oneTimeCode(accountId: string): Promise<string> {
    const response = await fetch(`${this.issuer.url}/authenticator/codes`);
    const codes: readonly { account: string; code: string }[] = await response.json();
    return codes.find(({ account }) => account === accountId)?.code ?? '';
  }

  /** Signs in with a password, and with a one-time code when one is asked for. */
  async signIn(
    browser: TestBrowser,
    username: string,
    params: Readonly<Record<string, string>> = {},
  ): Promise<Visit> {
    await this.authorize(browser, params);
    const visit = await browser.submit('password', { username, password: `harbour-${username}` });
    return visit.kind === 'callback'
      ? visit
      : browser.submit('otp', { code: await this.oneTimeCode(username) });
  }

  async #tokens(form: Readonly<Record<string, string>>): Promise<Tokens> {
    const response = await fetch(`${this.issuer.issuer}/v1/token`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: this.config.clientId, ...form }),
    });
    const body: Readonly<Record<string, string>> = await response.json();
    const { access_token = '', id_token = '', refresh_token = '', scope = '' } = body;
    if (!response.ok) throw new Error(`Cannot get tokens: current value is ${body['error']}`);
    return {
      accessToken: access_token,
      idTokenHint: id_token,
      refreshToken: refresh_token,
      access: decodeJwt(access_token),
      accessHeader: decodeProtectedHeader(access_token),
      id: decodeJwt(id_token),
      scope,
    };
  }
}

const VERIFIER = randomBytes(32).toString('base64url');

/**
 * `oidc-provider` tells plain objects by their constructor, and what Jest's `structuredClone()` makes
 * has the constructor of another realm.
 */
async function withPlainClones<T>(action: () => Promise<T>): Promise<T> {
  const { structuredClone } = globalThis;
  globalThis.structuredClone = <V>(value: V): V => JSON.parse(JSON.stringify(value));
  try {
    return await action();
  } finally {
    globalThis.structuredClone = structuredClone;
  }
}

/** A port that nobody listens on; the issuer has to know its own before it starts. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, 'localhost', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}
