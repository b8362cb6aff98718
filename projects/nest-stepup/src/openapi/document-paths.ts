import type { Route } from '../route-table.js';

/** The methods that an OpenAPI document has operations for, in lower case. */
export const METHODS: ReadonlySet<string> = new Set(
  'get post put delete patch options head trace search query'.split(' '),
);

/** Finds the routes that an operation of a document is about. */
export class DocumentPaths {
  private readonly byTemplate = new Map<string, Route[]>();

  /** @param ignoreGlobalPrefix Whether the document's paths are without it. */
  constructor(routes: readonly Route[], ignoreGlobalPrefix: boolean) {
    for (const route of routes) {
      const template = templateOf(ignoreGlobalPrefix ? route.pathWithoutPrefix : route.path);
      const known = this.byTemplate.get(template);
      if (known) known.push(route);
      else this.byTemplate.set(template, [route]);
    }
  }

  /**
   * The routes of a method and path: one for each host and version that a request may be for, and
   * where several handlers have the same ones, the first, which is the one that Nest runs.
   */
  routesOf(method: string, template: string): readonly Route[] {
    const routes = new Map<string | undefined, Route>();
    // Swagger keeps slashes that were written twice.
    for (const route of this.byTemplate.get(template.replaceAll(/\/+/g, '/')) ?? []) {
      const fits = route.method === 'ALL' || route.method.toLowerCase() === method;
      if (fits && !routes.has(route.condition)) routes.set(route.condition, route);
    }
    return [...routes.values()];
  }
}

/**
 * Writes a path of Nest as `@nestjs/swagger` does: parameters, wildcards and what is optional in
 * braces, patterns left out.
 */
function templateOf(path: string): string {
  return path
    .replaceAll(/\(\^[^)]*\)/g, '')
    .replace(/\/(\(\.\*\)|[*+])$/, '/*path')
    .replaceAll(/\/\*(?=\/)/g, (_, offset: number) => `/*path${offset}`)
    .replaceAll(/\[:\]|::|[:*](\w+)|[{}]/g, (match, name: string | undefined) => {
      if (name !== undefined) return `{${name}}`;
      return match === '{' || match === '}' ? '' : ':';
    });
}
