/**
 * Measures contestants in turns, so that whatever else the machine does meets all of them.
 *
 * @param rounds How often each is measured. The one that begins is another one each time.
 * @param measure Takes a contestant, returns a sample.
 * @returns For each contestant, its samples: that of round `i` at index `i`.
 */
export async function measureInTurns(contestants, rounds, measure) {
  const samples = new Map(contestants.map((contestant) => [contestant, []]));
  for (let round = 0; round < rounds; round++) {
    const first = round % contestants.length;
    const order = [...contestants.slice(first), ...contestants.slice(0, first)];
    for (const contestant of order) samples.get(contestant).push(await measure(contestant, round));
  }
  return samples;
}

export function median(values) {
  return quantile(values, 0.5);
}

/** The value below which a share of the values lies, between two of them where it must be. */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.ceil(position);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/** The median over the rounds of one sample over the other of the same round. */
export function medianRatio(samples, baseline) {
  return median(samples.map((sample, round) => sample / baseline[round]));
}
