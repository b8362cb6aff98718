import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Authentication } from 'stepup-core';
import { routeName } from './declarations.js';

/** What the guard found out about a request that it let through. */
export interface Grant {
  /** Which route it was let through to. */
  readonly route: object;
  readonly authentication: Authentication;
}

// A symbol: nothing that arrives with a request can have this name.
const GRANT = Symbol('step-up grant');

/** A request that may have been let through. */
export interface GrantedRequest {
  [GRANT]?: Grant;
}

/** Remembers that a request was let through. */
export function grantTo(request: GrantedRequest, grant: Grant): void {
  request[GRANT] = grant;
}

/** What is remembered about a request, if it was let through already. */
export function grantOf(request: GrantedRequest): Grant | undefined {
  return request[GRANT];
}

/**
 * Injects the verified {@link Authentication} of the caller into a handler's parameter.
 *
 * On a route that has no step-up decorator there is none, and the request fails with 500.
 *
 * @example
 * @Get() @Authenticated()
 * me(@CurrentAuthentication() { subject }: Authentication) {
 *   return { subject };
 * }
 */
// The type is written out, as the inferred one names a type of Nest 12 that Nest 11 does not have.
export const CurrentAuthentication: ReturnType<typeof createParamDecorator<void>> =
  createParamDecorator((_: void, context: ExecutionContext): Authentication => {
    const grant =
      context.getType() === 'http'
        ? grantOf(context.switchToHttp().getRequest<GrantedRequest>())
        : undefined;
    if (grant) return grant.authentication;
    throw new Error(
      `Cannot inject the current authentication into ${routeName(context)} as no ` +
        'step-up decorator is in force there: add @Authenticated() to it',
    );
  });
