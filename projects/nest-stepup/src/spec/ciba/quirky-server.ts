import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CompactSign, exportJWK, type JWK } from 'jose';
import { portOf } from '../authorization-server.js';

/** What a `QuirkyServer` sends: JSON, a text as it stands, or nothing (and it breaks or keeps the line). */
export type QuirkyAnswer =
  | 'drop'
  | 'hang'
  | {
      readonly status: number;
      readonly body: object | string;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** A request that it got. */
export interface QuirkyRequest {
  readonly path: string;
  /** From the body, or from the signed request in it. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The body as it came. */
  readonly body: URLSearchParams;
  /** The claims of the signed request. */
  readonly signed: Readonly<Record<string, unknown>>;
  readonly headers: IncomingMessage['headers'];
}

/** How one kind of server answers. */
export interface QuirkyProvider {
  readonly request: (request: QuirkyRequest, server: QuirkyServer) => QuirkyAnswer;
  readonly token: (request: QuirkyRequest, server: QuirkyServer) => QuirkyAnswer;
}

export const QUIRKY_CLIENT_ID = 'bank-api';

/** A CIBA server made by hand: it answers as a provider does, or as no server should. */
export class QuirkyServer {
  readonly requests: QuirkyRequest[] = [];
  /** What the user did. */
  decision: 'pending' | 'approved' | 'denied' | 'expired' = 'pending';
  /** Added to the metadata. */
  metadata: Readonly<Record<string, unknown>> = {};
  /** Sent instead of the metadata. */
  metadataAnswer: QuirkyAnswer | undefined;
  /** Sent by the next token requests, instead of what the provider would. */
  tokenAnswer: QuirkyAnswer | undefined;
  /** Sent by the next authentication requests, instead of what the provider would. */
  requestAnswer: QuirkyAnswer | undefined;

  private readonly key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private publicJwk: JWK = {};

  private constructor(
    private readonly server: Server,
    readonly provider: QuirkyProvider,
  ) {}

  static async start(provider: QuirkyProvider): Promise<QuirkyServer> {
    const server = createServer();
    const self = new QuirkyServer(server, provider);
    self.publicJwk = { ...(await exportJWK(self.key.publicKey)), kid: 'k1', alg: 'ES256' };
    server.on('request', (request, response) => void self.handle(request, response));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return self;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  get issuer(): string {
    return `http://127.0.0.1:${portOf(this.server)}`;
  }

  /** The last request to an endpoint. */
  last(path: '/bc-authorize' | '/token'): QuirkyRequest {
    const found = this.requests.filter((request) => request.path === path).at(-1);
    if (!found) throw new Error(`Nothing was sent to ${path}`);
    return found;
  }

  /** An ID token that is right, but for what is different. */
  async idToken(
    differences: Readonly<Record<string, unknown>> = {},
    { header = {}, key = this.key.privateKey }: { header?: object; key?: KeyObject } = {},
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.issuer,
      aud: QUIRKY_CLIENT_ID,
      sub: 'alice',
      iat: now,
      exp: now + 300,
      auth_time: now,
      acr: 'phr',
      ...differences,
    };
    return await new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
      .sign(key);
  }

  /** The answer to an approved request, with an ID token that was made before. */
  tokens(idToken: string | undefined, tokenType = 'Bearer'): QuirkyAnswer {
    return {
      status: 200,
      body: {
        access_token: 'access-token-of-the-quirky-server',
        token_type: tokenType,
        expires_in: 300,
        ...(idToken !== undefined && { id_token: idToken }),
      },
    };
  }

  private async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = incoming.url ?? '';
    const { issuer } = this;
    if (path === '/.well-known/openid-configuration') {
      if (this.metadataAnswer) {
        send(response, this.metadataAnswer);
        return;
      }
      const metadata = {
        issuer,
        jwks_uri: `${issuer}/jwks`,
        token_endpoint: `${issuer}/token`,
        backchannel_authentication_endpoint: `${issuer}/bc-authorize`,
        id_token_signing_alg_values_supported: ['ES256', 'none', 'HS256'],
        ...this.metadata,
      };
      send(response, { status: 200, body: metadata });
      return;
    }
    if (path === '/jwks') {
      send(response, { status: 200, body: { keys: [this.publicJwk] } });
      return;
    }
    const body = new URLSearchParams(await readBody(incoming));
    const signed = claimsOf(body.get('request'));
    const parameters = { ...Object.fromEntries(body), ...signed };
    const request = { path, parameters, body, signed, headers: incoming.headers };
    this.requests.push(request);
    if (path === '/bc-authorize') {
      send(response, this.requestAnswer ?? this.provider.request(request, this));
    } else {
      send(response, this.tokenAnswer ?? this.provider.token(request, this));
    }
  }
}

/** The claims of a JWT; its signature is not what is tested here. */
export function claimsOf(jwt: string | null): Readonly<Record<string, string>> {
  if (jwt === null) return {};
  const claims: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
  return { ...Object(claims) };
}

function send(response: ServerResponse, answer: QuirkyAnswer): void {
  if (answer === 'drop') response.destroy();
  if (typeof answer === 'string') return;
  const { status, body, headers } = answer;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += String(chunk);
  return text;
}
