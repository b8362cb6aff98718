import { verify } from 'node:crypto';
import OktaJwtVerifier from '@okta/jwt-verifier';
import {
  JwtTokenVerifier,
  type JwtTokenVerifierOptions,
  type SignedJwt,
  type TokenVerifier,
  type VerificationKey,
} from 'nest-stepup';

/** Options of {@link oktaTokenVerifier}. */
export interface OktaTokenVerifierOptions extends JwtTokenVerifierOptions {
  /** The custom authorization server, such as `https://example.okta.com/oauth2/default`. */
  readonly issuer: string;
  /**
   * Where the keys are.
   *
   * @default `/v1/keys` below the issuer
   */
  readonly jwksUri?: string;
  /** The clients whose tokens are accepted (`cid`): all, when left out. */
  readonly clientId?: string | readonly string[];
}

/**
 * Verifies access tokens of an Okta authorization server with Okta's own `@okta/jwt-verifier`.
 *
 * The SDK is handed tokens only that are known not to bring the process down (an empty signature, a
 * key of another kind and a member `__proto__` do), and with them the one key that they name: keys
 * are fetched in its stead, bounded in time and size. They are kept for ten minutes, not for an hour
 * as the SDK does; `keysMaxAgeSeconds` is its `cacheMaxAge`. RS256 is the only algorithm. Tokens
 * need no `typ`, as Okta sends none, but those with signs of an ID token (`nonce`, `at_hash`) are
 * refused. On a loopback address the SDK prints a warning about http for each key.
 *
 * @throws {TypeError | RangeError} When an option is missing, unknown or wrong. The SDK throws errors of its
 *   own for an issuer that is a placeholder or of an admin console.
 *
 * @example
 * oktaTokenVerifier({
 *   issuer: 'https://example.okta.com/oauth2/default',
 *   audience: 'api://default',
 * });
 *
 * @see [Okta JWT verifier](https://github.com/okta/okta-jwt-verifier-js)
 */
export function oktaTokenVerifier(options: OktaTokenVerifierOptions): TokenVerifier {
  return new OktaTokenVerifier(options);
}

class OktaTokenVerifier extends JwtTokenVerifier {
  private readonly issuer: string;
  private readonly audience: string[];
  private readonly clientIds: readonly unknown[] | undefined;
  // One SDK for each key, bound to it: its own cache cannot be older than ours.
  private readonly sdks = new WeakMap<VerificationKey, OktaJwtVerifier>();

  constructor(options: OktaTokenVerifierOptions) {
    super(options, {
      name: 'oktaTokenVerifier',
      options: ['clientId'],
      algorithms: ['RS256'],
      typ: 'any',
      keyIdRequired: true,
      jwksPath: '/v1/keys',
      whenSearchesAreUsedUp: 'unreachable',
    });
    const { issuer } = options;
    this.issuer = issuer;
    this.audience = [options.audience].flat();
    this.clientIds = parseClientIds(options.clientId);
    // For its checks of the issuer. On loopback none of them applies.
    if (issuer.startsWith('https:')) createSdk(issuer, []);
  }

  protected override reasonToRefuse({ cid }: SignedJwt['claims']): string | undefined {
    if (!this.clientIds || this.clientIds.includes(cid)) return undefined;
    return 'its client is not among the configured ones';
  }

  protected override async isSignedWith(key: VerificationKey, jwt: SignedJwt): Promise<boolean> {
    try {
      await this.sdkFor(key).verifyAccessToken(jwt.compact, this.audience);
      return true;
    } catch (error) {
      // The error holds the token: it goes no further than this.
      return isOfTheClock(error) && isSignatureRight(key, jwt.compact);
    }
  }

  private sdkFor(key: VerificationKey): OktaJwtVerifier {
    const known = this.sdks.get(key);
    if (known) return known;
    const sdk = createSdk(this.issuer, [key]);
    this.sdks.set(key, sdk);
    return sdk;
  }
}

function createSdk(issuer: string, keys: readonly VerificationKey[]): OktaJwtVerifier {
  const jwks = keys.map(({ jwk }) => ({ ...jwk, alg: 'RS256', kid: jwk.kid ?? '' }));
  return new OktaJwtVerifier({
    issuer,
    getKeysInterceptor: () => Promise.resolve(jwks),
    // The SDK counts look-ups in memory too. What is fetched is counted where it is fetched.
    jwksRequestsPerMinute: Number.MAX_SAFE_INTEGER,
    // http is already known to be on loopback. The SDK prints a warning: it has no other switch.
    ...(issuer.startsWith('http:') && { testing: { disableHttpsCheck: true } }),
  });
}

/**
 * Whether the SDK refused a token for its times alone. It compares them with the system clock,
 * without tolerance, before it looks at the signature; the clock that counts is the one handed to
 * `verify()`, by which the token is known to be valid. So only its signature is still to be checked.
 */
function isOfTheClock(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.message === 'Jwt is expired' || error.message === 'Jwt not active')
  );
}

function isSignatureRight({ keyObject }: VerificationKey, compact: string): boolean {
  const end = compact.lastIndexOf('.');
  const signature = Buffer.from(compact.slice(end + 1), 'base64url');
  return verify('sha256', Buffer.from(compact.slice(0, end)), keyObject, signature);
}

function parseClientIds(clientId: unknown): readonly unknown[] | undefined {
  if (clientId === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(clientId) ? clientId : [clientId];
  if (list.length > 0 && list.every((one) => typeof one === 'string' && one !== '')) return list;
  throw new TypeError(
    "Cannot create a token verifier as 'clientId' must be a string or a list of strings, and not " +
      `empty: current value is ${JSON.stringify(clientId)}`,
  );
}
