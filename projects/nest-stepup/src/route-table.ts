import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { declarationsOn, wasDecorated } from './declarations.js';
import { RoutePaths, type Controller, type RoutePath } from './route-paths.js';
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
    for (const { metatype, isNotMetatype } of this.discovery.getProviders()) {
      if (isNotMetatype || typeof metatype !== 'function' || known.has(metatype)) continue;
      const [first] = declarationsOn(metatype);
      if (first) refuseDeclaration(first.decorator, metatype.name);
      for (const [name, method] of this.methodsOf(metatype)) {
        const [declaration] = declarationsOn(method);
        if (declaration) refuseDeclaration(declaration.decorator, `${metatype.name}.${name}`);
      }
    }
  }

  private routesOf(controller: Controller): readonly Route[] {
    const { metatype: type, instance } = controller;
    if (typeof type !== 'function') return [];
    return this.methodsOf(type).flatMap(([name, handler]) => {
      const place = `${type.name}.${name}`;
      const [declaration] = declarationsOn(handler);
      const [owner, ...ancestors] = ownersOf(type.prototype, name);
      if (!declaration && owner && wasDecorated(owner, name)) refuseReplaced(place);
      if (!Reflect.hasMetadata(PATH, handler)) {
        if (declaration) refuseDeclaration(declaration.decorator, place);
        return [];
      }
      // Nest routes to what the instance has there, and looks for guards on that.
      if (declaration && isShadowed(instance, name, handler)) refuseShadowed(place);
      const route = this.routeOf(type, handler, place);
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
      const reason = error instanceof Error ? error.message : String(error);
      throw new RangeError(
        `Cannot enforce what ${place} and its class demand together: ${reason}. Name an acr value ` +
          'on both that satisfies both, order the values with acrRanking in ' +
          'StepUpModule.forRoot(), or put @StepUpExempt() on the handler to drop what the class ' +
          'demands',
        { cause: error },
      );
    }
  }

  private methodsOf({ prototype }: Function): (readonly [string, object])[] {
    const methods: Readonly<Record<string, unknown>> | undefined = prototype;
    if (!methods) return [];
    return this.scanner.getAllMethodNames(methods).flatMap((name) => {
      const method = methods[name];
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
function ownersOf(prototype: object | null, name: string): readonly object[] {
  if (!prototype) return [];
  const others = ownersOf(Reflect.getPrototypeOf(prototype), name);
  return Object.hasOwn(prototype, name) ? [prototype, ...others] : others;
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

function refuseDeclaration(decorator: string, place: string): never {
  throw new TypeError(
    `Cannot enforce @${decorator} on ${place} as it is not an HTTP route of a controller: ` +
      'throw an InsufficientUserAuthenticationException there instead',
  );
}

function refuseReplaced(place: string): never {
  throw new TypeError(
    `Cannot enforce the step-up decorators on ${place} as a decorator above them put another ` +
      'function in its place: move the step-up decorators above that one',
  );
}

function refuseShadowed(place: string): never {
  throw new TypeError(
    `Cannot enforce the step-up decorators on ${place} as the controller has another function in ` +
      'its place, on which no guard runs: do not assign or bind the method in the constructor',
  );
}

function refuseOverride(place: string): never {
  throw new TypeError(
    `Cannot leave ${place} open as the method that it overrides has step-up decorators: ` +
      'put what it demands, or @Authenticated(), on it',
  );
}

function refuseBareGuard(place: string): never {
  throw new TypeError(
    `Cannot guard ${place} as it names StepUpGuard but not what it demands: ` +
      'put a decorator such as @Authenticated() or @RequireAcr() in the place of @UseGuards()',
  );
}

function refuseWithoutGuard(place: string): never {
  throw new TypeError(
    `Cannot enforce the step-up decorators on ${place} as another decorator took their guard ` +
      'away: move the step-up decorators above that one',
  );
}
