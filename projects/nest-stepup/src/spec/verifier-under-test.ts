import type { JwtTokenVerifierOptions, TokenVerifier } from 'nest-stepup';
import type { Recipe } from './recipe.js';

/** The audience of the API that every contract is about. */
export const AUDIENCE = 'api://default';

/** What a contract needs to know of a verifier. */
export interface VerifierUnderTest {
  readonly name: string;
  create(options: JwtTokenVerifierOptions): TokenVerifier;
  /** Recipes for what the verifier has an option for. */
  readonly types: readonly Recipe[];
  /** What the searches for unknown keys lead to when there were too many. */
  readonly whenSearchesAreUsedUp: 'refused' | 'unreachable';
}
