import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { json, text } from './authorization-server.js';

/** A question as an introspection endpoint gets it. */
export interface Question {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
}

/** What it answers: an object as JSON, a text as it is, or whatever a listener does. */
export type Answer = object | string | RequestListener;

/**
 * An introspection endpoint (RFC 7662) for `FakeAuthorizationServer.faults`, at `paths.introspection`.
 * Without more, it knows no token.
 *
 * @example
 * const endpoint = new FakeIntrospectionEndpoint((token) => active(claimsOf(token)));
 * server.faults.set(server.paths.introspection, endpoint.listener);
 */
export class FakeIntrospectionEndpoint {
  /** All that was asked, in order. */
  readonly questions: Question[] = [];

  constructor(public answer: (token: string) => Answer = () => ({ active: false })) {}

  readonly listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
      this.questions.push({ method: request.method, headers: request.headers, form });
      const answer = this.answer(form.get('token') ?? '');
      const listener = typeof answer === 'function' ? answer : respond(answer);
      void listener(request, response);
    });
  };
}

function respond(answer: object | string): RequestListener {
  return typeof answer === 'string' ? text(answer) : json(answer);
}

/** The answer about an access token of these claims, as most servers give it. */
export function active(claims: object): object {
  return { active: true, token_type: 'Bearer', ...claims };
}

/** The same for claims as JSON text, with all that is odd in it. */
export function activeText(claims: string): string {
  return claims.replace('{', '{"active":true,"token_type":"Bearer",');
}

/** The claims in a JWT, as JSON text: for an endpoint that takes every token's word for it. */
export function claimsTextOf(token: string): string {
  return Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
}
