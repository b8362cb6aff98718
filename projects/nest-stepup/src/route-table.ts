import { Injectable, Logger, RequestMethod, type OnModuleInit } from '@nestjs/common';
import {
  ApplicationConfig,
  DiscoveryService,
  MetadataScanner,
  ModulesContainer,
} from '@nestjs/core';
import { declarationsOn, wasDecorated } from './declarations.js';
import { RouteRequirements, type RouteRequirement } from './route-requirements.js';
import { StepUpGuard } from './step-up.guard.js';

type Controller = ReturnType<DiscoveryService['getControllers']>[number];

// The metadata keys of Nest's own decorators: @Get(), @UseGuards(), RouterModule.
const PATH = 'path';
const METHOD = 'method';
const GUARDS = '__guards__';
const MODULE_PATH = '__module_path__';

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
    private readonly modules: ModulesContainer,
    private readonly config: ApplicationConfig,
    private readonly routes: RouteRequirements,
  ) {}

  /** @throws {TypeError | RangeError} When a requirement is declared that could not be enforced. */
  onModuleInit(): void {
    const controllers = this.discovery.getControllers();
    this.refuseMisplaced(controllers);
    const rows = controllers.flatMap((controller) => this.rowsOf(controller));
    if (rows.length === 0) return;
    this.logger.log(['Routes, and what they demand of the caller:', ...aligned(rows)].join('\n  '));
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

  private rowsOf(controller: Controller): string[][] {
    const type = controller.metatype;
    if (typeof type !== 'function') return [];
    return this.methodsOf(type).flatMap(([name, handler]) => {
      const place = `${type.name}.${name}`;
      const [declaration] = declarationsOn(handler);
      if (!declaration && wasDecorated(ownerOf(type.prototype, name), name)) refuseReplaced(place);
      if (!Reflect.hasMetadata(PATH, handler)) {
        if (declaration) refuseDeclaration(declaration.decorator, place);
        return [];
      }
      const route = this.routeOf(type, handler, place);
      return this.pathsOf(controller, handler).map((path) => [...path, describe(route), place]);
    });
  }

  private routeOf(type: Function, handler: object, place: string): RouteRequirement {
    const route = this.combined(type, handler, place);
    const guards: readonly unknown[] = [type, handler].flatMap(
      (target) => Reflect.getMetadata(GUARDS, target) ?? [],
    );
    if (!route.open || !guards.includes(StepUpGuard)) return route;
    throw new TypeError(
      `Cannot guard ${place} as it names StepUpGuard but not what it demands: ` +
        'put a decorator such as @Authenticated() or @RequireAcr() in the place of @UseGuards()',
    );
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

  private pathsOf({ metatype, host }: Controller, handler: object): string[][] {
    const method: RequestMethod = Reflect.getMetadata(METHOD, handler);
    const ofModule = pathsAt(MODULE_PATH + this.modules.applicationId, host?.metatype);
    return combinations(ofModule, pathsAt(PATH, metatype), pathsAt(PATH, handler)).map((path) => [
      RequestMethod[method],
      this.withGlobalPrefix(path, method),
    ]);
  }

  private withGlobalPrefix(path: string, method: RequestMethod): string {
    const excluded = this.config
      .getGlobalPrefixOptions()
      .exclude?.some(
        ({ pathRegex, requestMethod }) =>
          pathRegex.test(path) && (requestMethod === RequestMethod.ALL || requestMethod === method),
      );
    return excluded ? path : joined([this.config.getGlobalPrefix(), path]);
  }
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

/** The prototype, of the class or of one that it extends, that a method stands on. */
function ownerOf(prototype: object, name: string): object {
  const parent = Object.hasOwn(prototype, name) ? null : Reflect.getPrototypeOf(prototype);
  return parent ? ownerOf(parent, name) : prototype;
}

function pathsAt(key: string, target: object | null | undefined): readonly string[] {
  const path: string | readonly string[] | undefined = target
    ? Reflect.getMetadata(key, target)
    : undefined;
  return typeof path === 'string' ? [path] : (path ?? ['']);
}

function combinations(...lists: readonly (readonly string[])[]): readonly string[] {
  const start: readonly (readonly string[])[] = [[]];
  return lists
    .reduce((paths, list) => paths.flatMap((path) => list.map((part) => [...path, part])), start)
    .map(joined);
}

function joined(parts: readonly string[]): string {
  const segments = parts.flatMap((part) => part.split('/')).filter((segment) => segment !== '');
  return `/${segments.join('/')}`;
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
