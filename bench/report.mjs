/** Shows what a bench measured: in the terminal and, with `--write`, in README.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { isToBeWritten } from './options.mjs';

const README = new URL('README.md', import.meta.url);

/**
 * Prints a table, and what it comes to.
 *
 * @param name Its place in README.md: between `<!-- begin NAME -->` and `<!-- end NAME -->`.
 * @param columns The headings; all columns but the first hold numbers.
 * @param rows Texts, one list for each row.
 * @param verdicts What {@link reach} and {@link stayBelow} returned: a number that falls short makes
 *   the process fail at its end.
 */
export function report(name, { columns, rows, verdicts = [] }) {
  console.log(`${terminalTable([columns, ...rows])}\n`);
  for (const { text, isHeld } of verdicts) {
    console.log(text);
    if (!isHeld) process.exitCode = 1;
  }
  if (!isToBeWritten) return;
  const lines = [
    markdownTable(columns, rows),
    ...(verdicts.length > 0 ? [verdicts.map(({ text }) => `- ${text}`).join('\n')] : []),
    `Node ${process.versions.node}, ${cpus().length} processors: ${cpus()[0].model.trim()}.`,
  ];
  writeSection(name, lines.join('\n\n'));
}

/** A number that must be at least so much. */
export function reach(what, value, limit) {
  return verdict(what, value, `at least ${limit}`, value >= limit);
}

/** A number that must be at most so much. */
export function stayBelow(what, value, limit) {
  return verdict(what, value, `at most ${limit}`, value <= limit);
}

function verdict(what, value, limit, isHeld) {
  const shown = Math.abs(value) < 100 ? value.toFixed(2) : value.toFixed(0);
  return { text: `${what}: ${shown} (${isHeld ? '' : 'FALLS SHORT of '}${limit})`, isHeld };
}

/** Puts text into README.md in the place of what was there. */
export function writeSection(name, text) {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const readme = readFileSync(README, 'utf8');
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`Cannot find ${begin} and ${end} in bench/README.md`);
  writeFileSync(
    README,
    `${readme.slice(0, from + begin.length)}\n\n${text}\n\n${readme.slice(to)}`,
  );
}

function terminalTable(lines) {
  const widths = widthsOf(lines);
  return lines.map((cells) => cells.map((cell, i) => pad(cell, i, widths)).join('  ')).join('\n');
}

function markdownTable(columns, rows) {
  const widths = widthsOf([columns, ...rows]);
  const rule = widths.map((width, i) =>
    i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const line = (cells) => `| ${cells.map((cell, i) => pad(cell, i, widths)).join(' | ')} |`;
  return [line(columns), line(rule), ...rows.map(line)].join('\n');
}

function widthsOf(lines) {
  return lines[0].map((_, i) => Math.max(3, ...lines.map((cells) => cells[i].length)));
}

function pad(cell, column, widths) {
  return column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
}
