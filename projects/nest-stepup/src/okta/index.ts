export { oktaTokenVerifier } from './okta-token-verifier.js';
export type { OktaTokenVerifierOptions } from './okta-token-verifier.js';
