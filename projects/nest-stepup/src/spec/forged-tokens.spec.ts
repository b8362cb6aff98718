import { jest } from '@jest/globals';
import { joseTokenVerifier } from 'nest-stepup/jose';
import { oktaTokenVerifier } from 'nest-stepup/okta';
import { describeGuardedRouteContract } from './guarded-route.contract.js';
import { LOOSE_TYPES, STRICT_TYPES } from './recipes.claims.js';
import { RECIPES } from './recipes.js';

// The SDK of Okta warns of each http issuer.
jest.spyOn(console, 'warn').mockImplementation(() => undefined);

describeGuardedRouteContract({
  name: 'joseTokenVerifier()',
  create: joseTokenVerifier,
  recipes: [...RECIPES, ...STRICT_TYPES],
});
describeGuardedRouteContract({
  name: "joseTokenVerifier({ typ: 'any' })",
  create: (options) => joseTokenVerifier({ ...options, typ: 'any' }),
  recipes: LOOSE_TYPES,
});
describeGuardedRouteContract({
  name: 'oktaTokenVerifier()',
  create: oktaTokenVerifier,
  recipes: [...RECIPES, ...LOOSE_TYPES],
});
