import type { ServerResponse } from 'node:http';
import { serializeChallenge } from 'stepup-core';
import type { ChallengeContext, StepUpException } from './step-up.exceptions.js';

/** A response of Express, of Node, or a reply of Fastify. */
export type HttpResponse = ServerResponse | FastifyReply;

interface FastifyReply {
  readonly raw: ServerResponse;
  header(name: string, value: string): unknown;
  getHeader(name: string): unknown;
}

/**
 * Writes the headers of a refusal: the only place where this package writes `WWW-Authenticate`.
 *
 * Guard, interceptor and filter all call it, so that whichever of an app's own filters answers in
 * the end, the headers are there. What is written first stays: the filter that answers may be that
 * of another `StepUpModule`, with another realm.
 */
export function writeChallenge(
  exception: StepUpException,
  response: HttpResponse,
  context: ChallengeContext,
): void {
  if (headersSent(response) || written.get(response) === exception) return;

  setHeader(response, 'Cache-Control', 'no-store');
  const challenge = exception.challenge(context);
  if (challenge) {
    setHeader(response, 'WWW-Authenticate', serializeChallenge(challenge));
    // A script of another origin sees no other header than those named here (RFC 9449 §7.2).
    const exposed = response.getHeader('Access-Control-Expose-Headers');
    setHeader(response, 'Access-Control-Expose-Headers', withHeaderName(exposed));
  }
  if (exception.retryAfterSeconds !== undefined) {
    setHeader(response, 'Retry-After', String(exception.retryAfterSeconds));
  }
  written.set(response, exception);
}

const written = new WeakMap<HttpResponse, StepUpException>();

/** Sets a header on whatever an adapter calls its response. */
export function setHeader(response: HttpResponse, name: string, value: string): void {
  if ('setHeader' in response) response.setHeader(name, value);
  else response.header(name, value);
}

/** Keeps the names that the app's CORS settings expose, and does not repeat one. */
function withHeaderName(exposed: unknown): string {
  const names = (Array.isArray(exposed) ? exposed : [exposed ?? ''])
    .flatMap((line) => String(line).split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '' && name.toLowerCase() !== 'www-authenticate');
  return [...names, 'WWW-Authenticate'].join(', ');
}

/** Whether it is too late to write a header. */
export function headersSent(response: HttpResponse): boolean {
  return 'setHeader' in response ? response.headersSent : response.raw.headersSent;
}
