/**
 * Measures the memory of verified tokens under many distinct ones: that it is bounded, keeps what is
 * used, and finds it fast. Fails when it grows.
 */
import './packages.mjs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AUDIENCE, issueMany, startIssuer } from './issuer.mjs';
import { isShort } from './options.mjs';
import { reach, report, stayBelow } from './report.mjs';
import { median } from './rounds.mjs';

const { joseTokenVerifier } = await import('nest-stepup/jose');

const TOKENS = isShort ? 10_000 : 100_000;
const CHUNK = 1000;
/** The default of `cacheSize`. */
const REMEMBERED = 1000;
const LOOKUPS = 50;
/** A hundredth of what all tokens would take: the map's table and the compiler have their ups and downs. */
const MOST_GROWTH_KIBIBYTES = 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

// The algorithm whose tokens are made fastest: what is remembered does not depend on it.
const issuer = await startIssuer('EdDSA');
const { issuer: url, jwksUri } = issuer;
const create = () => joseTokenVerifier({ issuer: url, jwksUri, audience: AUDIENCE });
const context = () => ({ now: Date.now() / 1000, clockToleranceSeconds: 5 });
const bearer = (value) => ({ value, scheme: 'Bearer' });

/** The tokens verified last; of the others, only the verifier knows. */
let last = [];
const regular = await issuer.issue();
let regularHits = 0;

// Compiles what will be measured.
await heapAfter(2 * CHUNK, create());
const verifier = create();
await verifier.verify(bearer(regular), context());
regularHits = 0;
const empty = await heapAfter(0, verifier);
const full = await heapAfter(REMEMBERED, verifier);
const end = await heapAfter(TOKENS - REMEMBERED, verifier);

const found = last.filter((token) => verifier.recall(bearer(token), context()));
const kept = new Map(found.map((token) => [token, bearer(token)]));
const kibibytes = (bytes) => (bytes / 1024).toFixed(0);
report('cache', {
  columns: [`${TOKENS} distinct tokens, ${REMEMBERED} remembered`, ''],
  rows: [
    ['heap when it is full, KiB', kibibytes(full - empty)],
    ['bytes of it for each of its tokens', ((full - empty) / REMEMBERED).toFixed(0)],
    ['heap more after all others, KiB', kibibytes(end - full)],
    [
      `look-ups that found a token used after every ${CHUNK - 1}`,
      `${regularHits} of ${TOKENS / CHUNK}`,
    ],
    ['look-up of a token, µs', lookUp(bearer).toFixed(2)],
    ['look-up of one that its connection keeps, µs', lookUp((token) => kept.get(token)).toFixed(2)],
  ],
  verdicts: [
    stayBelow('Growth of the heap, KiB', (end - full) / 1024, MOST_GROWTH_KIBIBYTES),
    reach(`Found of the last ${CHUNK - 1}`, found.length, REMEMBERED - 1),
    reach('Found of a token in regular use', regularHits, TOKENS / CHUNK),
  ],
});
await issuer.close();

/** Verifies so many more distinct tokens, and measures the heap. */
async function heapAfter(count, by) {
  for (let done = 0; done < count; done += CHUNK) {
    // One less than is remembered: a token that is used in between is never the oldest.
    last = await issueMany(issuer, CHUNK - 1);
    await Promise.all(last.map((token) => by.verify(bearer(token), context())));
    if (by.recall(bearer(regular), context())) regularHits++;
  }
  collectGarbage();
  await sleep(50);
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** The median over passes through the tokens, in microseconds. */
function lookUp(tokenFor) {
  const passes = Array.from({ length: LOOKUPS }, () => {
    const startedAt = performance.now();
    for (const token of found) verifier.recall(tokenFor(token), context());
    return ((performance.now() - startedAt) * 1000) / found.length;
  });
  return median(passes);
}
