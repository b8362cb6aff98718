/** What a page sent. */
export interface FakeRequest {
  readonly call: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: string | undefined;
  readonly keepalive: boolean;
  readonly cache: string | undefined;
  readonly redirect: string | undefined;
}

/** What this package gives to `fetch`. */
interface FakeInit {
  readonly method: string;
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials?: string;
  readonly keepalive?: boolean;
  readonly cache?: string;
  readonly redirect?: string;
  readonly signal?: AbortSignal;
}

interface FakeState {
  readonly status: string;
  readonly expiresAt: number;
  readonly [more: string]: unknown;
}

type Answer = readonly [status: number, body?: unknown, headers?: Record<string, string>];
type Stream = ReadableStreamDefaultController<Uint8Array>;

// jsdom has neither.
const Native: { Response: typeof Response; ReadableStream: typeof ReadableStream } = process
  .getBuiltinModule('node:vm')
  .runInThisContext('({ Response, ReadableStream })');

/** The endpoints of `nest-stepup/ciba`, in the place of `fetch`. */
export class FakeCibaApi {
  readonly requests: FakeRequest[] = [];
  readonly states = new Map<string, FakeState>();
  readonly #streams = new Map<string, Set<Stream>>();
  readonly #handedOver = new Set<string>();
  #ids = 0;
  /** Whether nothing gets through. */
  isDown = false;
  /** Whether requests get through and are never answered. */
  isSilent = false;
  /** Whether a proxy holds back what streams say. */
  isBuffered = false;
  tokens: Readonly<Record<string, unknown>> = tokensOf('alice', { acr: 'phr' });
  refreshed: Readonly<Record<string, unknown>> = { access_token: 'refreshed', expires_in: 300 };
  /** Answers in the place of the usual ones: `POST step-up`. */
  readonly answers = new Map<string, Answer>();
  /** As {@link answers}, each of them once. */
  readonly answersOnce = new Map<string, Answer>();
  /** Called before an answer is given. */
  onRequest: (call: string) => void | Promise<void> = () => undefined;

  readonly fetch = async (url: string, init: FakeInit): Promise<Response> => {
    const path = new URL(url).pathname.replace(/^.*?\/auth\//, '');
    const call = `${init.method} ${path}`;
    const { headers, credentials, keepalive = false, cache, redirect, signal } = init;
    const body: FakeRequest['body'] = JSON.parse(init.body ?? '{}');
    this.requests.push({ call, body, headers, credentials, keepalive, cache, redirect });
    if (this.isDown) throw new TypeError('Failed to fetch');
    if (this.isSilent) return untilAborted(signal);
    await this.onRequest(call);
    if (signal?.aborted) throw new DOMException('aborted', 'AbortError');
    const special = this.answersOnce.get(call) ?? this.answers.get(call);
    this.answersOnce.delete(call);
    if (special) return respond(special);
    const [, name = ''] = /^GET \w+\/([\w-]+)\/events$/.exec(call) ?? [];
    return name && this.states.has(name)
      ? this.#stream(name, signal)
      : respond(this.#answer(call, body));
  };

  /** Changes a state, and tells all that listen. */
  set(name: string, status: string, more: Readonly<Record<string, unknown>> = {}): void {
    const { expiresAt = 0, ...before } = this.states.get(name) ?? {};
    const state = { expiresAt, ...before, ...more, status };
    this.states.set(name, state);
    for (const stream of this.#streams.get(name) ?? []) this.#say(stream, state);
  }

  /** Breaks all open streams. */
  breakStreams(): void {
    for (const streams of this.#streams.values()) {
      for (const stream of streams) stream.error(new TypeError('network error'));
      streams.clear();
    }
  }

  /** Writes to all open streams. */
  write(text: string): void {
    for (const streams of this.#streams.values()) {
      for (const stream of streams) stream.enqueue(new TextEncoder().encode(text));
    }
  }

  get openStreams(): number {
    return [...this.#streams.values()].reduce((sum, { size }) => sum + size, 0);
  }

  calls(start = ''): readonly string[] {
    return this.requests.map(({ call }) => call).filter((call) => call.startsWith(start));
  }

  /** The tokens that the page wants revoked. */
  get revoked(): readonly unknown[] {
    return this.requests
      .filter(({ call }) => call === 'POST oidc/revoke')
      .map(({ body }) => body['token']);
  }

  request(call: string): FakeRequest {
    const request = this.requests.find((each) => each.call === call);
    if (!request) throw new Error(`There was no ${call}: ${this.calls().join(', ')}`);
    return request;
  }

  #answer(call: string, body: FakeRequest['body']): Answer {
    const [, method = '', path = ''] = /^(\w+) (.*)$/.exec(call) ?? [];
    const name = path.split('/')[1] ?? '';
    const state = this.states.get(name);
    if (call === 'POST step-up') return this.#start();
    if (call === 'POST qr') return this.#startQr();
    if (call === 'POST oidc/token') return this.#tokens(body);
    if (call === 'POST oidc/revoke') return [204];
    if (!state) return [404, { error: 'not_found', error_description: 'none' }];
    if (method === 'DELETE') {
      this.set(name, 'cancelled');
      return [204];
    }
    return [200, state];
  }

  #start(): Answer {
    const transactionId = `transaction-${(this.#ids += 1)}`;
    const state = { bindingMessage: 'AB12-CD34', expiresAt: Date.now() / 1000 + 120 };
    this.set(transactionId, 'pending', { transactionId, ...state });
    return [201, { transactionId, interval: 5, ...state }];
  }

  #startQr(): Answer {
    const sessionId = `qr-${(this.#ids += 1)}`;
    const state = { sessionId, cbUrl: 'https://api', expiresAt: Date.now() / 1000 + 90 };
    this.set(sessionId, 'open', state);
    return [201, { ...state, qr: `https://api?${sessionId}` }];
  }

  #tokens({ grant_type: type, authRequestId }: FakeRequest['body']): Answer {
    if (type === 'refresh_token') return [201, this.refreshed];
    const id = String(authRequestId);
    if (this.states.get(id)?.status !== 'approved' || this.#handedOver.has(id)) {
      return [400, { error: 'invalid_grant' }];
    }
    this.#handedOver.add(id);
    return [201, this.tokens];
  }

  #stream(name: string, signal: AbortSignal | undefined): Response {
    const streams = this.#streams.get(name) ?? new Set<Stream>();
    this.#streams.set(name, streams);
    const body = new Native.ReadableStream<Uint8Array>({
      start: (stream) => {
        streams.add(stream);
        signal?.addEventListener('abort', () => {
          if (streams.delete(stream)) stream.error(new DOMException('aborted', 'AbortError'));
        });
        this.#say(stream, this.states.get(name));
      },
    });
    return new Native.Response(body, {
      headers: { 'Content-Type': 'text/event-stream; charset=utf-8' },
    });
  }

  #say(stream: Stream, state: FakeState | undefined): void {
    if (this.isBuffered) return;
    stream.enqueue(new TextEncoder().encode(`event: status\ndata: ${JSON.stringify(state)}\n\n`));
  }
}

/** What the token endpoint answers. */
export function tokensOf(sub: string, claims: Readonly<Record<string, unknown>> = {}) {
  return {
    access_token: `access-${sub}`,
    refresh_token: `refresh-${sub}`,
    id_token: idTokenOf({ sub, auth_time: 1000, ...claims }),
    token_type: 'Bearer',
    expires_in: 300,
  };
}

export function idTokenOf(claims: Readonly<Record<string, unknown>>): string {
  return `${encode({ alg: 'ES256' })}.${encode(claims)}.c2lnbmF0dXJl`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function respond([status, body, headers = {}]: Answer): Response {
  return new Native.Response(
    body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    { status, headers },
  );
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
  });
}
