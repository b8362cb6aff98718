import { createHash, randomBytes } from 'node:crypto';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { createTestClock } from 'stepup-core/testing';
import {
  BackchannelClient,
  type TokenRequestOptions,
  type TokenSet,
} from '../../ciba/authorization-server/backchannel-client.js';
import { clientSecretBasic } from '../../ciba/authorization-server/client-authentication.js';
import type { CibaEvent } from '../../ciba/ciba.event.js';
import { CibaException } from '../../ciba/ciba.exception.js';
import { CibaModule } from '../../ciba/ciba.module.js';
import type { CibaOptions } from '../../ciba/ciba.options.js';
import { MemoryTransactionStore } from '../../ciba/transactions/memory-transaction-store.js';
import { TransactionWorker } from '../../ciba/transactions/transaction-worker.js';
import { startApp, type AppUnderTest } from '../start-app.js';
import { FakeBackchannelClient } from './fake-backchannel-client.js';

/** An authorization server in the memory of the test that also refreshes: each token once. */
export class RefreshingClient extends FakeBackchannelClient {
  readonly refreshes: { readonly token: string; readonly options: TokenRequestOptions }[] = [];

  override refresh(token: string, options: TokenRequestOptions = {}): Promise<TokenSet> {
    if (this.refreshes.some((one) => one.token === token)) {
      return Promise.reject(new CibaException('invalid_grant', 'It was used already'));
    }
    this.refreshes.push({ token, options });
    const accessToken = `at ${this.refreshes.length} of ${token}`;
    return Promise.resolve({ accessToken, tokenType: 'Bearer', refreshToken: `${token}'` });
  }
}

/** What an app that uses CIBA is started with. */
export interface CibaAppUnderTest {
  readonly adapter: AppUnderTest['adapter'];
  readonly ciba?: Partial<CibaOptions> & { readonly path?: string };
  readonly module?: ModuleMetadata;
  readonly configure?: (app: INestApplication) => void;
}

/** Starts an app with `CibaModule`, on a clock that stands still, with a fake server behind it. */
export async function startCibaApp({ adapter, ciba, module, configure }: CibaAppUnderTest) {
  const clock = createTestClock();
  const client = new RefreshingClient(clock.now);
  const store = ciba?.store ?? new MemoryTransactionStore();
  const events: CibaEvent[] = [];
  const started = await startApp({
    adapter,
    options: { now: clock.now },
    module: {
      ...module,
      imports: [
        CibaModule.forRoot({
          issuer: 'https://as.example.com',
          clientId: 'bank-api',
          clientAuthentication: clientSecretBasic('a-client-secret'),
          publicUrl: 'https://api.example.com',
          now: clock.now,
          store,
          onEvent: (event) => events.push(event),
          ...ciba,
        }),
        ...(module?.imports ?? []),
      ],
    },
    ...(configure && { configure }),
    replacements: new Map([[BackchannelClient, client]]),
  });
  const worker = started.app.get(TransactionWorker, { strict: false });
  return {
    ...started,
    clock,
    client,
    store,
    events,
    browser: () => new Browser(started.url),
    /** Lets the time pass that has to, and the worker ask the authorization server. */
    async poll(): Promise<void> {
      clock.advance(5);
      await worker.runDue();
    },
  };
}

export type StartedCibaApp = Awaited<ReturnType<typeof startCibaApp>>;

/** What an endpoint answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

type RequestHeaders = Readonly<Record<string, string>>;

/** A browser: keeps its cookies, unless it is told not to. */
export class Browser {
  readonly cookies = new Map<string, string>();

  constructor(
    private readonly url: string,
    private readonly keepsCookies = true,
  ) {}

  get(path: string, headers?: RequestHeaders): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body: unknown = {}, headers?: RequestHeaders): Promise<Answer> {
    return this.send('POST', path, JSON.stringify(body), {
      'content-type': 'application/json',
      ...headers,
    });
  }

  delete(path: string, headers?: RequestHeaders): Promise<Answer> {
    return this.send('DELETE', path, undefined, headers);
  }

  /** Opens a stream of events, on a connection of its own. */
  async open(path: string, headers: RequestHeaders = {}): Promise<EventReader> {
    const all = { ...this.cookieHeader(), ...headers };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(this.url + path, { headers: all, agent: false }, resolve).on('error', reject);
    });
    return new EventReader(response);
  }

  async send(
    method: string,
    path: string,
    body?: string,
    headers: RequestHeaders = {},
  ): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: { ...this.cookieHeader(), ...headers },
      redirect: 'manual',
      ...(body !== undefined && { body }),
    });
    for (const line of this.keepsCookies ? response.headers.getSetCookie() : []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    const { status, headers: answered } = response;
    return { status, headers: answered, text, body: isJson ? JSON.parse(text) : {} };
  }

  private cookieHeader(): RequestHeaders {
    if (this.cookies.size === 0) return {};
    return { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
  }
}

/** Reads server-sent events, one after the other. */
export class EventReader {
  readonly headers: IncomingHttpHeaders;
  private readonly chunks: AsyncIterator<string>;
  private text = '';

  constructor(private readonly response: IncomingMessage) {
    this.headers = response.headers;
    this.chunks = response.setEncoding('utf8')[Symbol.asyncIterator]();
  }

  /** The next event's data; `undefined` when the stream has ended. */
  async next(): Promise<Readonly<Record<string, unknown>> | undefined> {
    const block = await this.nextBlock();
    if (block === undefined) return undefined;
    const data = /^event: status\ndata: (.+)$/.exec(block)?.[1];
    return data === undefined ? this.next() : JSON.parse(data);
  }

  /** Goes away, as a browser does whose tab is closed. */
  leave(): void {
    this.response.destroy();
  }

  private async nextBlock(): Promise<string | undefined> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.text.slice(0, end);
        this.text = this.text.slice(end + 2);
        return block;
      }
      const { value, done } = await this.chunks.next();
      if (done) return undefined;
      this.text += value;
    }
  }
}

/** A secret of a browser that keeps it by itself, and its digest. */
export function makeSecret(): { readonly secret: string; readonly challenge: string } {
  const secret = randomBytes(32).toString('base64url');
  return { secret, challenge: createHash('sha256').update(secret).digest('base64url') };
}
