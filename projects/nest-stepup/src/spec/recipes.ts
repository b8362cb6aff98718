import type { Recipe } from './recipe.js';
import { CLAIMS } from './recipes.claims.js';
import { MALLEABILITY } from './recipes.malleability.js';
import { NEAR_MISSES } from './recipes.near-misses.js';
import { SECRETS } from './recipes.secrets.js';
import { SERIALIZATION } from './recipes.serialization.js';
import { SIGNATURES } from './recipes.signatures.js';
import { STRUCTURE } from './recipes.structure.js';

/** All recipes but those for what only some verifiers have an option for. */
export const RECIPES: readonly Recipe[] = [
  ...SIGNATURES,
  ...SECRETS,
  ...MALLEABILITY,
  ...STRUCTURE,
  ...SERIALIZATION,
  ...CLAIMS,
  ...NEAR_MISSES,
];
