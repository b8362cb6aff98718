import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Provider, type KoaContextWithOIDC } from 'oidc-provider';
import { portOf } from '../authorization-server.js';
import { CibaPhone, type PendingApproval } from './ciba-phone.js';
import { cibaConfiguration } from './ciba-provider.js';

/** The API that access tokens can be asked for: as `resource`, which makes them JWTs. */
export const RESOURCE = 'https://api.example.com';

export type Endpoint = 'discovery' | 'jwks' | 'backchannel' | 'token' | 'revocation';

/** How an endpoint fails: answers 503, never answers, breaks the connection, or answers no JSON. */
export type Fault = 'unavailable' | 'hang' | 'drop' | 'garbage';

/** A token request that reached the server. */
export interface SeenTokenRequest {
  readonly grantType: string;
  readonly authReqId?: string;
  /** In seconds since the epoch. */
  readonly at: number;
}

/** A ping that was sent, and what the API answered; no status when it did not. */
export interface SentNotification {
  readonly authReqId: string;
  readonly token: string;
  readonly status: number | undefined;
}

export interface CibaIssuerOptions {
  /** Sent with each answer, in seconds; `oidc-provider` itself sends none, which means 5. */
  readonly intervalSeconds?: number;
  /** A token request sooner than this after the one before gets `slow_down`, in seconds. */
  readonly slowDownWithinSeconds?: number;
  /** How long a user has when the client does not say, in seconds. */
  readonly expiresInSeconds?: number;
}

/**
 * `oidc-provider` as a CIBA server on a free port of 127.0.0.1, with a phone in the hand of the test.
 *
 * ```ts
 * const issuer = await CibaIssuer.start({ intervalSeconds: 1 });   // then: await issuer.stop()
 * // a client of ciba-clients.ts asks issuer.issuer for 'alice', with binding message 'AB12-CD34'
 * issuer.phone.pending();                                         // [{ accountId, bindingMessage, … }]
 * await issuer.phone.approve({ acr: 'phr' });                     // or deny(); the latest, or one of a choice
 * issuer.fail('token', 'unavailable');                            // until issuer.fail('token', undefined)
 * issuer.notificationUrl = `${api}/auth/ciba/notify`;             // where pings go
 * ```
 *
 * The account is the login hint; hints that begin with `unknown` are nobody's. A login hint token is
 * any JWT with a `sub`; `expired` is one that has expired.
 */
export class CibaIssuer {
  /** How often each endpoint was asked. */
  readonly requests: Record<Endpoint, number> = {
    discovery: 0,
    jwks: 0,
    backchannel: 0,
    token: 0,
    revocation: 0,
  };
  readonly tokenRequests: SeenTokenRequest[] = [];
  readonly notifications: SentNotification[] = [];
  readonly phone = new CibaPhone(() => this.provider);
  /** Where pings go; while it is not set they are lost. */
  notificationUrl: string | undefined;
  /** Runs while the client still waits for the answer to its request: approving here pings first. */
  onRequest: (pending: PendingApproval) => Promise<void> | void = () => undefined;

  private readonly faults = new Map<Endpoint, Fault>();
  private readonly lastAsked = new Map<string, number>();

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
    private readonly provider: Provider,
    private readonly options: CibaIssuerOptions,
  ) {}

  static async start(options: CibaIssuerOptions = {}): Promise<CibaIssuer> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const issuer = `http://127.0.0.1:${portOf(server)}`;
    const provider: Provider = new Provider(
      issuer,
      cibaConfiguration({
        get phone() {
          return self.phone;
        },
        resource: RESOURCE,
        expiresInSeconds: options.expiresInSeconds ?? 120,
        onRequest: async (pending) => await self.onRequest(pending),
        notify: async (init) => await self.notify(init),
      }),
    );
    const self = new CibaIssuer(server, issuer, provider, options);
    // Composed by the first callback(): what is used later is not heard.
    provider.use(async (ctx: KoaContextWithOIDC, next) => await self.amend(ctx, next));
    const handle = provider.callback();
    server.on('request', (request, response) => {
      if (!self.failed(request, response)) void handle(request, response);
    });
    return self;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  /** Has an endpoint fail until it is told to stop (`undefined`). */
  fail(endpoint: Endpoint, fault: Fault | undefined): void {
    if (fault) this.faults.set(endpoint, fault);
    else this.faults.delete(endpoint);
  }

  /** Sends a ping once more, as a server does that did not hear the answer. */
  async notifyAgain(index = 0): Promise<void> {
    const sent = this.notifications[index];
    if (!sent) throw new Error('No ping was sent');
    await this.send(sent.authReqId, sent.token);
  }

  private failed({ url = '' }: IncomingMessage, response: ServerResponse): boolean {
    const endpoint = ENDPOINTS.get(url.split('?')[0] ?? '');
    if (!endpoint) return false;
    this.requests[endpoint] += 1;
    const fault = this.faults.get(endpoint);
    if (fault === 'unavailable') response.writeHead(503, { 'retry-after': '7' }).end();
    if (fault === 'drop') response.destroy();
    if (fault === 'garbage') response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    return fault !== undefined;
  }

  /** Adds what `oidc-provider` leaves out: an interval, and `slow_down`. */
  private async amend(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
    await next();
    const { intervalSeconds, slowDownWithinSeconds } = this.options;
    const route = ctx.oidc?.route;
    if (route === 'backchannel_authentication' && ctx.status === 200) {
      if (intervalSeconds !== undefined) {
        ctx.body = { ...Object(ctx.body), interval: intervalSeconds };
      }
    } else if (route === 'token') {
      const { grant_type: grantType, auth_req_id: authReqId } = ctx.oidc.params ?? {};
      const at = Date.now() / 1000;
      this.tokenRequests.push({
        grantType: String(grantType),
        ...(typeof authReqId === 'string' && { authReqId }),
        at,
      });
      if (typeof authReqId !== 'string') return;
      const before = this.lastAsked.get(authReqId) ?? -Infinity;
      this.lastAsked.set(authReqId, at);
      const isPending = Reflect.get(Object(ctx.body), 'error') === 'authorization_pending';
      if (isPending && at - before < (slowDownWithinSeconds ?? 0))
        ctx.body = { error: 'slow_down' };
    }
  }

  private async notify({ body, headers }: RequestInit): Promise<Response> {
    const { auth_req_id: authReqId }: { auth_req_id: string } = await new Response(body).json();
    const token = (new Headers(headers).get('authorization') ?? '').replace('Bearer ', '');
    await this.send(authReqId, token);
    // A refusal is noted: thrown, it would hide that the approval itself succeeded.
    return new Response(null, { status: 204 });
  }

  private async send(authReqId: string, token: string): Promise<void> {
    const answer =
      this.notificationUrl === undefined
        ? undefined
        : await fetch(this.notificationUrl, {
            method: 'POST',
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
            body: JSON.stringify({ auth_req_id: authReqId }),
            redirect: 'manual',
            signal: AbortSignal.timeout(5000),
          }).catch(() => undefined);
    await answer?.body?.cancel();
    this.notifications.push({ authReqId, token, status: answer?.status });
  }
}

const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map([
  ['/.well-known/openid-configuration', 'discovery'],
  ['/jwks', 'jwks'],
  ['/backchannel', 'backchannel'],
  ['/token', 'token'],
  ['/token/revocation', 'revocation'],
]);
