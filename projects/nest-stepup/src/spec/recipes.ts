import type { Recipe } from './recipe.js';
import { CLAIMS } from './recipes.claims.js';
import { MALLEABILITY } from './recipes.malleability.js';
import { NEAR_MISSES } from './recipes.near-misses.js';
import { SECRETS } from './recipes.secrets.js';
import { SERIALIZATION } from './recipes.serialization.js';
import { SIGNATURES } from './recipes.signatures.js';
import { STRUCTURE } from './recipes.structure.js';

/**
 * Those whose verdict might hang on a clock: times, and signatures, which Okta's SDK does not look at
 * once it has found a token expired by a clock of its own.
 */
export const CLOCK_RECIPES: readonly Recipe[] = [...SIGNATURES, ...MALLEABILITY, ...CLAIMS];

/** All recipes but those for what only some verifiers have an option for. */
export const RECIPES: readonly Recipe[] = [
  ...CLOCK_RECIPES,
  ...SECRETS,
  ...STRUCTURE,
  ...SERIALIZATION,
  ...NEAR_MISSES,
];
