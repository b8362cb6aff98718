import { jest } from '@jest/globals';
import { introspectionTokenVerifier } from 'nest-stepup/introspection';
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
// It asks about whatever it gets: nothing but the one good token is active.
describeGuardedRouteContract({
  name: 'introspectionTokenVerifier()',
  create: ({ issuer, audience }) =>
    introspectionTokenVerifier({ issuer, audience, clientId: 'api', clientSecret: 'secret' }),
  prepare: ({ introspection }, goodToken) => introspection.knowOnly(goodToken),
  recipes: RECIPES.filter(({ expected }) => expected === 'refused'),
});
