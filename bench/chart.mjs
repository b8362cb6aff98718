/** Draws bars as SVG, on a ground of its own that is light or dark as the reader's screen is. */
import { writeFileSync } from 'node:fs';
import { isToBeWritten } from './options.mjs';

const WIDTH = 760;
const NAMES = 300;
const NUMBERS = 70;
const ROW = 24;
const MARGIN = 20;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .group { font-weight: 600; }
  .ground { fill: #ffffff; stroke: #d0d7de; }
  .ours { fill: #0969da; }
  .other { fill: #8c959f; }
  .mark { stroke: #cf222e; stroke-dasharray: 4 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .ground { fill: #0d1117; stroke: #30363d; }
    .ours { fill: #4493f8; }
    .other { fill: #6e7681; }
    .mark { stroke: #f85149; }
  }`;

/**
 * Writes a chart beside README.md, with `--write`.
 *
 * @param file Its name, such as `guard.svg`.
 * @param groups Each with a `name` and `bars` of `{ name, value, text, isOurs }`; the lengths of all
 *   bars are to one scale.
 * @param mark A value to reach, drawn as a line.
 */
export function writeChart(file, { title, groups, mark }) {
  if (!isToBeWritten) return;
  writeFileSync(new URL(file, import.meta.url), chart({ title, groups, mark }));
}

function chart({ title, groups, mark }) {
  const longest = Math.max(mark ?? 0, ...groups.flatMap(({ bars }) => bars.map((b) => b.value)));
  const scale = (WIDTH - NAMES - NUMBERS - 2 * MARGIN) / longest;
  const parts = [];
  let y = MARGIN + 14;
  parts.push(text(MARGIN, y, title, 'title'));
  y += 14;
  for (const [i, { name, bars }] of groups.entries()) {
    y += ROW + (i > 0 ? 12 : 0);
    if (name) parts.push(text(MARGIN, y, name, 'group'));
    if (mark !== undefined) {
      const x = round(MARGIN + NAMES + mark * scale);
      const end = y + 8 + bars.length * ROW;
      parts.push(`<line class="mark" x1="${x}" x2="${x}" y1="${y + 8}" y2="${end}"/>`);
    }
    for (const bar of bars) {
      y += ROW;
      parts.push(...drawBar(bar, y, scale));
    }
  }
  const height = y + MARGIN + 4;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}">
<style>${STYLE}
</style>
<rect class="ground" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6"/>
${parts.join('\n')}
</svg>
`;
}

function drawBar({ name, value, text: number, isOurs }, y, scale) {
  const x = MARGIN + NAMES;
  const width = Math.max(1, round(value * scale));
  return [
    text(MARGIN, y, name),
    `<rect class="${isOurs ? 'ours' : 'other'}" x="${x}" y="${y - 12}" width="${width}" height="16" rx="2"/>`,
    text(x + width + 8, y, number),
  ];
}

function text(x, y, content, kind) {
  return `<text${kind ? ` class="${kind}"` : ''} x="${x}" y="${y}">${escape(content)}</text>`;
}

function escape(content) {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function round(value) {
  return Math.round(value * 10) / 10;
}
