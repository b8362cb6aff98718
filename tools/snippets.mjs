/**
 * Copies the snippets of the READMEs and guides out of the demo, where they compile and run.
 *
 * A Markdown file names a region in a comment, `<!-- from path#name -->`; the code block below it is
 * this script's. The source marks it with `// #region name` and `// #endregion`.
 *
 * Usage: node tools/snippets.mjs [--check]. With --check it writes nothing, and fails when a file
 * is out of date.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const NAMED = /<!-- from (\S+)#(\S+) -->\n(?:\n```\w*\n[^]*?\n```\n)?/g;

function region(path, name) {
  const lines = readFileSync(join(root, path), 'utf8').split('\n');
  const start = lines.findIndex((line) => line.trim() === `// #region ${name}`);
  const length = lines.slice(start + 1).findIndex((line) => line.trim() === '// #endregion');
  if (start < 0 || length < 0) throw new Error(`${path} has no region ${name}`);
  const code = lines.slice(start + 1, start + 1 + length);
  const indents = code.filter((line) => line !== '').map((line) => line.search(/\S/));
  const indent = Math.min(...indents);
  return code.map((line) => line.slice(indent)).join('\n');
}

const check = process.argv.includes('--check');
const files = globSync(['*.md', 'docs/**/*.md', 'projects/*/README.md'], { cwd: root });
for (const file of files) {
  const text = readFileSync(join(root, file), 'utf8');
  const updated = text.replace(
    NAMED,
    (_, path, name) => `<!-- from ${path}#${name} -->\n\n\`\`\`ts\n${region(path, name)}\n\`\`\`\n`,
  );
  if (updated === text) continue;
  if (check) {
    console.error(`${file} is out of date: run "npm run snippets"`);
    process.exitCode = 1;
  } else {
    writeFileSync(join(root, file), updated);
    console.log(`${file} updated`);
  }
}
