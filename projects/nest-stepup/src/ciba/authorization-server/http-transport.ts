import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { UnreachableError } from './upstream-failure.js';

/** Answers take a few KiB. */
const MAX_BYTES = 256 * 1024;

/** What servers keep an idle connection for is five seconds and more. */
const IDLE_MS = 4000;

/** Enough for thousands of requests per second, and no flood for a server that has become slow. */
const MAX_CONNECTIONS = 256;

const LOOPBACK = /^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(\/|$)/;

/** A request to the authorization server. */
export interface UpstreamRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Its answer, whatever the status. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly text: string;
}

/**
 * Sends requests over connections that stay open: each within a time, to https or a loopback address
 * only, no redirect followed, no answer too large.
 *
 * Not by `fetch()`, which takes four times the time: thousands of polls go through here each second.
 */
export class HttpTransport {
  private readonly http = new HttpAgent(agentOptions());
  private readonly https = new HttpsAgent(agentOptions());

  /** @param timeoutSeconds For a whole answer. */
  constructor(private readonly timeoutSeconds: number) {}

  /** @throws {UnreachableError} */
  async send(url: string, { method, headers, body }: UpstreamRequest): Promise<UpstreamAnswer> {
    if (!isSafe(url)) throw new UnreachableError('one of its endpoints is not https');
    let request: ClientRequest | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<UpstreamAnswer>((resolve, reject) => {
        request = this.open(url, method, {
          ...headers,
          'accept-encoding': 'identity',
          ...(method === 'POST' && { 'content-length': String(Buffer.byteLength(body)) }),
        });
        timer = setTimeout(() => {
          const reason = `${originOf(url)} did not answer within ${this.timeoutSeconds} s`;
          reject(new UnreachableError(reason));
        }, this.timeoutSeconds * 1000);
        request.on('error', reject);
        request.on('response', (response) => {
          readAnswer(response, resolve, reject);
        });
        request.end(body);
      });
    } catch (error) {
      request?.destroy();
      if (error instanceof UnreachableError) throw error;
      throw new UnreachableError(`the connection to ${originOf(url)} failed${codeOf(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }

  private open(url: string, method: string, headers: Record<string, string>): ClientRequest {
    return url.startsWith('https:')
      ? httpsRequest(url, { method, headers, agent: this.https })
      : httpRequest(url, { method, headers, agent: this.http });
  }
}

function agentOptions() {
  return {
    keepAlive: true,
    timeout: IDLE_MS,
    maxSockets: MAX_CONNECTIONS,
    // As fetch() does, and the global agents: an agent of one's own has to be told.
    ...(process.env.NODE_USE_ENV_PROXY === '1' && { proxyEnv: process.env }),
  };
}

/** Whether nobody can be in between. */
export function isSafe(url: string): boolean {
  return url.startsWith('https://') || LOOPBACK.test(url);
}

function readAnswer(
  response: IncomingMessage,
  resolve: (answer: UpstreamAnswer) => void,
  reject: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_BYTES) reject(new UnreachableError('its answer is too large'));
    else chunks.push(chunk);
  });
  response.on('end', () => {
    const text = Buffer.concat(chunks).toString('utf8');
    resolve({ status: response.statusCode ?? 0, header: headerOf(response), text });
  });
  // A connection that breaks within an answer.
  response.on('error', reject);
}

function headerOf({ headers }: IncomingMessage) {
  return (name: string): string | undefined => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
}

/** Of an endpoint that the server may have named: nothing else of it, and no more than a name has. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin.slice(0, 200) : 'one of its endpoints';
}

function codeOf(error: unknown): string {
  const code: unknown = Reflect.get(Object(error), 'code');
  return typeof code === 'string' && /^\w{1,40}$/.test(code) ? ` (${code})` : '';
}
