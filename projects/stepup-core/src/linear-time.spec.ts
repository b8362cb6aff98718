import { describe, expect, it } from '@jest/globals';
import { ChallengeSyntaxError, parseChallenges, readStepUpChallenge } from 'stepup-core';

const SMALL = 1024;
const LARGE = 64 * 1024;
const ROUNDS = 5;

/** Headers of any length that invite a reader to go back over what it has read. */
const hostile: Readonly<Record<string, (length: number) => string>> = {
  'one token': (length) => 'a'.repeat(length),
  spaces: (length) => `Bearer${' '.repeat(length)}!`,
  'spaces before an equals sign': (length) => `Bearer a${' '.repeat(length)}"`,
  tabs: (length) => `Bearer a${'\t'.repeat(length)}=b`,
  commas: (length) => ','.repeat(length),
  'commas and spaces': (length) => ', '.repeat(length / 2),
  'equals signs': (length) => `Bearer ${'='.repeat(length)}`,
  'a token68': (length) => `Bearer ${'a'.repeat(length / 2)}${'='.repeat(length / 2)}`,
  quotes: (length) => `Bearer a=${'"'.repeat(length)}`,
  'a string that is not closed': (length) => `Bearer a="${'b'.repeat(length)}`,
  'escapes that are not closed': (length) => `Bearer a="${String.raw`\"`.repeat(length / 2)}`,
  'an escaped string': (length) => `Bearer a="${String.raw`\b`.repeat(length / 2)}"`,
  schemes: (length) => 'Bearer, '.repeat(length / 8),
  'words without commas': (length) => 'a '.repeat(length / 2),
  'words far apart': (length) => `a${' '.repeat(64)}`.repeat(length / 65),
  'the same parameter': (length) => `Bearer ${'a=b, '.repeat(length / 5)}`,
  'different parameters': (length) =>
    `Bearer ${Array.from({ length: length / 10 }, (_, index) => `p${index + 10000}=b, `).join('')}`,
  'unclosed challenges': (length) => `${'Bearer a=b, '.repeat(length / 12)}"`,
};

/** The shortest of several rounds, in milliseconds: what is left when nothing else runs. */
function shortest(read: (header: string) => unknown, header: string, times: number): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    for (let time = 0; time < times; time += 1) read(header);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function parse(header: string): unknown {
  try {
    return parseChallenges(header);
  } catch (error) {
    if (error instanceof ChallengeSyntaxError) return error;
    throw error;
  }
}

describe.each([
  ['parseChallenges()', parse],
  ['readStepUpChallenge()', readStepUpChallenge],
])('%s', (_, read) => {
  it.each(Object.entries(hostile))('takes linear time for %s', (__, headerOf) => {
    const large = shortest(read, headerOf(LARGE), 1);
    const small = shortest(read, headerOf(SMALL), LARGE / SMALL);

    // The same number of bytes in both: about 1 if linear, 64 if quadratic. The bound leaves room
    // for a machine that does other things at the same time.
    expect(large / Math.max(small, 0.25)).toBeLessThan(16);
  });
});
