/** Reads Markdown as far as the checks need it: code blocks, headings, links. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.mjs';

const FENCE = /^( *)(`{3,})(\w*)\s*$/;
const FILE_NAME = /^\*\*`([^`]+)`\*\*/;

/** Every Markdown file of the repository, by its path from the root. */
export function markdownFiles() {
  const files = globSync(['*.md', 'docs/**/*.md', 'projects/*/README.md', 'bench/*.md'], {
    cwd: root,
  });
  return files
    .map((file) => file.replaceAll('\\', '/'))
    .toSorted()
    .map((path) => readMarkdown(path, readFileSync(join(root, path), 'utf8')));
}

/**
 * Reads a Markdown file.
 *
 * @returns `prose`: the text without code blocks, line by line; `blocks`: each with its `language`,
 *   `code` and first `line`, and what stands before it: the `name` of the file that it is (a line
 *   `**`name`**`), whether it is `copied` from a source (`<!-- from … -->`), and what is `given`.
 *   Lines between `<!-- given` and `-->` declare what the next block uses; those between
 *   `<!-- given name` and `-->` are a file that the reader has already: a block that is `hidden`.
 */
export function readMarkdown(path, text) {
  const blocks = [];
  const prose = [];
  let before = {};
  let open;

  function read(line, number) {
    const [, indent, fence, language] = FENCE.exec(line) ?? [];
    if (fence !== undefined) open = { indent, end: fence, language, lines: [], line: number + 1 };
    else if (line.startsWith('<!-- given')) {
      open = { end: '-->', name: line.split(' ')[2], lines: [], line: number + 1 };
    } else if (line.startsWith('<!-- from ')) before = { copied: true };
    else if (FILE_NAME.test(line)) before = { name: FILE_NAME.exec(line)[1] };
    else if (line.trim() !== '') before = {};
  }

  function close({ indent, language, name, lines, line }) {
    const code = lines.join('\n');
    if (language !== undefined) {
      const outdented = lines.map((one) => one.slice(indent.length)).join('\n');
      blocks.push({ language, code: outdented, line, ...before });
      before = {};
    } else if (name !== undefined) {
      blocks.push({ language: 'ts', code, line, name, hidden: true });
    } else {
      before = { given: code };
    }
  }

  for (const [index, line] of text.split('\n').entries()) {
    prose.push(open ? '' : line);
    if (!open) {
      read(line, index + 1);
    } else if (line.trim() === open.end) {
      close(open);
      open = undefined;
    } else {
      open.lines.push(line);
    }
  }
  return { path, text, blocks, prose };
}

/** The anchors of a file's headings, as GitHub makes them. */
export function anchorsOf({ prose }) {
  const counts = new Map();
  return new Set(
    prose
      .filter((line) => /^#{1,6} /.test(line))
      .map((line) => {
        const words = line.replace(/^#+ /, '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
        const slug = words
          .toLowerCase()
          .replace(/[^\p{L}\p{N}\- _]/gu, '')
          .replaceAll(' ', '-');
        const count = counts.get(slug) ?? 0;
        counts.set(slug, count + 1);
        return count === 0 ? slug : `${slug}-${count}`;
      }),
  );
}

/** The links of a file to other files or to its own headings, with their lines. */
export function* linksOf({ prose }) {
  for (const [index, line] of prose.entries()) {
    for (const [, target] of line.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (!/^[a-z]+:/.test(target)) yield { target, line: index + 1 };
    }
  }
}

/** The first column of a file's tables, where it is code: the names, and their lines. */
export function* namedRows({ prose }) {
  for (const [index, line] of prose.entries()) {
    const [, name] = /^\| *`([^`]+)` *\|/.exec(line) ?? [];
    if (name !== undefined) yield { name, line: index + 1 };
  }
}
