import { Inject, Injectable } from '@nestjs/common';
import { combineRequirements, type AuthenticationRequirement } from 'stepup-core';
import { declarationsOn, lineageOf, type RequirementFunction } from './declarations.js';
import { STEP_UP_SETTINGS, type StepUpSettings } from './step-up.options.js';

/** What is in force on a route. */
export interface RouteRequirement {
  /** Whether the route has no step-up decorator at all. */
  readonly open: boolean;
  /** Whether its handler is exempt from what its class demands. */
  readonly exempt: boolean;
  /** What every request demands besides a valid token. */
  readonly requirement: AuthenticationRequirement | undefined;
  /** What decides, request by request, whether more is demanded. */
  readonly functions: readonly RequirementFunction[];
}

/** Works out what is in force on each route, once for each. */
@Injectable()
export class RouteRequirements {
  private readonly known = new WeakMap<object, Map<object, RouteRequirement>>();

  constructor(@Inject(STEP_UP_SETTINGS) private readonly settings: StepUpSettings) {}

  /**
   * What is in force on a route: what its class and the classes that it extends demand, and what
   * its handler does, all of it.
   *
   * @throws {RangeError} When no authentication could satisfy all of it.
   */
  of(controller: object, handler: object): RouteRequirement {
    // Classes that share a base class share its handlers: a handler alone does not name a route.
    const known = this.known.get(handler)?.get(controller);
    if (known) return known;

    const route = this.combine(controller, handler);
    const ofHandler = this.known.get(handler) ?? new Map<object, RouteRequirement>();
    this.known.set(handler, ofHandler.set(controller, route));
    return route;
  }

  private combine(controller: object, handler: object): RouteRequirement {
    const onClasses = lineageOf(controller).flatMap(declarationsOn);
    const onHandler = declarationsOn(handler);
    const exempt = onHandler.some(({ decorator }) => decorator === 'StepUpExempt');
    const inForce = exempt ? onHandler : [...onClasses, ...onHandler];
    const requirements = inForce.flatMap(({ requirement }) => requirement ?? []);
    return {
      open: onClasses.length === 0 && onHandler.length === 0,
      exempt,
      requirement: combineRequirements(requirements, this.settings.ranking),
      functions: inForce.flatMap(({ decide }) => decide ?? []),
    };
  }
}
