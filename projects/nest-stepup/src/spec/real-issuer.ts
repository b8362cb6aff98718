import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { portOf } from './authorization-server.js';
import { Provider, errors, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';

const PATH = '/oauth2/default';
const REDIRECT_URI = 'https://app.example/callback';
const SCOPE = 'openid transfers:write';

/** Who signed in at the issuer, and how. */
export interface SignIn {
  readonly subject: string;
  readonly acr: string;
  readonly amr: readonly string[];
}

/** The client as which an API asks this issuer about tokens. */
export const INTROSPECTING_CLIENT = {
  clientId: 'bank api',
  clientSecret: 'a secret: 100% + more',
};

/** `oidc-provider` over HTTP, with tokens as RFC 9068 has them, as Okta sends them, or opaque. */
export class RealIssuer {
  issuer = '';
  private server: Server | undefined;
  private provider: Provider | undefined;
  private signIn: SignIn = { subject: '', acr: '', amr: [] };

  constructor(
    private readonly shape: 'rfc9068' | 'okta' | 'opaque',
    private readonly audience: string,
  ) {}

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.handle(request, response));
    await new Promise<void>((resolve) => {
      server.listen(0, 'localhost', resolve);
    });
    this.server = server;
    this.issuer = `http://localhost:${portOf(server)}${PATH}`;
    this.provider = new Provider(this.issuer, this.configuration());
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.server?.close(resolve);
      this.server?.closeAllConnections();
    });
  }

  /** Walks the code flow as a browser does. */
  async tokensFor(signIn: SignIn): Promise<{
    readonly accessToken: string;
    readonly idToken: string;
    /** Only with opaque tokens. */
    readonly refreshToken: string;
  }> {
    this.signIn = signIn;
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      client_id: 'spa',
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: SCOPE,
      nonce: 'nonce',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const code = await this.followToCode(`${this.issuer}/v1/authorize?${query}`);
    const answer = await this.requestToken({
      grant_type: 'authorization_code',
      client_id: 'spa',
      redirect_uri: REDIRECT_URI,
      code_verifier: verifier,
      code,
    });
    return {
      accessToken: answer('access_token'),
      idToken: answer('id_token'),
      refreshToken: answer('refresh_token'),
    };
  }

  /** Revokes a token, as its own client does at a sign-out. */
  async revoke(token: string): Promise<void> {
    const body = new URLSearchParams({ token, client_id: 'spa' });
    const response = await fetch(`${this.issuer}/v1/revoke`, { method: 'POST', body });
    if (!response.ok) throw new Error(`The issuer answered ${await response.text()}`);
  }

  async machineToken(): Promise<string> {
    const answer = await this.requestToken({
      grant_type: 'client_credentials',
      client_id: 'machine',
      client_secret: 'machine-secret',
    });
    return answer('access_token');
  }

  private async followToCode(start: string): Promise<string> {
    const cookies = new Map<string, string>();
    let url = start;
    while (!url.startsWith(REDIRECT_URI)) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
      for (const line of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
        cookies.set(name, value);
      }
      const location = response.headers.get('location');
      if (!location) throw new Error(`The issuer answered ${await response.text()}`);
      url = new URL(location, url).href;
    }
    return new URL(url).searchParams.get('code') ?? '';
  }

  private async requestToken(body: Readonly<Record<string, string>>) {
    const response = await fetch(`${this.issuer}/v1/token`, {
      method: 'POST',
      body: new URLSearchParams(body),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`The issuer answered ${JSON.stringify(answer)}`);
    return (name: string) => String(Reflect.get(Object(answer), name));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '';
    if (url.startsWith('/interaction/')) {
      const { subject: accountId, acr, amr } = this.signIn;
      const login = { accountId, acr, amr: [...amr] };
      await this.provider?.interactionFinished(request, response, { login });
      return;
    }
    // The provider's routes are relative to its issuer, its links to what was asked for.
    Object.assign(request, { originalUrl: url, url: url.slice(PATH.length) || '/' });
    await this.provider?.callback()(request, response);
  }

  private configuration(): Configuration {
    const { audience, shape } = this;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return {
      jwks: {
        keys: [
          {
            ...privateKey.export({ format: 'jwk' }),
            kty: 'RSA',
            kid: 'r1',
            alg: 'RS256',
            use: 'sig',
          },
        ],
      },
      routes: {
        authorization: '/v1/authorize',
        introspection: '/v1/introspect',
        jwks: '/v1/keys',
        revocation: '/v1/revoke',
        token: '/v1/token',
      },
      cookies: { keys: ['cookie-secret'] },
      scopes: ['openid'],
      clients: [
        {
          client_id: 'spa',
          token_endpoint_auth_method: 'none',
          response_types: ['code'],
          grant_types: ['authorization_code', 'refresh_token'],
          redirect_uris: [REDIRECT_URI],
        },
        {
          client_id: INTROSPECTING_CLIENT.clientId,
          client_secret: INTROSPECTING_CLIENT.clientSecret,
          token_endpoint_auth_method: 'client_secret_basic',
          response_types: [],
          grant_types: [],
          redirect_uris: [],
        },
        {
          client_id: 'machine',
          client_secret: 'machine-secret',
          token_endpoint_auth_method: 'client_secret_post',
          response_types: [],
          grant_types: ['client_credentials'],
          redirect_uris: [],
        },
      ],
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        introspection: { enabled: true },
        revocation: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => audience,
          useGrantedResource: () => true,
          getResourceServerInfo: (_ctx, resource) => {
            if (resource !== audience) throw new errors.InvalidTarget();
            return {
              scope: SCOPE,
              audience,
              accessTokenFormat: shape === 'opaque' ? 'opaque' : 'jwt',
              jwt: { sign: { alg: 'RS256' } },
            };
          },
        },
      },
      interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
      findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      loadExistingGrant: async (ctx) => {
        const { client, session, provider } = ctx.oidc;
        const grant = new provider.Grant({
          clientId: String(client?.clientId),
          accountId: String(session?.accountId),
        });
        grant.addOIDCScope('openid');
        grant.addResourceScope(audience, SCOPE);
        await grant.save();
        return grant;
      },
      issueRefreshToken: () => shape === 'opaque',
      extraTokenClaims: (ctx) => authenticationClaims(ctx),
      formats: {
        customizers: {
          jwt: (_ctx, token, jwt) => {
            if (shape !== 'okta') return;
            const { client_id: cid, scope, ...rest } = jwt.payload as Record<string, unknown>;
            const scp = typeof scope === 'string' ? scope.split(' ') : [];
            const uid = 'accountId' in token ? token.accountId : undefined;
            jwt.payload = { ver: 1, ...rest, cid, uid, scp };
            jwt.header = { typ: undefined };
          },
        },
      },
      ttl: {
        AccessToken: 3600,
        ClientCredentials: 3600,
        AuthorizationCode: 60,
        IdToken: 3600,
        Grant: 3600,
        Interaction: 600,
        RefreshToken: 3600,
        Session: 3600,
      },
    };
  }
}

/** There is no session at the token endpoint: what was signed in with is in the code. */
function authenticationClaims({ oidc }: KoaContextWithOIDC) {
  const code = oidc.entities.AuthorizationCode;
  return code && { acr: code.acr, amr: code.amr, auth_time: code.authTime };
}
