import { compactVerify } from 'jose';
import {
  JwtTokenVerifier,
  SIGNATURE_ALGORITHMS,
  type JwtTokenVerifierOptions,
  type SignedJwt,
  type TokenVerifier,
  type VerificationKey,
} from 'nest-stepup';

/** Options of {@link joseTokenVerifier}. */
export interface JoseTokenVerifierOptions extends JwtTokenVerifierOptions {
  /**
   * Where the keys are.
   *
   * @default what the issuer's metadata says
   */
  readonly jwksUri?: string;
  /**
   * The signature algorithms that are accepted.
   *
   * @default all asymmetric ones of RFC 7518 and RFC 8037
   */
  readonly algorithms?: readonly string[];
  /**
   * The `typ` that tokens must have: `any` for an authorization server that sends another one than
   * `at+jwt`, or none, as Okta, Keycloak and Auth0 do. Tokens whose header or claims show that they
   * are ID, refresh or logout tokens are still refused; an ID token that has neither nonce nor
   * hashes is not recognised, so no client may be called as this API's audience is.
   *
   * @default 'at+jwt'
   */
  readonly typ?: 'at+jwt' | 'any';
}

/**
 * Verifies JWT access tokens of any OpenID Connect or OAuth 2 authorization server.
 *
 * Keys are found by discovery, or at `jwksUri`. While they cannot be had, requests get 503; the app
 * starts all the same. Keys that a token brings along are never used.
 *
 * @throws {TypeError | RangeError} When an option is missing, unknown or wrong.
 *
 * @example
 * StepUpModule.forRoot({
 *   verifier: joseTokenVerifier({ issuer: 'https://as.example', audience: 'https://api.example' }),
 * });
 *
 * @see [RFC 9068](https://www.rfc-editor.org/rfc/rfc9068)
 * @see [RFC 8725](https://www.rfc-editor.org/rfc/rfc8725)
 */
export function joseTokenVerifier(options: JoseTokenVerifierOptions): TokenVerifier {
  return new JoseTokenVerifier(options);
}

class JoseTokenVerifier extends JwtTokenVerifier {
  constructor(options: JoseTokenVerifierOptions) {
    const { algorithms = SIGNATURE_ALGORITHMS, typ = 'at+jwt' } = options;
    checkAlgorithms(algorithms);
    if (!['at+jwt', 'any'].includes(typ)) {
      throw new TypeError(
        "Cannot create a token verifier as 'typ' must be 'at+jwt' or 'any': " +
          `current value is ${JSON.stringify(typ)}`,
      );
    }
    super(options, {
      name: 'joseTokenVerifier',
      options: ['algorithms', 'typ'],
      algorithms: [...algorithms],
      typ,
      keyIdRequired: false,
      whenSearchesAreUsedUp: 'refuse',
    });
  }

  protected override async isSignedWith(
    { keyObject }: VerificationKey,
    { compact, algorithm }: SignedJwt,
  ): Promise<boolean> {
    try {
      await compactVerify(compact, keyObject, { algorithms: [algorithm] });
      return true;
    } catch {
      // Whatever it is, the signature is not proven. The error is dropped as it may quote the token.
      return false;
    }
  }
}

function isUsable(algorithm: unknown): boolean {
  return SIGNATURE_ALGORITHMS.some((known) => known === algorithm);
}

function checkAlgorithms(algorithms: unknown): void {
  if (Array.isArray(algorithms) && algorithms.length > 0 && algorithms.every(isUsable)) return;
  throw new TypeError(
    `Cannot create a token verifier as 'algorithms' must name some of ${SIGNATURE_ALGORITHMS.join(', ')}: ` +
      `current value is ${JSON.stringify(algorithms)}`,
  );
}
