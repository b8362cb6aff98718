import type { IncomingHttpHeaders, RequestListener } from 'node:http';

/** A question as an introspection endpoint gets it. */
export interface Question {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
}

/** What it answers: an object as JSON, a text as it is, or whatever a listener does. */
export type Answer = object | string | RequestListener;

/** The introspection endpoint (RFC 7662) of a `FakeAuthorizationServer`. At first it knows no token. */
export class FakeIntrospectionEndpoint {
  /** All that was asked, in order. */
  readonly questions: Question[] = [];

  answer: (token: string) => Answer = () => ({ active: false });

  /** Says of one JWT that it is active, and what is in it. */
  knowOnly(known: string): void {
    const answer = activeText(claimsTextOf(known));
    this.answer = (token) => (token === known ? answer : { active: false });
  }

  /** Takes the word of every JWT for what is in it. */
  believeAll(): void {
    this.answer = (token) => activeText(claimsTextOf(token) || '{}');
  }

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
  const body = typeof answer === 'string' ? answer : JSON.stringify(answer);
  return (_request, response) => {
    response.setHeader('content-type', 'application/json').end(body);
  };
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
