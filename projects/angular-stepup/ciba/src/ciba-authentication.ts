import { type Authentication, StepUpError, authenticationFromClaims } from 'stepup-core';

import { isFields } from './ciba-answers';

/**
 * What an ID token says about the end-user's authentication; ill-typed claims count as absent.
 *
 * Its signature is not verified here: the API did, it is the client that the token is for, and the
 * token came from there over TLS (OpenID Connect Core §3.1.3.7 point 6). What a page believes
 * protects nothing anyway; each API verifies its access token.
 *
 * @returns `undefined` for what is no ID token, or one without a subject.
 */
export function readAuthentication(idToken: string | undefined): Authentication | undefined {
  const claims = claimsOf(idToken);
  if (!claims) return undefined;
  const authentication = authenticationFromClaims(claims);
  return authentication.subject ? authentication : undefined;
}

/** @throws {StepUpError} `ERR_STEPUP_FAILED` for what {@link readAuthentication} cannot read. */
export function authenticationOf(idToken: string | undefined): Authentication {
  const authentication = readAuthentication(idToken);
  if (authentication) return authentication;
  throw new StepUpError(
    'ERR_STEPUP_FAILED',
    'Cannot use the tokens as there is no ID token among them that can be read',
  );
}

function claimsOf(idToken: string | undefined): Readonly<Record<string, unknown>> | undefined {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(idToken ?? '')?.[1];
  if (payload === undefined) return undefined;
  try {
    const binary = atob(payload.replace(/-/g, '+').replace(/_/g, '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isFields(claims) ? claims : undefined;
  } catch {
    // Not a JWT: the caller says so.
    return undefined;
  }
}
