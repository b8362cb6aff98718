import {
  HttpException,
  Inject,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import {
  combineRequirements,
  defineRequirement,
  evaluateRequirement,
  type Authentication,
  type AuthenticationRequirement,
} from 'stepup-core';
import {
  assertWellFormed,
  keepForConnection,
  readAccessToken,
  type AccessToken,
  type HttpRequest,
} from './access-token.js';
import { grantOf, grantTo, type Grant, type GrantedRequest } from './current-authentication.js';
import { routeName } from './declarations.js';
import { DecisionLog } from './decision-log.js';
import { RouteRequirements, type RouteRequirement } from './route-requirements.js';
import {
  InsufficientUserAuthenticationException,
  InvalidTokenException,
  MissingTokenException,
  StepUpException,
  StepUpFailedException,
} from './step-up.exceptions.js';
import { STEP_UP_SETTINGS, type StepUpSettings } from './step-up.options.js';
import type { TokenVerifier } from './token-verifier.js';
import { writeChallenge, type HttpResponse } from './write-challenge.js';

/**
 * Lets a request through when its access token satisfies what the route demands.
 *
 * The decorators apply it by themselves. An app may make it global as well; it still decides once
 * for each request, and leaves routes without a decorator open.
 */
@Injectable()
export class StepUpGuard implements CanActivate {
  constructor(
    @Inject(STEP_UP_SETTINGS) private readonly settings: StepUpSettings,
    private readonly routes: RouteRequirements,
    private readonly log: DecisionLog,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const route = this.routes.of(context.getClass(), context.getHandler());
    if (route.open) return true;
    assertHttp(context);
    // Another guard of this class, global or on the class, may have decided already.
    return grantOf(requestOf(context))?.route === route || this.decide(route, context);
  }

  /** Decides at once on a token that the verifier remembers: to wait would cost more than to look. */
  private decide(route: RouteRequirement, context: ExecutionContext): true | Promise<true> {
    try {
      const token = this.tokenOf(requestOf(context));
      const now = this.now();
      const known = this.recall(token, now);
      if (known) keepForConnection(requestOf(context), token);
      if (!known || route.functions.length > 0) return this.decideLater(route, context, token);
      return this.grant(context, { route, authentication: known }, route.requirement, now);
    } catch (error) {
      return Promise.reject(this.refuse(error, context));
    }
  }

  private async decideLater(
    route: RouteRequirement,
    context: ExecutionContext,
    token: AccessToken,
  ): Promise<true> {
    try {
      // Verify before evaluating: a challenge tells its reader what the route demands, and a
      // caller without a valid token has no business knowing (RFC 9470 §9).
      const authentication = await this.verify(token);
      const requirement =
        route.functions.length === 0
          ? route.requirement
          : await this.decidedRequirement(route, authentication, context);
      return this.grant(context, { route, authentication }, requirement, this.now());
    } catch (error) {
      throw this.refuse(error, context);
    }
  }

  private tokenOf(request: HttpRequest): AccessToken {
    const token = readAccessToken(request);
    if (!token) throw new MissingTokenException();
    // A verifier does not see the proof that belongs to a DPoP token. One that does not say that
    // it judges such tokens all the same must not get them (RFC 9449 §7.1).
    if (!(this.settings.verifier.schemes ?? BEARER).includes(token.scheme)) {
      throw new InvalidTokenException(`Tokens of the scheme ${token.scheme} are not accepted here`);
    }
    return token;
  }

  /** What is remembered was well-formed when it was verified. */
  private recall(token: AccessToken, now: number): Authentication | undefined {
    const { verifier, clockToleranceSeconds } = this.settings;
    if (!verifier.recall) return undefined;
    try {
      const authentication: unknown = verifier.recall(token, { now, clockToleranceSeconds });
      if (authentication === undefined) return undefined;
      assertAuthentication(authentication);
      return authentication;
    } catch (error) {
      throw refusalFor(error);
    }
  }

  private async verify(token: AccessToken): Promise<Authentication> {
    const { verifier, clockToleranceSeconds } = this.settings;
    assertWellFormed(token);
    try {
      const context = { now: this.now(), clockToleranceSeconds };
      const authentication: unknown = await verifier.verify(token, context);
      assertAuthentication(authentication);
      return authentication;
    } catch (error) {
      throw refusalFor(error);
    }
  }

  private now(): number {
    const now = this.settings.now();
    // Any time compares as neither before nor after NaN: no token would ever expire.
    if (!Number.isFinite(now)) throw new RangeError("'now' must return a finite number");
    return now;
  }

  private async decidedRequirement(
    route: RouteRequirement,
    authentication: Authentication,
    context: ExecutionContext,
  ): Promise<AuthenticationRequirement | undefined> {
    const requirements = route.requirement ? [route.requirement] : [];
    for (const decide of route.functions) {
      const requirement = await decide(context, authentication);
      if (requirement !== undefined) requirements.push(defineRequirement(requirement));
    }
    return combineRequirements(requirements, this.settings.ranking);
  }

  private grant(
    context: ExecutionContext,
    grant: Grant,
    requirement: AuthenticationRequirement | undefined,
    now: number,
  ): true {
    if (requirement) this.evaluate(requirement, grant.authentication, now);
    grantTo(requestOf(context), grant);
    this.log.granted(context, requirement);
    return true;
  }

  private evaluate(
    requirement: AuthenticationRequirement,
    authentication: Authentication,
    now: number,
  ): void {
    const { clockToleranceSeconds, ranking } = this.settings;
    const { satisfied, unmet } = evaluateRequirement(
      requirement,
      authentication,
      ranking ? { now, clockToleranceSeconds, ranking } : { now, clockToleranceSeconds },
    );
    if (!satisfied) throw new InsufficientUserAuthenticationException(requirement, { unmet });
  }

  /** Makes an answer of whatever went wrong, with its headers already on the response. */
  private refuse(error: unknown, context: ExecutionContext): HttpException {
    // A requirement function may refuse a request by itself: a 400 for a missing amount, say.
    const refusal =
      error instanceof HttpException ? error : new StepUpFailedException({ cause: error });
    if (refusal instanceof StepUpException) {
      const response = context.switchToHttp().getResponse<HttpResponse>();
      writeChallenge(refusal, response, this.settings.challenge);
    }
    this.log.refused(context, refusal);
    return refusal;
  }
}

const BEARER: TokenVerifier['schemes'] = ['Bearer'];

/** As `switchToHttp().getRequest()`, which makes functions anew each time that it is called. */
function requestOf(context: ExecutionContext): HttpRequest & GrantedRequest {
  return context.getArgByIndex(0);
}

function assertHttp(context: ExecutionContext): void {
  const type = context.getType<string>();
  if (type === 'http') return;
  throw new Error(
    `Cannot guard ${routeName(context)} as step-up guards HTTP routes only: ` +
      `current context is '${type}'`,
  );
}

/** Any other HTTP exception of a verifier would be an answer without a challenge. */
function refusalFor(error: unknown): StepUpException {
  return error instanceof StepUpException ? error : new StepUpFailedException({ cause: error });
}

function assertAuthentication(value: unknown): asserts value is Authentication {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  // A promise, of a recall() that should not be asynchronous, has not accepted anything yet.
  if (isObject && !('then' in value)) return;
  throw new TypeError('The token verifier returned something that is not an Authentication');
}
