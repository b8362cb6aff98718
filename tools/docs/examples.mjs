/**
 * Type-checks the TypeScript examples of docs and docstrings, as one program with the sources.
 *
 * An example that is a whole file (`**`name`**` before its block) is compiled as it is, beside the
 * other files of its guide. A fragment may be statements, members of a class, or elements of a list,
 * and may use without an import what the packages export and what `context.ts` has; a comment
 * `<!-- given … -->` before it declares anything else.
 */
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../run.mjs';
import { packageOf } from './public-api.mjs';

const SHAPES = [
  ['', ''],
  ['class Example {', '}'],
  ['const example = [', '];'],
];

const DECLARATIONS = [
  ts.isBindingElement,
  ts.isClassDeclaration,
  ts.isFunctionDeclaration,
  ts.isImportClause,
  ts.isImportSpecifier,
  ts.isInterfaceDeclaration,
  ts.isParameter,
  ts.isTypeAliasDeclaration,
  ts.isVariableDeclaration,
];

/** @returns The complaints, as `path:line message`. */
export function checkExamples(examples, { options, oldProgram, exported, contextFile }) {
  const names = new Map();
  for (const { name, entry } of exported) names.set(name, [...(names.get(name) ?? []), entry]);
  const files = new Map();
  const complaints = [];
  for (const example of examples) {
    const source = example.name
      ? { text: example.code, shift: 0 }
      : fragment(example, names, contextFile);
    if (source) files.set(fileOf(example), { ...example, ...source });
    else
      complaints.push(`${example.path}:${example.line} is neither statements, members nor a list`);
  }

  const host = hostWith(files, options, oldProgram);
  const rootNames = [...oldProgram.getRootFileNames(), ...files.keys()];
  const program = ts.createProgram({ rootNames, options, host });
  for (const [name, { path, line, shift }] of files) {
    const file = program.getSourceFile(name);
    for (const { start = 0, messageText } of [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]) {
      const at = line + file.getLineAndCharacterOfPosition(start).line - shift;
      complaints.push(`${path}:${at} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
    }
  }
  return complaints;
}

/** The file system, with the examples in it. */
function hostWith(files, options, oldProgram) {
  const host = ts.createCompilerHost(options);
  const folders = new Set([...files.keys()].flatMap(foldersOf));
  const textOf = (name) => files.get(name)?.text;
  return {
    ...host,
    fileExists: (name) => files.has(name) || host.fileExists(name),
    readFile: (name) => textOf(name) ?? host.readFile(name),
    directoryExists: (name) => folders.has(name) || host.directoryExists(name),
    getSourceFile: (name, ...rest) =>
      files.has(name)
        ? ts.createSourceFile(name, textOf(name), ts.ScriptTarget.Latest, true)
        : (oldProgram.getSourceFile(name) ?? host.getSourceFile(name, ...rest)),
  };
}

/** Where an example stands: beside its guide's other files, or in their `src` when it has no name. */
function fileOf({ path, line, name }) {
  return join(root, `${path}.examples`, name ?? `src/line-${line}.ts`);
}

function foldersOf(file) {
  const parts = file.split('/');
  return parts.map((_, index) => parts.slice(0, index).join('/'));
}

function fragment({ path, code, given = '' }, names, contextFile) {
  const shape = SHAPES.find(([before, after]) => parses(`${before}\n${code}\n${after}`));
  if (!shape) return undefined;
  const [before, after] = shape;
  const prefix = [
    ...importsFor(`${given}\n${code}`, path, names, contextFile),
    ...given.trim().split('\n'),
  ];
  const text = [...prefix, before, code, after, 'export {};'].join('\n');
  return { text, shift: prefix.length + 1 };
}

function parses(text) {
  return ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest).parseDiagnostics.length === 0;
}

/** Imports of what a fragment uses and does not say where it is from. */
function importsFor(text, path, names, contextFile) {
  const file = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
  const used = new Set();
  const declared = new Set();
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const declares = parent.name === node && DECLARATIONS.some((isOne) => isOne(parent));
      (declares ? declared : used).add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...used]
    .filter((name) => names.has(name) && !declared.has(name))
    .map((name) => {
      const from = names.get(name);
      const entry = from.find((one) => one.startsWith(packageOf(path) || 'nothing')) ?? from[0];
      return `import { ${name} } from '${entry === 'context' ? contextFile.replace(/\.ts$/, '') : entry}';`;
    });
}
