import { chain, type Rule, type Tree } from '@angular-devkit/schematics';
import { addRootProvider } from '@schematics/angular/utility';
import ts from 'typescript';
import { change, findCalls, indentationAt, readSource, type FoundCall } from './source.js';

/**
 * Has the app provide something at its root, by a call without arguments, on a line of its own.
 *
 * @param project The name of the project, and the folder of its sources.
 */
export function provideAtRoot(
  project: { readonly name: string; readonly sourceRoot: string },
  callee: string,
  moduleName: string,
): Rule {
  return chain([
    addRootProvider(project.name, ({ code, external }) => code`${external(callee, moduleName)}()`),
    (tree) => {
      for (const found of findCalls(tree, project.sourceRoot, callee, moduleName)) {
        putOnItsOwnLine(tree, found);
      }
    },
  ]);
}

function putOnItsOwnLine(tree: Tree, { path, call }: FoundCall): void {
  const list = call.parent;
  if (!ts.isArrayLiteralExpression(list)) return;
  const source = readSource(tree, path);
  const before = list.elements[list.elements.indexOf(call) - 1];
  if (!before) return;
  const between = source.text.slice(before.getEnd(), call.getStart());
  if (between.includes('\n')) return;
  const recorder = tree.beginUpdate(path);
  recorder.remove(before.getEnd(), between.length);
  recorder.insertLeft(before.getEnd(), `,\n${indentationAt(source, before.getStart())}`);
  tree.commitUpdate(recorder);
}

/** Puts arguments after those that a call has. */
export function addArguments(
  tree: Tree,
  { path, call }: FoundCall,
  text: string,
  imports: Readonly<Record<string, readonly string[]>>,
): void {
  const separator = call.arguments.length === 0 || call.arguments.hasTrailingComma ? '' : ', ';
  change(tree, path, [{ position: call.getEnd() - 1, text: separator + text }], imports);
}
