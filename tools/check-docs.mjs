/**
 * Checks the documentation against the code: examples compile, links lead somewhere, the error
 * reference is complete, and every export has a docstring.
 *
 * Usage: node tools/check-docs.mjs. It prints each complaint as `path:line …`, and ends with what it
 * checked.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { checkExamples } from './docs/examples.mjs';
import { anchorsOf, linksOf, markdownFiles, namedRows, readMarkdown } from './docs/markdown.mjs';
import {
  compilerOptions,
  docstringExamples,
  entries,
  errorNames,
  exportsOf,
  undocumented,
} from './docs/public-api.mjs';
import { root } from './run.mjs';

const README_LINES = 150;
const complaints = [];
const checked = [];

const documents = markdownFiles();
const named = new Map(documents.map((document) => [document.path, document]));
const contextFile = join(root, 'tools/docs/context.ts');
const publicEntries = entries();
const options = compilerOptions();
const program = ts.createProgram([...publicEntries.values(), contextFile], options);
const exported = exportsOf(program, publicEntries);

checkTypeScript();
checkJavaScript();
checkJson();
checkLinks();
checkErrorReference();
checkPromises();
checkReadmes();
complaints.push(...undocumented(program, exported));
checked.push(`${new Set(exported.map(({ symbol }) => symbol)).size} exports with a docstring`);

for (const complaint of complaints) console.error(complaint);
console.log(`Documentation: ${checked.join(', ')}`);
if (complaints.length > 0) {
  console.error(`${complaints.length} complaints`);
  process.exitCode = 1;
}

function blocksIn(...languages) {
  return documents.flatMap(({ path, blocks }) =>
    blocks
      .filter(({ language, copied }) => languages.includes(language) && !copied)
      .map((block) => ({ ...block, path })),
  );
}

function checkTypeScript() {
  const examples = [...blocksIn('ts', 'typescript'), ...docstringExamples(program)];
  const context = exportsOf(program, new Map([['context', contextFile]]));
  complaints.push(
    ...checkExamples(examples, {
      options,
      oldProgram: program,
      exported: [...exported, ...context],
      contextFile,
    }),
  );
  checked.push(`${examples.length} TypeScript examples`);
}

function checkJavaScript() {
  const blocks = blocksIn('js', 'javascript');
  for (const { path, line, code } of blocks) {
    const file = ts.createSourceFile('example.mjs', code, ts.ScriptTarget.Latest);
    for (const { start = 0, messageText } of file.parseDiagnostics) {
      const at = line + file.getLineAndCharacterOfPosition(start).line;
      complaints.push(`${path}:${at} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
    }
  }
  checked.push(`${blocks.length} JavaScript examples`);
}

function checkJson() {
  const blocks = blocksIn('json');
  for (const { path, line, code } of blocks) {
    try {
      JSON.parse(code);
    } catch (error) {
      complaints.push(`${path}:${line} is not JSON: ${error.message}`);
    }
  }
  checked.push(`${blocks.length} JSON examples`);
}

function checkLinks() {
  let count = 0;
  for (const document of documents) {
    for (const { target, line } of linksOf(document)) {
      count += 1;
      const [file, anchor] = target.split('#');
      const path = file === '' ? document.path : normalize(join(dirname(document.path), file));
      const slashed = path.replaceAll('\\', '/');
      if (!existsSync(join(root, path))) {
        complaints.push(`${document.path}:${line} links to ${target}, which does not exist`);
      } else if (anchor !== undefined && !anchorsOf(fileNamed(slashed)).has(anchor)) {
        complaints.push(`${document.path}:${line} links to ${target}, which has no such heading`);
      }
    }
  }
  checked.push(`${count} links`);
}

function fileNamed(path) {
  return named.get(path) ?? readMarkdown(path, readFileSync(join(root, path), 'utf8'));
}

function checkErrorReference() {
  const path = 'docs/errors.md';
  const rows = [...namedRows(fileNamed(path))];
  const names = errorNames(program, exported);
  const explained = new Set(rows.map(({ name }) => name));
  for (const { name, line } of rows) {
    if (!names.has(name)) complaints.push(`${path}:${line} explains ${name}, which nothing throws`);
  }
  for (const name of names) {
    if (!explained.has(name)) complaints.push(`${path}:1 has no row for ${name}`);
  }
  checked.push(`${names.size} errors`);
}

/** A promise of SECURITY.md is worth what shows it: each names a test. */
function checkPromises() {
  const { path, prose } = fileNamed('SECURITY.md');
  const items = [];
  for (const [index, line] of prose.entries()) {
    if (line.startsWith('- ')) items.push({ line: index + 1, text: line });
    else if (line.startsWith('  ') && items.length > 0) items.at(-1).text += line;
  }
  for (const { line, text } of items) {
    if (!/\]\([^)]+\.(spec|e2e|contract)\.ts\)/.test(text)) {
      complaints.push(`${path}:${line} promises something without naming the test that shows it`);
    }
  }
  checked.push(`${items.length} promises`);
}

function checkReadmes() {
  for (const { path, text } of documents) {
    if (!/^projects\/[^/]+\/README\.md$/.test(path)) continue;
    const lines = text.trimEnd().split('\n').length;
    if (lines > README_LINES) {
      complaints.push(`${path}:${README_LINES} is ${lines} lines long: at most ${README_LINES}`);
    }
  }
}
