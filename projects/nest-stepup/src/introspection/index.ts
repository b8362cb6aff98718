export { introspectionTokenVerifier } from './introspection-token-verifier.js';
export type { IntrospectionTokenVerifierOptions } from './introspection.options.js';
