import { randomUUID } from 'node:crypto';
import { SignJWT, decodeJwt, importJWK, type JWTPayload } from 'jose';
import type { RelyingParty } from './relying-party.js';
import type { TestBrowser } from './test-browser.js';

/** An answer of one of the authorization server's endpoints. */
export interface CibaAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

/** The API's side of CIBA, without the API. */
export class CibaClient {
  constructor(private readonly rp: RelyingParty) {}

  /** Asks for alice, unless another hint is given. */
  async authenticate(params: Readonly<Record<string, string>> = {}): Promise<CibaAnswer> {
    const hint = 'login_hint_token' in params ? {} : { login_hint: 'alice' };
    const { audience, scopes } = this.rp.config;
    return this.#post('v1/bc/authorize', {
      scope: scopes.join(' '),
      resource: audience,
      ...hint,
      ...params,
    });
  }

  /** @returns The handle of a request that was accepted. */
  async start(params: Readonly<Record<string, string>> = {}): Promise<string> {
    const { body } = await this.authenticate(params);
    if (!body['auth_req_id'])
      throw new Error(
        `Cannot start: current value is ${body['error']}: ${body['error_description']}`,
      );
    return body['auth_req_id'];
  }

  redeem(authReqId: string): Promise<CibaAnswer> {
    return this.#post('v1/token', {
      grant_type: 'urn:openid:params:grant-type:ciba',
      auth_req_id: authReqId,
      resource: this.rp.config.audience,
    });
  }

  /** The claims of the ID token and of the access token that a request brought. */
  async claimsOf(authReqId: string): Promise<{ id: JWTPayload; access: JWTPayload }> {
    const { body } = await this.redeem(authReqId);
    const { id_token: id = '', access_token: access = '' } = body;
    return { id: decodeJwt(id), access: decodeJwt(access) };
  }

  refresh(refreshToken: string): Promise<CibaAnswer> {
    return this.#post('v1/token', { grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  revoke(token: string): Promise<CibaAnswer> {
    return this.#post('v1/revoke', { token });
  }

  async #post(path: string, form: Readonly<Record<string, string>>): Promise<CibaAnswer> {
    const response = await fetch(`${this.rp.issuer.issuer}/${path}`, {
      method: 'POST',
      body: new URLSearchParams({ ...form, ...(await this.#authentication()) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  }

  async #authentication(): Promise<Record<string, string>> {
    const { ciba, issuer } = this.rp.config;
    if (!ciba) throw new Error('Cannot ask phones as the demo has none');
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: 'ES256', kid: ciba.key.kid })
      .setIssuer(ciba.clientId)
      .setSubject(ciba.clientId)
      .setAudience(issuer)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime('1 minute')
      .sign(await importJWK({ ...ciba.key }));
    return {
      client_id: ciba.clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    };
  }
}

/** Makes a browser somebody's phone, and opens it. */
export async function setUpPhone(browser: TestBrowser, username: string): Promise<TestBrowser> {
  await browser.open('/phone');
  await browser.submit('register', { username, password: `harbour-${username}` });
  return browser;
}
