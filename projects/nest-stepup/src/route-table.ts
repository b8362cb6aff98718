import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { declarationsOn, lineageOf, wasClassDecorated, wasDecorated } from './declarations.js';
import { RoutePaths, type Controller, type RoutePath } from './route-paths.js';
import {
  refuseBareGuard,
  refuseCombination,
  refuseDeclaration,
  refuseOverride,
  refuseReplaced,
  refuseReplacedClass,
  refuseShadowed,
  refuseUnseen,
  refuseWithoutGuard,
} from './route-refusals.js';
import { RouteRequirements, type RouteRequirement } from './route-requirements.js';
import { StepUpGuard } from './step-up.guard.js';

// The metadata keys of Nest's own decorators: @Get(), @UseGuards().
const PATH = 'path';
const GUARDS = '__guards__';

/** A method and a path of a handler, and what is in force there. */
export interface Route extends RoutePath, RouteRequirement {
  /** The class and its handler. */
  readonly place: string;
}

/**
 * Looks at every route when the app starts: refuses what could never be enforced, and logs what is
 * in force.
 */
@Injectable()
export class RouteTable implements OnModuleInit {
  private readonly logger = new Logger('StepUp');

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly paths: RoutePaths,
    private readonly routes: RouteRequirements,
  ) {}

  /** @throws {TypeError | RangeError} When a requirement is declared that could not be enforced. */
  onModuleInit(): void {
    const routes = this.list();
    if (routes.length === 0) return;
    const rows = aligned(routes.map(rowOf));
    this.logger.log(['Routes, and what they demand of the caller:', ...rows].join('\n  '));
  }

  /**
   * All routes, in the order in which Nest maps them.
   *
   * @throws {TypeError | RangeError} When a requirement is declared that could not be enforced.
   */
  list(): readonly Route[] {
    const controllers = this.discovery.getControllers();
    this.refuseMisplaced(controllers);
    return controllers.flatMap((controller) => this.routesOf(controller));
  }

  /** Finds decorators on services and the like, where no guard would ever run. */
  private refuseMisplaced(controllers: readonly Controller[]): void {
    const known = new Set(controllers.map(({ metatype }) => metatype));
    for (const { metatype, isNotMetatype, instance } of this.discovery.getProviders()) {
      // A value, or what a factory made, has a class too.
      const type: unknown = isNotMetatype ? classOf(instance) : metatype;
      if (typeof type !== 'function' || known.has(type)) continue;
      const [first] = declarationsOn(type);
      if (first) refuseDeclaration(first.decorator, type.name);
      for (const [name, method] of this.methodsOf(type.prototype)) {
        const [declaration] = declarationsOn(method);
        if (declaration) refuseDeclaration(declaration.decorator, `${type.name}.${name}`);
      }
    }
  }

  private routesOf(controller: Controller): readonly Route[] {
    const { metatype: type, instance, host } = controller;
    if (typeof type !== 'function') return [];
    const prototype = prototypeOf(instance) ?? type.prototype;
    if (isReplaced(type, prototype, instance)) refuseReplacedClass(type.name);
    return this.methodsOf(prototype).flatMap(([name, handler]) => {
      const place = `${type.name}.${name}`;
      const [declaration] = declarationsOn(handler);
      const [owner, ...ancestors] = ownersOf(prototype, name);
      if (!declaration && owner && wasDecorated(owner, name)) refuseReplaced(place);
      if (!Reflect.hasMetadata(PATH, handler)) {
        if (declaration) refuseDeclaration(declaration.decorator, place);
        return [];
      }
      // Nest routes to what the instance has there, and looks for guards on that.
      if (declaration && isShadowed(instance, name, handler)) refuseShadowed(place);
      const route = this.routeOf(type, handler, place);
      // Nest passes over a guard of which it did not learn when it looked through the classes.
      if (!route.open && !host?.injectables.has(StepUpGuard)) refuseUnseen(place);
      if (route.open && ancestors.some((each) => wasDecorated(each, name))) refuseOverride(place);
      return this.paths.of(controller, handler).map((path) => ({ ...path, ...route, place }));
    });
  }

  private routeOf(type: Function, handler: object, place: string): RouteRequirement {
    const route = this.combined(type, handler, place);
    const guards: readonly unknown[] = [type, handler].flatMap(
      (target) => Reflect.getMetadata(GUARDS, target) ?? [],
    );
    const isGuarded = guards.includes(StepUpGuard);
    if (route.open && isGuarded) refuseBareGuard(place);
    if (!route.open && !isGuarded) refuseWithoutGuard(place);
    return route;
  }

  private combined(type: Function, handler: object, place: string): RouteRequirement {
    try {
      return this.routes.of(type, handler);
    } catch (error) {
      return refuseCombination(place, error);
    }
  }

  private methodsOf(prototype: object | undefined): (readonly [string, object])[] {
    if (!prototype) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const method: unknown = Reflect.get(prototype, name);
      return typeof method === 'function' ? [[name, method] as const] : [];
    });
  }
}

function rowOf({ method, path, condition, place, ...route }: Route): readonly string[] {
  const note = condition === undefined ? '' : ` (${condition})`;
  return [method, path + note, describe(route), place];
}

function describe({ open, exempt, requirement, functions }: RouteRequirement): string {
  if (open) return 'open';
  const demands = [
    ...(requirement?.acrValues ? [`acr ${requirement.acrValues.join(' or ')}`] : []),
    ...(requirement?.maxAge === undefined ? [] : [`max age ${requirement.maxAge} s`]),
    ...(functions.length > 0 ? ['decided per request'] : []),
  ];
  const demanded = demands.length > 0 ? demands.join(', ') : 'a valid token';
  return exempt ? `exempt from its class: ${demanded}` : demanded;
}

/** The prototypes, of the class and of those that it extends, that have a method of this name. */
function ownersOf(prototype: object, name: string): readonly object[] {
  return chainOf(prototype).filter((each) => Object.hasOwn(each, name));
}

/** By the prototype: to ask for a member could run code of the app. */
function classOf(instance: unknown): unknown {
  return Object(prototypeOf(instance)).constructor;
}

function prototypeOf(instance: unknown): object | undefined {
  if (typeof instance !== 'object' || instance === null) return undefined;
  return Reflect.getPrototypeOf(instance) ?? undefined;
}

/**
 * Whether what a class demands is lost as a decorator, or its constructor, put something else in its
 * place: Nest looks for guards on what is there now, or on what the instance says is its class.
 */
function isReplaced(type: Function, prototype: object, instance: unknown): boolean {
  const declaring = lineageOf(type).filter((each) => declarationsOn(each).length > 0);
  const isFound = (each: object) =>
    declaring.some((known) => Reflect.get(known, 'prototype') === each);
  if (chainOf(prototype).some((each) => wasClassDecorated(each) && !isFound(each))) return true;
  const isInstance = typeof instance === 'object' && instance !== null;
  return declaring.length > 0 && isInstance && instance.constructor !== type;
}

function chainOf(prototype: object | null): readonly object[] {
  return prototype ? [prototype, ...chainOf(Reflect.getPrototypeOf(prototype))] : [];
}

/** Whether an instance has something of its own in the place of a method of its class. */
function isShadowed(instance: unknown, name: string, method: object): boolean {
  return (
    typeof instance === 'object' && instance !== null && Reflect.get(instance, name) !== method
  );
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<readonly number[]>(
    (known, row) => row.map((cell, column) => Math.max(known[column] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
