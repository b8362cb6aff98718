import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { InvalidRequestException, InvalidTokenException } from './step-up.exceptions.js';

/** An access token as a request presented it: not verified yet. */
export interface AccessToken {
  readonly value: string;
  readonly scheme: 'Bearer' | 'DPoP';
}

/** A request of Express, or of Fastify, which keeps Node's own request in `raw`. */
export type HttpRequest = (IncomingMessage | { readonly raw: IncomingMessage }) & {
  readonly body?: unknown;
};

const MAX_TOKEN_LENGTH = 16_384;

// A symbol: nothing else on a socket has this name.
const KEPT = Symbol('step-up access token');

/**
 * A connection, and the last token that was accepted from it: clients send the same one over and over.
 * The same header is then the same {@link AccessToken}, so that what is known about this object need
 * not be worked out anew from its text. It is forgotten with the connection.
 */
type Connection = Partial<Socket> & {
  [KEPT]?: { readonly header: string; readonly token: AccessToken };
};

/**
 * Reads the access token that a request presents in its `Authorization` header. Whether it is
 * written as a token is, {@link assertWellFormed} says.
 *
 * @returns `undefined` when there is none: no header, or credentials of another scheme.
 * @throws {InvalidRequestException} When the header is malformed or repeated, or a token is
 *   presented in a second way besides it.
 * @throws {InvalidTokenException} When the token is longer than any token is.
 *
 * @see [RFC 6750 §2](https://www.rfc-editor.org/rfc/rfc6750#section-2)
 */
export function readAccessToken(request: HttpRequest): AccessToken | undefined {
  const message = messageOf(request);
  const header = message.headers.authorization;
  if (header === undefined) return undefined;
  // Node keeps the first of several lines and drops the rest: only the raw list shows them.
  if (countAuthorizationLines(message.rawHeaders) > 1) {
    throw new InvalidRequestException('The request has more than one Authorization header');
  }

  const connection: Connection | undefined = message.socket;
  const kept = connection?.[KEPT];
  const token = kept?.header === header ? kept.token : parseToken(header);
  if (token && (hasTokenInQuery(message.url) || hasTokenInForm(message, request.body))) {
    throw new InvalidRequestException('The request presents an access token in more than one way');
  }
  return token;
}

/** Keeps a token that was accepted with the connection that it came over, instead of the one before. */
export function keepForConnection(request: HttpRequest, token: AccessToken): void {
  const message = messageOf(request);
  // A request that was not received by a server may have no connection.
  const connection: Connection | undefined = message.socket;
  if (!connection || connection[KEPT]?.token === token) return;
  // Not enumerable, so that nothing that prints a socket prints the token.
  Object.defineProperty(connection, KEPT, {
    value: { header: message.headers.authorization, token },
    configurable: true,
  });
}

function messageOf(request: HttpRequest): IncomingMessage {
  return 'rawHeaders' in request ? request : request.raw;
}

function parseToken(header: string): AccessToken | undefined {
  const scheme = schemeOf(header);
  if (scheme !== 'bearer' && scheme !== 'dpop') return undefined;

  const value = header.slice(scheme.length + 1).replace(/^ +/, '');
  if (value.length > MAX_TOKEN_LENGTH) {
    throw new InvalidTokenException('The access token is too long');
  }
  return { value, scheme: scheme === 'bearer' ? 'Bearer' : 'DPoP' };
}

/**
 * Checks the syntax of a token: a token of another one must not get to a verifier.
 *
 * @throws {InvalidRequestException}
 */
export function assertWellFormed({ value }: AccessToken): void {
  if (B64_TOKEN.test(value)) return;
  throw new InvalidRequestException('The Authorization header has no well-formed access token');
}

function schemeOf(header: string): string {
  if (header.startsWith('Bearer ')) return 'bearer';
  const scheme = SCHEME.exec(header)?.[0];
  if (scheme !== undefined) return scheme.toLowerCase();
  throw new InvalidRequestException('The Authorization header is malformed');
}

// RFC 9110 §11.4: a scheme is a token, and only a space or the end may follow it.
const SCHEME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?= |$)/;

// RFC 6750 §2.1
const B64_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

function countAuthorizationLines(rawHeaders: readonly string[] = []): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 13 && name.toLowerCase() === 'authorization') count += 1;
  }
  return count;
}

/** Reads the query itself: what an app's query parser makes of it is the app's choice. */
function hasTokenInQuery(url = ''): boolean {
  const start = url.indexOf('?');
  return start >= 0 && new URLSearchParams(url.slice(start + 1)).has('access_token');
}

function hasTokenInForm({ headers }: IncomingMessage, body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const type = headers['content-type']?.toLowerCase() ?? '';
  return (
    type.startsWith('application/x-www-form-urlencoded') && Object.hasOwn(body, 'access_token')
  );
}
