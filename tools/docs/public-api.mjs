/** The public API of the packages: their entries, what these export, and how the compiler sees them. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { root } from '../run.mjs';

const CORE = 'projects/stepup-core/src';
const NEST = 'projects/nest-stepup/src';
const ANGULAR = 'projects/angular-stepup';

/** The entries of the packages by the name that apps import, from the published manifests. */
export function entries() {
  const config = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  const found = new Map();
  for (const [name, [pattern]] of Object.entries(config.compilerOptions.paths)) {
    if (!name.includes('*')) {
      found.set(name, join(root, pattern));
      continue;
    }
    const [folder, file] = pattern.split('*');
    for (const child of ts.sys.getDirectories(join(root, folder))) {
      const path = join(root, folder, child, file);
      if (ts.sys.fileExists(path)) found.set(name.replace('*', child), path);
    }
  }
  return found;
}

/** The compiler's options for sources and examples of every package at once. */
export function compilerOptions() {
  const config = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  const overrides = {
    module: 'preserve',
    lib: ['ES2023', 'DOM', 'DOM.Iterable'],
    types: ['jest', 'node'],
    noEmit: true,
    // An example shows the names that it makes.
    noUnusedLocals: false,
    noUnusedParameters: false,
    // As in the frameworks' own new projects, which the guides start from.
    exactOptionalPropertyTypes: false,
    noUncheckedIndexedAccess: false,
  };
  const paths = {
    ...config.compilerOptions.paths,
    // What apps install is a bundle of this one with others.
    redis: ['./node_modules/@redis/client'],
  };
  const own = { ...config, compilerOptions: { ...config.compilerOptions, ...overrides, paths } };
  const { options } = ts.parseJsonConfigFileContent(
    own,
    { ...ts.sys, readDirectory: () => [] },
    root,
  );
  return options;
}

/** What each entry exports: `{ name, entry, symbol }`, aliases followed. */
export function exportsOf(program, entryFiles) {
  const checker = program.getTypeChecker();
  return [...entryFiles].flatMap(([entry, file]) =>
    checker
      .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
      .filter(({ name }) => !name.startsWith('ɵ'))
      .map((exported) => ({ name: exported.name, entry, symbol: resolve(checker, exported) })),
  );
}

function resolve(checker, symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** Exported symbols that nobody wrote a docstring for, as `path:line name`. */
export function undocumented(program, exported) {
  const checker = program.getTypeChecker();
  return (
    [...new Set(exported.map(({ symbol }) => symbol))]
      .filter((symbol) => symbol.getDocumentationComment(checker).length === 0)
      // The compiler knows no docstrings of destructured names.
      .filter(({ declarations: [first] }) => !first.getFullText().trimStart().startsWith('/**'))
      .map((symbol) => `${placeOf(symbol.declarations[0])} ${symbol.name} has no docstring`)
  );
}

/** The codes of errors, and the classes that are thrown: what the error reference has to explain. */
export function errorNames(program, exported) {
  const checker = program.getTypeChecker();
  const names = new Set();
  for (const { name, symbol } of exported) {
    if (name.endsWith('ErrorCode')) {
      for (const { value } of checker.getDeclaredTypeOfSymbol(symbol).types) names.add(value);
    }
    if (!(symbol.flags & ts.SymbolFlags.Class)) continue;
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    if (!isError(checker, type)) continue;
    names.add(name);
    const code = type.getProperty('code');
    const codeType = code && checker.getTypeOfSymbol(code);
    if (codeType?.isStringLiteral()) names.add(codeType.value);
  }
  return names;
}

function isError(checker, type) {
  return checker
    .getBaseTypes(type)
    .some((base) => base.symbol?.name === 'Error' || isError(checker, base));
}

/** Examples in docstrings of the sources: `{ path, line, code, entry }`. */
export function docstringExamples(program) {
  const examples = [];
  for (const file of program.getSourceFiles()) {
    const path = relative(root, file.fileName).replaceAll('\\', '/');
    if (!path.startsWith('projects/') || path.includes('/dist/')) continue;
    const seen = new Set();
    const visit = (node) => {
      for (const tag of ts.getJSDocTags(node)) {
        if (tag.tagName.text !== 'example' || seen.has(tag.pos)) continue;
        seen.add(tag.pos);
        const comment = ts.getTextOfJSDocComment(tag.comment) ?? '';
        const first = file.text.indexOf('\n', tag.pos) + 1;
        const line = file.getLineAndCharacterOfPosition(first).line + 1;
        examples.push({ path, line, code: comment.replace(/^```\w*\n|\n```$/g, '') });
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return examples;
}

/** `path:line` of a node. */
export function placeOf(node) {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  return `${relative(root, file.fileName).replaceAll('\\', '/')}:${line + 1}`;
}

/** The package that a path is about: where a name means several things, this package's is meant. */
export function packageOf(path) {
  if (path.startsWith(CORE) || path.includes('stepup-core')) return 'stepup-core';
  if (path.startsWith(ANGULAR) || path.includes('angular')) return 'angular-stepup';
  if (path.startsWith(NEST) || path.includes('nest')) return 'nest-stepup';
  return '';
}
