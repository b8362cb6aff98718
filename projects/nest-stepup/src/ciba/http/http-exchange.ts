import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { RequestContext } from '../authorization-server/backchannel-client.js';

/** A request of Express, or of Fastify, which keeps Node's own request in `raw`. */
export interface HttpRequest {
  readonly headers: IncomingHttpHeaders;
  /** As the adapter sees it: behind a proxy, `trust proxy` (Express) or `trustProxy` (Fastify). */
  readonly ip?: string | undefined;
  readonly body?: unknown;
  readonly raw?: IncomingMessage;
}

/** A response of Express, or a reply of Fastify. */
export type HttpResponse = ServerResponse | FastifyReply;

/** What of a reply of Fastify is used. */
export interface FastifyReply {
  readonly raw: ServerResponse;
  hijack(): unknown;
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
}

/**
 * Whom the limit per address counts a request for. There is no address any more when the client has
 * gone: whoever leaves at once must not go uncounted.
 */
export function remoteAddressOf({ ip }: HttpRequest): string {
  return ip ?? 'unknown';
}

/** Is aborted when a browser leaves before it has its whole answer. */
export function departureOf(response: HttpResponse): AbortSignal {
  const raw = 'raw' in response ? response.raw : response;
  const departure = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) departure.abort();
  });
  return departure.signal;
}

/** Says where a request comes from, for the phone and for whoever judges risk. */
export function requestContextOf(request: HttpRequest, reason?: string): RequestContext {
  const userAgent = request.headers['user-agent'];
  return {
    ...(request.ip !== undefined && { ipAddress: request.ip }),
    ...(userAgent !== undefined && { userAgent: plainText(userAgent).slice(0, 200) }),
    ...(reason !== undefined && reason !== '' && { reason }),
  };
}

/** Takes out what does not show, or changes how the text around it shows. */
export function plainText(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
