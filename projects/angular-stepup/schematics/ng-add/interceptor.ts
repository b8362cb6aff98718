import { chain, type Rule, type SchematicContext, type Tree } from '@angular-devkit/schematics';
import ts from 'typescript';
import type { Project } from './project.js';
import { addArguments, provideAtRoot } from './root-providers.js';
import { change, findCalls, placeOf, readSource, localNameOf, type FoundCall } from './source.js';

const HTTP = '@angular/common/http';

/** Has the app's `HttpClient` use `stepUpInterceptor`, after the interceptors that it has. */
export function addInterceptor(project: Project): Rule {
  return (tree, context) => {
    const calls = findCalls(tree, project.sourceRoot, 'provideHttpClient', HTTP);
    if (calls.length > 0) return addToAll(tree, context, calls);
    if (usesHttpClientModule(tree, project)) {
      context.logger.warn(
        'Replace HttpClientModule, which knows no functional interceptors, by the provider ' +
          '"provideHttpClient(withInterceptorsFromDi(), withInterceptors([stepUpInterceptor]))"',
      );
      return undefined;
    }
    return chain([
      provideAtRoot(project, 'provideHttpClient', HTTP),
      () => addToAll(tree, context, findCalls(tree, project.sourceRoot, 'provideHttpClient', HTTP)),
    ]);
  };
}

function addToAll(tree: Tree, context: SchematicContext, calls: readonly FoundCall[]): void {
  if (calls.some(({ call }) => /\bstepUpInterceptor\b/.test(call.getText()))) return;
  const [only, ...others] = calls;
  if (only && others.length === 0) {
    addTo(tree, context, only);
    return;
  }
  for (const call of calls) {
    context.logger.warn(
      `${placeOf(call)}: if its requests go to the API, add "withInterceptors([stepUpInterceptor])"`,
    );
  }
}

function addTo(tree: Tree, context: SchematicContext, found: FoundCall): void {
  const { path, source, call } = found;
  const imports = { 'angular-stepup': ['stepUpInterceptor'] };
  const local = localNameOf(source, 'withInterceptors', HTTP);
  const feature = call.arguments.find(
    (argument): argument is ts.CallExpression =>
      ts.isCallExpression(argument) && argument.expression.getText() === local,
  );
  if (!feature) {
    addArguments(tree, found, 'withInterceptors([stepUpInterceptor])', {
      ...imports,
      [HTTP]: ['withInterceptors'],
    });
    return;
  }
  const [list] = feature.arguments;
  if (!list || !ts.isArrayLiteralExpression(list)) {
    const place = placeOf({ path, source, call: feature });
    context.logger.warn(
      `${place}: add stepUpInterceptor to the end of what withInterceptors() is given`,
    );
    return;
  }
  // The last one is the closest to the API: it meets the challenge before any other turns errors
  // into something else.
  const last = list.elements.at(-1);
  const separator = last ? ', ' : '';
  const position = last?.getEnd() ?? list.getEnd() - 1;
  change(tree, path, [{ position, text: `${separator}stepUpInterceptor` }], imports);
}

function usesHttpClientModule(tree: Tree, { sourceRoot }: Project): boolean {
  let found = false;
  tree.getDir(sourceRoot).visit((path) => {
    if (!path.endsWith('.ts') || path.endsWith('.spec.ts')) return;
    found ||= localNameOf(readSource(tree, path), 'HttpClientModule', HTTP) !== undefined;
  });
  return found;
}
