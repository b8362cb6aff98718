import { ConfigurableModuleBuilder, type HttpException } from '@nestjs/common';
import {
  createStepUpChallenge,
  type AcrRanking,
  type AuthenticationRequirement,
} from 'stepup-core';
import type { ChallengeContext } from './step-up.exceptions.js';
import type { TokenVerifier } from './token-verifier.js';

/** Options of `StepUpModule`. */
export interface StepUpOptions {
  /** Verifies access tokens, and keeps what it has verified. */
  readonly verifier: TokenVerifier;
  /**
   * Names the protected space in every challenge.
   *
   * @default 'api'
   */
  readonly realm?: string;
  /**
   * How far the clocks of this server and of the authorization server may differ, in seconds.
   *
   * @default 5
   */
  readonly clockToleranceSeconds?: number;
  /**
   * Lets a stronger authentication context class stand for a weaker one. Without it, values are
   * compared as exact strings.
   */
  readonly acrRanking?: AcrRanking;
  /** The absolute URL of this API's metadata, for every challenge (RFC 9728 §5.1). */
  readonly resourceMetadata?: string;
  /**
   * Tells the current time, in seconds since the Unix epoch: for tests.
   *
   * @default the clock of the system
   */
  readonly now?: () => number;
  /**
   * Is told about every decision, for metrics and audit. It may be asynchronous: the
   * request does not wait for it. An error that it throws is logged.
   */
  readonly onDecision?: (decision: StepUpDecision) => unknown;
}

/** What the guard decided about one request. */
export interface StepUpDecision {
  /** The class of the controller and its handler, as in `TransfersController.create`. */
  readonly handler: string;
  /** What was demanded besides a valid token, if it came to that. */
  readonly requirement?: AuthenticationRequirement;
  /** The answer to a request that was refused. Absent when it was let through. */
  readonly refusal?: HttpException;
}

/** The options, checked and with their defaults. */
export interface StepUpSettings {
  readonly verifier: TokenVerifier;
  readonly clockToleranceSeconds: number;
  readonly ranking: AcrRanking | undefined;
  readonly challenge: ChallengeContext;
  readonly now: () => number;
  readonly onDecision: StepUpOptions['onDecision'] | undefined;
}

export const {
  ConfigurableModuleClass,
  /** The options as the app wrote them: what a test replaces with `overrideProvider()`. */
  MODULE_OPTIONS_TOKEN: STEP_UP_OPTIONS,
  OPTIONS_TYPE,
} = new ConfigurableModuleBuilder<StepUpOptions>({ moduleName: 'StepUp' })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createStepUpOptions')
  .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({
    ...definition,
    global: isGlobal,
  }))
  .build();

/**
 * The settings, for the guard. Nest names this token when it cannot find it, so it says what to
 * import.
 */
export const STEP_UP_SETTINGS = 'StepUpModule.forRoot({ verifier })';

const OPTION_NAMES: ReadonlySet<string> = new Set<keyof StepUpOptions>([
  'verifier',
  'realm',
  'clockToleranceSeconds',
  'acrRanking',
  'resourceMetadata',
  'now',
  'onDecision',
]);

/**
 * Checks the options and fills in the defaults, so that a wrong option stops the boot.
 *
 * @throws {TypeError} When an option is missing, unknown, or of a wrong type.
 * @throws {RangeError} When an option has a value that it may not have.
 */
export function resolveStepUpOptions(options: StepUpOptions): StepUpSettings {
  if (typeof options !== 'object' || options === null) refuse('there are no options', options);
  const unknown = Object.keys(options).find((name) => !OPTION_NAMES.has(name));
  if (unknown !== undefined) {
    refuse(`the options are ${[...OPTION_NAMES].join(', ')}`, unknown);
  }

  const { verifier, realm = 'api', clockToleranceSeconds = 5, acrRanking, now } = options;
  if (typeof verifier?.verify !== 'function') {
    refuse(
      "'verifier' must be a TokenVerifier, as in " +
        'StepUpModule.forRoot({ verifier: joseTokenVerifier({ issuer, audience }) })',
      verifier,
    );
  }
  if (typeof clockToleranceSeconds !== 'number') {
    refuse("'clockToleranceSeconds' must be a number", clockToleranceSeconds);
  }
  if (!Number.isFinite(clockToleranceSeconds) || clockToleranceSeconds < 0) {
    const reason = "'clockToleranceSeconds' must be a non-negative number of seconds";
    refuse(reason, clockToleranceSeconds, RangeError);
  }
  if (acrRanking !== undefined && typeof acrRanking.satisfies !== 'function') {
    refuse("'acrRanking' must be what defineAcrRanking() returns", acrRanking);
  }
  for (const name of ['now', 'onDecision'] as const) {
    const value = options[name];
    if (value !== undefined && typeof value !== 'function') {
      refuse(`'${name}' must be a function`, value);
    }
  }

  return {
    verifier,
    clockToleranceSeconds,
    ranking: acrRanking,
    challenge: challengeContext(realm, options.resourceMetadata, verifier),
    now: now ?? (() => Date.now() / 1000),
    onDecision: options.onDecision,
  };
}

function challengeContext(
  realm: string,
  resourceMetadata: string | undefined,
  verifier: TokenVerifier,
): ChallengeContext {
  const context: ChallengeContext = {
    scheme: verifier.schemes?.[0] ?? 'Bearer',
    realm,
    ...(resourceMetadata !== undefined && { resourceMetadata }),
  };
  // Whatever a challenge cannot carry is refused now, not when the first one is written.
  createStepUpChallenge({ maxAge: 0 }, context);
  return context;
}

function refuse(reason: string, value: unknown, kind: ErrorConstructor = TypeError): never {
  throw new kind(`Cannot configure step-up as ${reason}: current value is ${describe(value)}`);
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a class or function: pass an instance';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
