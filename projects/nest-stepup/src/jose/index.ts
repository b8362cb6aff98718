export { joseTokenVerifier } from './jose-token-verifier.js';
export type { JoseTokenVerifierOptions } from './jose-token-verifier.js';
