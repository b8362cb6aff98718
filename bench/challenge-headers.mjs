/**
 * What it takes to read and to write `WWW-Authenticate`: the vectors of stepup-core's specs, the
 * examples of RFC 9470 §3, and hostile headers as they grow to 64 KiB. Beside it, which other readers
 * on npm read such headers right.
 */
import { readFileSync } from 'node:fs';
import { ours, readers, readsRight, refuses } from './challenge-readers.mjs';
import {
  hostileLists,
  hostileRuns,
  ordinaryHeader,
} from '../projects/stepup-core/src/spec/hostile-headers.ts';
import { writeChart } from './chart.mjs';
import { makerOf } from './challenge-maker.mjs';
import { measure, nanosecondsOf } from './cpu-time.mjs';
import { report, stayBelow } from './report.mjs';
import { median, medianRatio } from './rounds.mjs';

const { readStepUpChallenge, serializeChallenge } = await import('stepup-core');
const VECTORS = new URL('../projects/stepup-core/src/challenge.vectors.json', import.meta.url);

// RFC 9470 §3, figures 2 and 3.
const RFC_9470 = [
  [
    'Bearer error="insufficient_user_authentication", error_description="A different ' +
      'authentication level is required", acr_values="myACR"',
    {
      error: 'insufficient_user_authentication',
      error_description: 'A different authentication level is required',
      acr_values: 'myACR',
    },
  ],
  [
    'Bearer error="insufficient_user_authentication", error_description="More recent ' +
      'authentication is required", max_age="5"',
    {
      error: 'insufficient_user_authentication',
      error_description: 'More recent authentication is required',
      max_age: '5',
    },
  ],
].map(([header, params]) => ({ header, challenges: [{ scheme: 'bearer', params }] }));

const hostile = Object.entries({ ...hostileRuns, ...hostileLists }).map(([name, headerOf]) => ({
  name,
  small: headerOf(1024),
  large: headerOf(64 * 1024),
}));
const vectors = JSON.parse(readFileSync(VECTORS, 'utf8'));
const wellFormed = vectors.filter(({ challenges }) => challenges);
const malformed = vectors.filter(({ challenges }) => !challenges);
const line = (header) => (Array.isArray(header) ? header.join(', ') : header);

/** Reads a header, and takes a refusal for an answer. */
function reading({ read }, header) {
  return () => {
    try {
      const result = read(header);
      return result instanceof Promise ? result.catch(() => undefined) : result;
    } catch {
      return undefined;
    }
  };
}

const shown = (value) => (value < 100 ? value.toFixed(1) : value.toFixed(0));

async function countRight(reader, cases) {
  let count = 0;
  for (const { header, challenges } of cases) {
    if (await readsRight(reader, line(header), challenges)) count += 1;
  }
  return count;
}

async function countRefused(reader, cases) {
  let count = 0;
  for (const { header } of cases) if (await refuses(reader, line(header))) count += 1;
  return count;
}

/** Which readers read what they should, and how long the examples of RFC 9470 take them. */
async function compareReaders() {
  const rights = new Map();
  for (const reader of readers) rights.set(reader, await countRight(reader, RFC_9470));
  const times = await measure(
    readers
      .filter((reader) => reader.isTimed && rights.get(reader) === RFC_9470.length)
      .map((reader) => [reader.name, all(headers(RFC_9470), (header) => reader.read(header))]),
  );
  const rows = [];
  for (const reader of readers) {
    const samples = times.get(reader.name);
    rows.push([
      reader.name,
      `${await countRight(reader, wellFormed)} of ${wellFormed.length}`,
      `${await countRefused(reader, malformed)} of ${malformed.length}`,
      `${rights.get(reader)} of ${RFC_9470.length}`,
      samples ? shown(median(samples) / RFC_9470.length) : '–',
    ]);
  }
  report('parse-readers', {
    columns: [
      'reader',
      'well-formed headers read right',
      'malformed ones refused',
      'examples of RFC 9470 read right',
      'ns for one of these',
    ],
    rows,
  });
}

const all = (list, call) => () => list.forEach((item) => call(item));
const headers = (cases) => cases.map(({ header }) => header);

/** What stepup-core takes for one header: the vectors, the examples, an ordinary one. */
async function measureOurs() {
  const parsed = wellFormed.flatMap(({ challenges }) => challenges);
  const examples = RFC_9470.flatMap(({ challenges }) => challenges);
  const ordinary = ours.read(ordinaryHeader);
  const functions = [
    ['parseChallenges()', ours.read, headers(wellFormed), headers(RFC_9470), [ordinaryHeader]],
    [
      'readStepUpChallenge()',
      readStepUpChallenge,
      headers(wellFormed),
      headers(RFC_9470),
      [ordinaryHeader],
    ],
    ['serializeChallenge()', serializeChallenge, parsed, examples, ordinary],
  ];
  const times = await measure(
    functions.flatMap(([name, call, ...lists]) =>
      lists.map((list, i) => [`${name} ${i}`, all(list, call)]),
    ),
  );
  report('parse-ours', {
    columns: [
      'ns for one',
      `of ${wellFormed.length} well-formed vectors`,
      'of the examples of RFC 9470',
      'ordinary header of 1 KiB',
    ],
    rows: functions.map(([name, , ...lists]) => [
      name,
      ...lists.map((list, i) => {
        const count = i === 2 ? 1 : list.length;
        return shown(median(times.get(`${name} ${i}`)) / count);
      }),
    ]),
  });
}

/** How the time for a byte grows with the header, for us: runs of characters, and lists of things. */
async function measureGrowth() {
  const times = await measure([
    ['ordinary', () => ours.read(ordinaryHeader)],
    ['ordinary, lenient', () => readStepUpChallenge(ordinaryHeader)],
    ...hostile.flatMap(({ name, small, large }) => {
      const make = Object.hasOwn(hostileLists, name) && makerOf(large);
      return [
        [`${name}, small`, reading(ours, small)],
        [`${name}, large`, reading(ours, large)],
        [`${name}, lenient`, () => readStepUpChallenge(large)],
        ...(make ? [[`${name}, made`, make]] : []),
      ];
    }),
  ]);
  const perByte = (name, header) => times.get(name).map((sample) => sample / header.length);
  const ordinary = perByte('ordinary', ordinaryHeader);
  const lenient = perByte('ordinary, lenient', ordinaryHeader);
  const grown = hostile.map(({ name, small, large }) => ({
    name,
    small: median(perByte(`${name}, small`, small)),
    large: median(perByte(`${name}, large`, large)),
    ratio: medianRatio(perByte(`${name}, large`, large), ordinary),
    lenient: medianRatio(perByte(`${name}, lenient`, large), lenient),
    making:
      times.has(`${name}, made`) &&
      medianRatio(times.get(`${name}, large`), times.get(`${name}, made`)),
  }));
  for (const [what, shapes] of Object.entries({ runs: hostileRuns, lists: hostileLists })) {
    const rows = grown
      .filter(({ name }) => Object.hasOwn(shapes, name))
      .toSorted((one, other) => other.ratio - one.ratio);
    report(`parse-${what}`, {
      columns: [
        `hostile ${what}`,
        'ns for a byte at 1 KiB',
        'at 64 KiB',
        'over an ordinary header',
        ...(what === 'lists' ? ['over making the result'] : []),
        'readStepUpChallenge() over an ordinary header',
      ],
      rows: rows.map((row) => [
        row.name,
        shown(row.small),
        shown(row.large),
        row.ratio.toFixed(2),
        ...(what === 'lists' ? [row.making ? row.making.toFixed(2) : '–'] : []),
        row.lenient.toFixed(2),
      ]),
      verdicts: [
        what === 'runs'
          ? stayBelow('the worst run of 64 KiB over an ordinary header', rows[0].ratio, 2)
          : stayBelow(
              'the worst list of 64 KiB over making its result',
              Math.max(...rows.map(({ making }) => making || 0)),
              5,
            ),
      ],
    });
  }
}

/** The worst that a hostile header of 64 KiB does to each reader. */
async function compareGrowth() {
  const slowest = [];
  for (const reader of readers) {
    const grown = [];
    for (const { name, small, large } of hostile) {
      // Few calls: a reader that is not linear takes seconds for one.
      const before = await nanosecondsOf({ call: reading(reader, small), calls: 64 });
      const after = await nanosecondsOf({ call: reading(reader, large), calls: 1 });
      grown.push({ name, small: before / small.length, large: after / large.length });
    }
    slowest.push({ reader, ...grown.toSorted((a, b) => b.large - a.large)[0] });
  }
  report('parse-growth', {
    columns: ['reader', 'its worst header', 'ns for a byte at 1 KiB', 'at 64 KiB'],
    rows: slowest.map(({ reader, name, small, large }) => [
      reader.name,
      name,
      shown(small),
      shown(large),
    ]),
  });
  writeChart('parse.svg', {
    title: 'The worst hostile header of 64 KiB, nanoseconds for a byte',
    groups: [
      {
        bars: slowest.map(({ reader, name, large }) => ({
          name: `${reader.name}: ${name}`,
          value: large,
          text: shown(large),
          isOurs: reader === ours,
        })),
      },
    ],
  });
}

await compareReaders();
await measureOurs();
await measureGrowth();
await compareGrowth();
