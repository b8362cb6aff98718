import { createServer, type RequestListener, type Server } from 'node:http';
import { FakeIntrospectionEndpoint } from './introspection-endpoint.js';

const PATH = '/oauth2/default';

/** An authorization server over HTTP: metadata, keys, introspection; with every fault that a test needs. */
export class FakeAuthorizationServer {
  /** The paths asked for, in order. */
  readonly requests: string[] = [];
  /** Answers instead of the usual ones, by path. */
  readonly faults = new Map<string, RequestListener>();
  keys: readonly unknown[] = [];
  readonly introspection = new FakeIntrospectionEndpoint();
  private server: Server | undefined;
  private port = 0;

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  get issuer(): string {
    return this.origin + PATH;
  }
  readonly paths = {
    keys: `${PATH}/v1/keys`,
    introspection: `${PATH}/v1/introspect`,
    openid: `${PATH}/.well-known/openid-configuration`,
    oauth: `/.well-known/oauth-authorization-server${PATH}`,
  };

  get keyRequests(): number {
    return this.requests.filter((path) => path === this.paths.keys).length;
  }

  /** Starts, or starts again at the same address. */
  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const path = request.url ?? '';
      this.requests.push(path);
      const answer = this.faults.get(path) ?? this.answers()[path] ?? status(404);
      answer(request, response);
    });
    await new Promise<void>((resolve) => {
      this.server?.listen(this.port, '127.0.0.1', resolve);
    });
    this.port = portOf(this.server);
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  private answers(): Readonly<Record<string, RequestListener>> {
    const { issuer, paths } = this;
    const metadata = json({
      issuer,
      jwks_uri: this.origin + paths.keys,
      introspection_endpoint: this.origin + paths.introspection,
    });
    return {
      [paths.openid]: metadata,
      [paths.oauth]: metadata,
      [paths.keys]: json({ keys: this.keys }),
      [paths.introspection]: this.introspection.listener,
    };
  }
}

export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

export function json(body: unknown): RequestListener {
  return text(JSON.stringify(body));
}

export function text(body: string): RequestListener {
  return (_request, response) => {
    response.setHeader('content-type', 'application/json').end(body);
  };
}

export function status(
  code: number,
  headers: Readonly<Record<string, string>> = {},
): RequestListener {
  return (_request, response) => {
    response.writeHead(code, headers).end('{"keys":[]}');
  };
}

/** Takes the request and never answers. */
export const silence: RequestListener = () => undefined;
