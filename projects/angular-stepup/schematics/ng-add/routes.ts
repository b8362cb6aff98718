import { dirname, join } from 'node:path/posix';
import type { Rule, SchematicContext, Tree } from '@angular-devkit/schematics';
import ts from 'typescript';
import { examplePage } from './new-files.js';
import type { NgAddOptions } from './ng-add.options.js';
import type { Project } from './project.js';
import {
  change,
  findCalls,
  importPath,
  namedImports,
  readSource,
  type FoundCall,
} from './source.js';

/** The list of routes that an app starts with. */
interface RouteList {
  readonly path: string;
  readonly list: ts.ArrayLiteralExpression;
}

/** Adds a route that asks for a step-up, and for Okta the one that a redirect comes back to. */
export function addRoutes({ sourceRoot }: Project, { handler }: NgAddOptions): Rule {
  return (tree, context) => {
    const routes = routesOf(tree, sourceRoot);
    if (!routes) {
      tellRoutes(context, handler);
      return;
    }
    const { path, list } = routes;
    const present = list.getText();
    const imports: Record<string, readonly string[]> = {};
    const added: string[] = [];
    if (!/\bstepUpGuard\b/.test(present)) {
      const page = `/${join(sourceRoot, 'app/step-up-example.ts')}`;
      const acrValue = handler === 'okta' ? 'urn:okta:loa:2fa:any' : 'phr';
      added.push(exampleRoute(importPath(path, page), acrValue));
      imports['angular-stepup'] = ['stepUpGuard'];
      if (!tree.exists(page)) tree.create(page, examplePage);
    }
    if (handler === 'okta' && !/\boktaCallbackRoute\b/.test(present)) {
      added.push('  oktaCallbackRoute(),');
      imports['angular-stepup/okta'] = ['oktaCallbackRoute'];
    }
    if (added.length === 0) return;
    // First, as a route for all other paths has to be last.
    const rest = present.slice(1).startsWith('\n') ? '' : '\n';
    const text = `\n${added.join('\n')}${rest}${rest && list.elements.length > 0 ? '  ' : ''}`;
    change(tree, path, [{ position: list.getStart() + 1, text }], imports);
  };
}

const exampleRoute = (page: string, acrValue: string): string => `  {
    path: 'step-up-example',
    canActivate: [stepUpGuard],
    data: { stepUp: { acrValues: ['${acrValue}'], maxAge: 300 } },
    loadComponent: () => import('${page}').then(({ StepUpExample }) => StepUpExample),
  },`;

function tellRoutes({ logger }: SchematicContext, handler: NgAddOptions['handler']): void {
  const callback =
    handler === 'okta' ? ' Add oktaCallbackRoute() of angular-stepup/okta to the routes.' : '';
  logger.warn(
    `The app's list of routes was not found.${callback} A route asks for a step-up by ` +
      '"canActivate: [stepUpGuard], data: { stepUp: { acrValues: [\'…\'] } }".',
  );
}

function routesOf(tree: Tree, sourceRoot: string): RouteList | undefined {
  const calls = [
    ...findCalls(tree, sourceRoot, 'provideRouter', '@angular/router'),
    ...findCalls(tree, sourceRoot, 'RouterModule.forRoot', '@angular/router'),
  ];
  return calls.map((call) => routesIn(tree, call)).find((routes) => routes !== undefined);
}

function routesIn(tree: Tree, { path, source, call }: FoundCall): RouteList | undefined {
  const [routes] = call.arguments;
  if (!routes) return undefined;
  if (ts.isArrayLiteralExpression(routes)) return { path, list: routes };
  if (!ts.isIdentifier(routes)) return undefined;
  const here = listNamed(source, routes.text);
  if (here) return { path, list: here };
  for (const { from, names } of namedImports(source)) {
    const imported = names.elements.find(({ name }) => name.text === routes.text);
    const file = join(dirname(path), `${from.replace(/\.js$/, '')}.ts`);
    if (!imported || !from.startsWith('.') || !tree.exists(file)) continue;
    const list = listNamed(readSource(tree, file), (imported.propertyName ?? imported.name).text);
    if (list) return { path: file, list };
  }
  return undefined;
}

function listNamed(source: ts.SourceFile, name: string): ts.ArrayLiteralExpression | undefined {
  for (const statement of source.statements.filter(ts.isVariableStatement)) {
    for (const { name: declared, initializer } of statement.declarationList.declarations) {
      const value =
        initializer && ts.isSatisfiesExpression(initializer) ? initializer.expression : initializer;
      if (declared.getText() === name && value && ts.isArrayLiteralExpression(value)) return value;
    }
  }
  return undefined;
}
