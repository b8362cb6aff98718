import { dirname, relative } from 'node:path/posix';
import type { Tree } from '@angular-devkit/schematics';
import ts from 'typescript';

/** A call in a source file of the app. */
export interface FoundCall {
  readonly path: string;
  readonly source: ts.SourceFile;
  readonly call: ts.CallExpression;
}

/** Text to put into a file, before what stands at `position`. */
export interface Insertion {
  readonly position: number;
  readonly text: string;
}

export function readSource(tree: Tree, path: string): ts.SourceFile {
  return ts.createSourceFile(path, tree.readText(path), ts.ScriptTarget.Latest, true);
}

/**
 * Finds the calls of an imported function in the source files below a folder, tests left out.
 *
 * @param callee The function as it is exported, or a static method of an exported class.
 */
export function findCalls(
  tree: Tree,
  folder: string,
  callee: string,
  moduleName: string,
): readonly FoundCall[] {
  const [exported = '', method] = callee.split('.');
  const found: FoundCall[] = [];
  tree.getDir(folder).visit((path) => {
    if (!path.endsWith('.ts') || /\.(spec|d)\.ts$/.test(path) || path.includes('/node_modules/')) {
      return;
    }
    const source = readSource(tree, path);
    const local = localNameOf(source, exported, moduleName);
    if (local === undefined) return;
    const name = method === undefined ? local : `${local}.${method}`;
    const walk = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && node.expression.getText() === name) {
        found.push({ path, source, call: node });
      }
      node.forEachChild(walk);
    };
    walk(source);
  });
  return found;
}

/** What a file calls something that it imports; `undefined` when it does not. */
export function localNameOf(
  source: ts.SourceFile,
  exported: string,
  moduleName: string,
): string | undefined {
  return namedImports(source)
    .filter(({ from }) => from === moduleName)
    .flatMap(({ names }) => names.elements)
    .find(({ name, propertyName }) => (propertyName ?? name).text === exported)?.name.text;
}

/** The named imports of a file, and where each is from. */
export function namedImports(
  source: ts.SourceFile,
): readonly { readonly from: string; readonly names: ts.NamedImports }[] {
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) {
      return [];
    }
    const { importClause, moduleSpecifier } = statement;
    const names = importClause?.namedBindings;
    // A type import has no room for a function.
    if (!names || !ts.isNamedImports(names) || statement.getText().startsWith('import type')) {
      return [];
    }
    return [{ from: moduleSpecifier.text, names }];
  });
}

/** Changes a file: what is put in, and what it has to import for that, by module. */
export function change(
  tree: Tree,
  path: string,
  insertions: readonly Insertion[],
  imports: Readonly<Record<string, readonly string[]>> = {},
): void {
  const source = readSource(tree, path);
  const recorder = tree.beginUpdate(path);
  const all = [
    ...Object.entries(imports).flatMap(([from, names]) => importing(source, names, from)),
    ...insertions,
  ];
  for (const { position, text } of all) recorder.insertLeft(position, text);
  tree.commitUpdate(recorder);
}

function importing(
  source: ts.SourceFile,
  names: readonly string[],
  from: string,
): readonly Insertion[] {
  const missing = names.filter((name) => localNameOf(source, name, from) === undefined);
  if (missing.length === 0) return [];
  const last = namedImports(source)
    .find((found) => found.from === from)
    ?.names.elements.at(-1);
  if (last) return [{ position: last.getEnd(), text: `, ${missing.join(', ')}` }];
  const position = source.statements.filter(ts.isImportDeclaration).at(-1)?.getEnd() ?? 0;
  const line = `import { ${missing.join(', ')} } from '${from}';`;
  return [{ position, text: position === 0 ? `${line}\n` : `\n${line}` }];
}

/** A relative import of one file in another, without its extension. */
export function importPath(from: string, to: string): string {
  const path = relative(dirname(from), to).replace(/\.ts$/, '');
  return path.startsWith('.') ? path : `./${path}`;
}

/** Where something stands, as a person looks for it. */
export function placeOf({ path, source, call }: FoundCall): string {
  const { line } = source.getLineAndCharacterOfPosition(call.getStart());
  return `${path.replace(/^\//, '')}:${line + 1}`;
}

/** The white space that the line of a position begins with. */
export function indentationAt(source: ts.SourceFile, position: number): string {
  const { line } = source.getLineAndCharacterOfPosition(position);
  const start = source.getPositionOfLineAndCharacter(line, 0);
  return source.text.slice(start).match(/^[ \t]*/)?.[0] ?? '';
}

/** A TypeScript string literal. */
export function literal(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}
