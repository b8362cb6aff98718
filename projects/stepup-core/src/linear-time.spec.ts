import { describe, expect, it } from '@jest/globals';
import { ChallengeSyntaxError, parseChallenges, readStepUpChallenge } from 'stepup-core';
import { hostileLists, hostileRuns, ordinaryHeader } from './spec/hostile-headers.js';

const SMALL = 1024;
const LARGE = 64 * 1024;
const hostile = Object.entries({ ...hostileRuns, ...hostileLists });

function parse(header: string): unknown {
  try {
    return parseChallenges(header);
  } catch (error) {
    if (error instanceof ChallengeSyntaxError) return error;
    throw error;
  }
}

/** How many characters each method looks at, by the text and what it returns. */
const LOOKS: Readonly<Record<string, (text: string, found: unknown, from?: unknown) => number>> = {
  charAt: () => 1,
  charCodeAt: () => 1,
  includes: (text) => text.length,
  indexOf: (text, found, from) => (found === -1 ? text.length : Number(found)) - Number(from),
  search: (text) => text.length,
  slice: (_, found) => String(found).length,
  toLowerCase: (text) => text.length,
};

/** How many characters are looked at while a header is read, each as often as it is. */
function charactersRead(read: (header: string) => unknown, header: string): number {
  const methods = String.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  const originals = Object.keys(LOOKS).map((name) => [name, methods[name]!] as const);
  let count = 0;
  for (const [name, original] of originals) {
    methods[name] = function (this: string, ...args) {
      const found = Reflect.apply(original, this, args);
      count += LOOKS[name]!(this, found, args[1]);
      return found;
    };
  }
  try {
    read(header);
  } finally {
    for (const [name, original] of originals) methods[name] = original;
  }
  return count;
}

describe('parseChallenges()', () => {
  it.each([['what is ordinary', () => ordinaryHeader] as const, ...hostile])(
    'looks at a character eight times at most, on average, for %s',
    (_, headerOf) => {
      const header = headerOf(LARGE);

      const looks = charactersRead(parse, header) / header.length;
      expect(looks).toBeGreaterThan(0);
      expect(looks).toBeLessThanOrEqual(8);
    },
  );
});

/** The shortest of several rounds, in milliseconds: what is left when nothing else runs. */
function shortest(read: (header: string) => unknown, header: string, times: number): number {
  let best = Infinity;
  for (let round = 0; round < 3; round += 1) {
    const start = performance.now();
    for (let time = 0; time < times; time += 1) read(header);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

// Looks cannot be counted within an expression, nor within the objects that are made.
describe.each([
  ['parseChallenges()', parse, Object.entries(hostileLists)] as const,
  ['readStepUpChallenge()', readStepUpChallenge, hostile] as const,
])('%s', (_, read, headers) => {
  it.each(headers)('takes linear time for %s', (__, headerOf) => {
    const large = shortest(read, headerOf(LARGE), 1);
    const small = shortest(read, headerOf(SMALL), LARGE / SMALL);

    // The same number of bytes in both: about 1 if linear, 64 if quadratic. The bound leaves room
    // for a machine that does other things at the same time.
    expect(large / Math.max(small, 0.25)).toBeLessThan(16);
  });
});
