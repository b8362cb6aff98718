/** What calls take of the processor, which other work on the machine lengthens less than the time. */
import { isShort } from './options.mjs';
import { measureInTurns } from './rounds.mjs';

const ROUNDS = isShort ? 3 : 15;
const SAMPLE_MILLISECONDS = isShort ? 5 : 20;

/** Nanoseconds of CPU that one call takes, over as many calls as a sample has. */
export async function nanosecondsOf({ call, calls }) {
  const before = process.cpuUsage();
  for (let done = 0; done < calls; done++) {
    const result = call();
    if (result instanceof Promise) await result;
  }
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / calls;
}

/** A contestant: what is called, and how often for one sample. That it is warm is part of it. */
async function contestant(call) {
  const start = performance.now();
  let calls = 0;
  do {
    await call();
    calls += 1;
  } while (performance.now() - start < 3 * SAMPLE_MILLISECONDS);
  return { call, calls: Math.ceil(calls / 3) };
}

/**
 * Measures calls in turns.
 *
 * @param calls Pairs of a name and a function.
 * @returns The samples of each, in nanoseconds, by its name.
 */
export async function measure(calls) {
  const contestants = new Map();
  for (const [name, call] of calls) contestants.set(name, await contestant(call));
  const samples = await measureInTurns([...contestants.values()], ROUNDS, nanosecondsOf);
  return new Map([...contestants].map(([name, each]) => [name, samples.get(each)]));
}
