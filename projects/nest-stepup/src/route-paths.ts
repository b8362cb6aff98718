import {
  Injectable,
  RequestMethod,
  VERSION_NEUTRAL,
  VersioningType,
  type VersioningOptions,
} from '@nestjs/common';
import { ApplicationConfig, ModulesContainer, type DiscoveryService } from '@nestjs/core';

type VersionValue = NonNullable<VersioningOptions['defaultVersion']>;

/** A controller as Nest discovers it. */
export type Controller = ReturnType<DiscoveryService['getControllers']>[number];

/** Where one route of a handler is. */
export interface RoutePath {
  /** In upper case; `ALL` for every method. */
  readonly method: string;
  /** As Nest maps it, with the global prefix. */
  readonly path: string;
  readonly pathWithoutPrefix: string;
  /** What else a request must have, as `host api.example` or `version 2` where no path tells it. */
  readonly condition: string | undefined;
}

// The metadata keys of Nest's own decorators: @Get(), @Version(), RouterModule.
const PATH = 'path';
const METHOD = 'method';
const HOST = 'host';
const VERSION = '__version__';
const MODULE_PATH = '__module_path__';

/** Tells where the routes of an app are, as Nest maps them. */
@Injectable()
export class RoutePaths {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly config: ApplicationConfig,
  ) {}

  /** The methods and paths of a handler: of each prefix, path and version that it has. */
  of({ metatype, host }: Controller, handler: object): RoutePath[] {
    const method: RequestMethod = Reflect.getMetadata(METHOD, handler);
    const ofModule = pathsAt(MODULE_PATH + this.modules.applicationId, host?.metatype);
    const paths = combinations(ofModule, pathsAt(PATH, metatype), pathsAt(PATH, handler));
    const hosts = hostsOf(metatype);
    return this.versionsOf(metatype, handler).flatMap(({ segment, version }) =>
      paths.map((path) => {
        const prefix = this.isWithoutPrefix(path, method) ? '' : this.config.getGlobalPrefix();
        return {
          method: RequestMethod[method],
          path: joined([prefix, segment, path]),
          pathWithoutPrefix: joined([segment, path]),
          condition: [...hosts, ...version].join(', ') || undefined,
        };
      }),
    );
  }

  private isWithoutPrefix(path: string, method: RequestMethod): boolean {
    const { exclude = [] } = this.config.getGlobalPrefixOptions();
    return exclude.some(
      ({ pathRegex, requestMethod }) =>
        pathRegex.test(path) && (requestMethod === RequestMethod.ALL || requestMethod === method),
    );
  }

  /** What each version of a handler puts in front of its path, or what it demands of a request. */
  private versionsOf(metatype: Controller['metatype'], handler: object) {
    const versioning = this.config.getVersioning();
    if (!versioning) return [UNVERSIONED];
    const declared: VersionValue | undefined =
      Reflect.getMetadata(VERSION, handler) ??
      (metatype && Reflect.getMetadata(VERSION, metatype)) ??
      versioning.defaultVersion;
    return [declared ?? VERSION_NEUTRAL].flat().map((version) => {
      if (typeof version === 'symbol') return UNVERSIONED;
      if (versioning.type !== VersioningType.URI) {
        return { segment: '', version: [`version ${version}`] };
      }
      const { prefix = 'v' } = versioning;
      return { segment: `${prefix === false ? '' : prefix}${version}`, version: [] };
    });
  }
}

const UNVERSIONED = { segment: '', version: [] };

function hostsOf(metatype: Controller['metatype']): readonly string[] {
  const host: string | RegExp | readonly (string | RegExp)[] | undefined =
    metatype && Reflect.getMetadata(HOST, metatype);
  return host === undefined ? [] : [`host ${[host].flat().map(String).join(' or ')}`];
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
