import type { IncomingMessage, ServerResponse } from 'node:http';
import { createLocalJWKSet, importJWK, jwtVerify, type JWK, type JWTPayload } from 'jose';
import type { Provider } from 'oidc-provider';
import { publicPartOf } from '../ciba.config.js';
import type { DemoConfig } from '../demo.config.js';
import type { Accounts } from './accounts.js';
import { HttpError, readForm, sendJson } from './http.js';

/**
 * The endpoints that `oidc-provider` does not answer for a JWT access token, as Okta does.
 *
 * It refuses such a token at userinfo, introspection and revocation, and at the last two also the
 * `Authorization: Basic base64(client_id)` of Okta's SDK.
 */
export class OktaEndpoints {
  readonly #provider: Provider;
  readonly #accounts: Accounts;
  readonly #clientId: string;
  readonly #clientOfAssertion: (assertion: string) => Promise<string | undefined>;
  readonly #webOrigin: string;
  readonly #verifyAccessToken: (token: string) => Promise<JWTPayload>;
  readonly #now: () => number;
  /** Identifiers of revoked access tokens, and when they would have expired by themselves. */
  readonly #revoked = new Map<string, number>();

  constructor(options: {
    readonly provider: Provider;
    readonly accounts: Accounts;
    readonly clientId: string;
    readonly audience: string;
    readonly ciba: DemoConfig['ciba'];
    readonly webOrigin: string;
    readonly publicKey: JWK;
    readonly now: () => number;
  }) {
    const keys = createLocalJWKSet({ keys: [options.publicKey] });
    const { audience, ciba, provider } = options;
    this.#provider = provider;
    this.#accounts = options.accounts;
    this.#clientId = options.clientId;
    this.#webOrigin = options.webOrigin;
    this.#now = options.now;
    this.#clientOfAssertion = async (assertion) => {
      if (!ciba) return undefined;
      const { clientId } = ciba;
      try {
        const key = await importJWK(publicPartOf(ciba.key));
        const expected = { issuer: clientId, subject: clientId, audience: provider.issuer };
        await jwtVerify(assertion, key, { ...expected, requiredClaims: ['exp', 'jti'] });
        return clientId;
      } catch {
        // Not by the key of this client: answered as any client that is not known.
        return undefined;
      }
    };
    this.#verifyAccessToken = async (token) => {
      const { payload } = await jwtVerify(token, keys, { issuer: provider.issuer, audience });
      return payload;
    };
  }

  /** Answers a request for one of the endpoints; `false` when it is for something else. */
  async handle(req: IncomingMessage, res: ServerResponse, path: string): Promise<boolean> {
    const answer = this.#answerFor(path);
    if (!answer) return false;
    if (req.headers.origin === this.#webOrigin) allowOrigin(req, res, this.#webOrigin);
    if (req.method === 'OPTIONS') {
      res.writeHead(204).end();
    } else {
      await answer(req, res);
    }
    return true;
  }

  #answerFor(path: string) {
    if (path === '/v1/userinfo') return this.#userinfo.bind(this);
    if (path === '/v1/revoke') return this.#revoke.bind(this);
    return path === '/v1/introspect' ? this.#introspect.bind(this) : undefined;
  }

  async #userinfo(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const [scheme, token] = (req.headers.authorization ?? '').split(' ');
    const claims =
      scheme?.toLowerCase() === 'bearer' && token ? await this.#activeClaims(token) : undefined;
    const account = this.#accounts.find(claims?.sub);
    if (!account) {
      const headers = { 'www-authenticate': 'Bearer error="invalid_token"' };
      return sendJson(res, { error: 'invalid_token' }, { status: 401, headers });
    }
    const { id, name, email } = account;
    return sendJson(res, { sub: id, name, preferred_username: id, email, email_verified: true });
  }

  async #revoke(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { token, clientId } = await this.#tokenIn(req);
    const refreshToken = await this.#provider.RefreshToken.find(token);
    if (refreshToken?.clientId === clientId) await refreshToken.destroy();
    const claims = refreshToken ? undefined : await this.#activeClaims(token);
    if (claims?.['cid'] === clientId && claims.jti !== undefined && claims.exp !== undefined) {
      this.#revoked.set(claims.jti, claims.exp);
    }
    // RFC 7009 §2.2: a token that is not known, or another client's, is answered in the same way.
    res.writeHead(200, { 'cache-control': 'no-store' }).end();
  }

  async #introspect(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { token } = await this.#tokenIn(req);
    const claims = await this.#activeClaims(token);
    if (claims) return sendJson(res, { active: true, token_type: 'Bearer', ...claims });

    const refreshToken = await this.#provider.RefreshToken.find(token);
    if (!refreshToken?.isValid) return sendJson(res, { active: false });
    const { accountId: sub, clientId: client_id, scope, exp } = refreshToken;
    return sendJson(res, { active: true, sub, client_id, scope, exp });
  }

  /** The token that a client asks about, once it is known to be one of the demo's. */
  async #tokenIn(req: IncomingMessage): Promise<{ token: string; clientId: string }> {
    const form = await readForm(req);
    const clientId = await this.#clientOf(form, req.headers.authorization);
    if (clientId === undefined) throw new HttpError(401, 'This client is not known.');
    return { token: form.get('token') ?? '', clientId };
  }

  /** The web app says who it is, and can do no more; the API proves it. */
  async #clientOf(
    form: URLSearchParams,
    authorization: string | undefined,
  ): Promise<string | undefined> {
    const assertion = form.get('client_assertion');
    if (assertion !== null) return this.#clientOfAssertion(assertion);
    const named = form.get('client_id') ?? basicUserName(authorization);
    return named === this.#clientId ? named : undefined;
  }

  async #activeClaims(token: string): Promise<JWTPayload | undefined> {
    for (const [jti, exp] of this.#revoked) {
      if (exp <= this.#now()) this.#revoked.delete(jti);
    }
    try {
      const claims = await this.#verifyAccessToken(token);
      return this.#revoked.has(claims.jti ?? '') ? undefined : claims;
    } catch {
      // Not an access token of this issuer, or no longer: which of them is nobody's business.
      return undefined;
    }
  }
}

function allowOrigin(req: IncomingMessage, res: ServerResponse, origin: string): void {
  res.setHeader('access-control-allow-origin', origin);
  res.setHeader('access-control-allow-methods', 'GET, POST');
  res.setHeader('vary', 'Origin, Access-Control-Request-Headers');
  const requested = req.headers['access-control-request-headers'];
  if (requested) res.setHeader('access-control-allow-headers', requested);
}

function basicUserName(authorization: string | undefined): string | undefined {
  const [scheme, credentials] = (authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic' || !credentials) return undefined;
  return Buffer.from(credentials, 'base64').toString('utf8').split(':')[0];
}
