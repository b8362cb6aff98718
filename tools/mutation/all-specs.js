/**
 * All specs of a subject as one, so that what they import is loaded once for each mutant, and not
 * once for each spec and mutant.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { subject } from './subjects.js';

// The same few inputs for each mutant, and no search for the smallest one that kills it.
fc.configureGlobal({ seed: 9470, numRuns: 50, endOnFailure: true });

const { specs, exclude } = subject;
for (const spec of specs.flatMap((glob) => globSync(glob, { exclude }).toSorted())) {
  await import(join(process.cwd(), spec));
}
