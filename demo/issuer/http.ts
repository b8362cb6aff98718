import type { IncomingMessage, ServerResponse } from 'node:http';
import { pageHeaders } from './pages/content-security-policy.js';
import type { Html } from './pages/html.js';

const MAX_BODY_BYTES = 32_768;

/** An answer that is an error page: thrown where a request cannot be served. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Reads a form that was posted from a page of the same origin.
 *
 * @throws {HttpError} 403 for another origin, 413 for too much, 415 for anything but a form.
 */
export async function readOwnForm(req: IncomingMessage, origin: string): Promise<URLSearchParams> {
  // SameSite cookies let through forms of other ports of this host; the origin tells them apart.
  if (req.headers.origin !== undefined && req.headers.origin !== origin) {
    throw new HttpError(403, 'This form was sent from another site.');
  }
  return readForm(req);
}

/** Reads a posted form, whoever sent it. */
export async function readForm(req: IncomingMessage): Promise<URLSearchParams> {
  const type = req.headers['content-type'] ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) {
    throw new HttpError(415, 'A form was expected.');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new HttpError(413, 'This form is too large.');
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

/** @param formTargets Origins to which a form of the page may lead, other than its own. */
export function sendPage(
  res: ServerResponse,
  page: Html,
  { status = 200, formTargets = [] }: { status?: number; formTargets?: readonly string[] } = {},
): void {
  res.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    ...pageHeaders(formTargets),
  });
  res.end(page.text);
}

export function sendJson(
  res: ServerResponse,
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): void {
  res.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...headers,
  });
  res.end(JSON.stringify(body));
}

export function redirect(res: ServerResponse, location: string): void {
  res.writeHead(303, { location, 'cache-control': 'no-store' });
  res.end();
}
