import {
  type EnvironmentProviders,
  InjectionToken,
  type Provider,
  type Type,
  inject,
} from '@angular/core';
import type { AcrRanking, AuthenticationRequirement } from 'stepup-core';

import { type ApiMatcher, defineApis } from './api-matcher';
import { stepUpError } from './step-up-error';
import type { StepUpHandler } from './step-up-handler';

declare const ngDevMode: unknown;

/** The parts of step-up that an app opts into. */
export type StepUpFeatureKind = 'apis' | 'handler' | 'acrRanking' | 'choice';

/** A part of step-up that an app opts into. Made by a `with…()` function; opaque to apps. */
export interface StepUpFeature<Kind extends StepUpFeatureKind = StepUpFeatureKind> {
  /** @internal */
  readonly ɵkind: Kind;
  /** @internal */
  readonly ɵvalue: StepUpFeatureValues[Kind];
  /** @internal */
  readonly ɵproviders: readonly (Provider | EnvironmentProviders)[];
}

/** Picks the handler that is to carry out a step-up. */
export type HandlerChoice = <Handler extends { readonly name: string }>(
  requirement: AuthenticationRequirement,
  handlers: readonly Handler[],
) => Handler;

/** @internal */
export interface StepUpFeatureValues {
  readonly apis: ApiMatcher;
  readonly handler: StepUpHandlerDefinition;
  readonly acrRanking: AcrRanking;
  /** @param definitions The handlers that there are. */
  readonly choice: (definitions: readonly StepUpHandlerDefinition[]) => HandlerChoice;
}

/** How a package that brings a handler, as `angular-stepup/okta` does, describes it. */
export interface StepUpHandlerDefinition {
  /** What {@link withChoice} calls it. */
  readonly name: string;
  /** Makes the handler, once, in a browser, before it is first used, in an injection context. */
  readonly create: () => StepUpHandler;
  /** The ranking that its authorization server is known for; {@link withAcrRanking} goes before it. */
  readonly acrRanking?: AcrRanking;
}

/** What `provideStepUp()` made of its features. */
export interface StepUpConfig {
  readonly apis: ApiMatcher;
  readonly handlers: readonly [StepUpHandlerDefinition, ...StepUpHandlerDefinition[]];
  readonly acrRanking: AcrRanking | undefined;
  readonly choice: HandlerChoice | undefined;
}

// Named after what to add: Angular says that there is no provider for it.
export const STEP_UP_CONFIG = new InjectionToken<StepUpConfig>(
  typeof ngDevMode === 'undefined' || ngDevMode ? "provideStepUp() in the app's providers" : '',
);

/** Tells the time, in seconds since the epoch. Provide another one in tests. */
export const STEP_UP_CLOCK = new InjectionToken<() => number>(
  typeof ngDevMode === 'undefined' || ngDevMode ? 'STEP_UP_CLOCK' : '',
  {
    providedIn: 'root',
    factory: () => () => Date.now() / 1000,
  },
);

const feature = <Kind extends StepUpFeatureKind>(
  ɵkind: Kind,
  ɵvalue: StepUpFeatureValues[Kind],
  ɵproviders: readonly (Provider | EnvironmentProviders)[] = [],
): StepUpFeature<Kind> => ({ ɵkind, ɵvalue, ɵproviders });

/**
 * Names the only APIs that get the access token and whose challenges are answered.
 *
 * @param urls Absolute URLs, or same-origin paths that begin with one slash (`/api`). A request
 *   belongs to an API when its origin is the same and its path begins with the same whole segments.
 * @throws {StepUpError} `ERR_STEPUP_CONFIGURATION` for an empty list, a wildcard, a query, a
 *   fragment, credentials, a scheme other than http or https, or a relative path.
 */
export function withApis(...urls: readonly string[]): StepUpFeature<'apis'> {
  return feature('apis', defineApis(urls));
}

/**
 * Steps up with an OIDC client of the app's own.
 *
 * @param name What {@link withChoice} calls it.
 */
export function withHandler(
  handler: Type<StepUpHandler>,
  name = 'custom',
): StepUpFeature<'handler'> {
  return feature('handler', { name, create: () => inject(handler) }, [handler]);
}

/** Makes the feature of a package that brings its own handler. Apps use {@link withHandler}. */
export function defineHandlerFeature(
  definition: StepUpHandlerDefinition,
  providers: readonly (Provider | EnvironmentProviders)[] = [],
): StepUpFeature<'handler'> {
  return feature('handler', definition, providers);
}

/** Lets a stronger authentication context satisfy a weaker one; without it acr values are equal or not. */
export function withAcrRanking(ranking: AcrRanking): StepUpFeature<'acrRanking'> {
  return feature('acrRanking', ranking);
}

/** Allows two handlers, and says by name which one carries out a step-up. */
export function withChoice(
  choose: (requirement: AuthenticationRequirement) => string,
): StepUpFeature<'choice'> {
  return feature('choice', (definitions) => {
    if (new Set(definitions.map(({ name }) => name)).size < definitions.length) {
      throw stepUpError('CONFIGURATION', 'two handlers have one name: name one in withHandler()');
    }
    return (requirement, handlers) => {
      const name = choose(requirement);
      const chosen = handlers.find((handler) => handler.name === name);
      if (chosen) return chosen;
      throw stepUpError('CONFIGURATION', `withChoice() names no handler: current value is ${name}`);
    };
  });
}
