import { Logger } from '@nestjs/common';
import type { Authentication } from 'stepup-core';
import { authenticationOf, checkClaims, type ExpectedClaims } from './access-token-claims.js';
import { checkAccessTokenType, type AccessTokenType } from './access-token-type.js';
import type { AccessToken } from './access-token.js';
import { discoverEndpoint } from './discover-endpoint.js';
import { fetchJson } from './fetch-json.js';
import { KeySet, type VerificationKey } from './key-set.js';
import { RemoteKeySet } from './remote-key-set.js';
import { parseIssuer, parseServerUrl } from './server-url.js';
import { readSignedJwt, type SignedJwt } from './signed-jwt.js';
import {
  AuthorizationServerUnreachableException,
  InvalidTokenException,
} from './step-up.exceptions.js';
import { TokenRefusal } from './token-refusal.js';
import { TokenVerifier, type VerificationContext } from './token-verifier.js';
import { VerifiedTokenCache } from './verified-token-cache.js';
import { checkNames, checkNumber, parseAudience, parseClaimName } from './verifier-options.js';

/** Options of every verifier of JWT access tokens. */
export interface JwtTokenVerifierOptions {
  /** The `iss` of its tokens, to the letter. Plain http only on a loopback address. */
  readonly issuer: string;
  /** The `aud` of tokens that are meant for this API: one of these. */
  readonly audience: string | readonly string[];
  /** Where the keys are. Without it, the verifier says where it looks for them. */
  readonly jwksUri?: string;
  /** A claim that holds a list of authentication context classes, instead of `acr`. */
  readonly acrListClaim?: string;
  /**
   * How long keys are kept, in seconds: how long a token whose key left the server still passes.
   *
   * @default 600
   */
  readonly keysMaxAgeSeconds?: number;
  /**
   * How long the authorization server may take for an answer, in milliseconds.
   *
   * @default 5000
   */
  readonly timeoutMs?: number;
  /**
   * How many verified tokens are remembered, 0 for none.
   *
   * @default 1000
   */
  readonly cacheSize?: number;
}

const OPTION_NAMES: readonly (keyof JwtTokenVerifierOptions)[] = [
  'issuer',
  'audience',
  'jwksUri',
  'acrListClaim',
  'keysMaxAgeSeconds',
  'timeoutMs',
  'cacheSize',
];

/** What a kind of verifier decides, and not the app. */
export interface JwtTokenVerifierProfile {
  /** For the log. */
  readonly name: string;
  /** The names of the options that it has besides those of every verifier. */
  readonly options?: readonly string[];
  /** The algorithms that are accepted: asymmetric ones only. */
  readonly algorithms: readonly string[];
  readonly typ: AccessTokenType;
  /** Whether a token must name its key. */
  readonly keyIdRequired: boolean;
  /** The path below the issuer where the keys are. Without it, they are found by discovery. */
  readonly jwksPath?: string;
  /**
   * What happens to a token with an unknown key after the ten searches for unknown keys that a
   * minute has: refused (401), or not judged (503).
   */
  readonly whenSearchesAreUsedUp: 'refuse' | 'unreachable';
}

/**
 * A verifier of JWT access tokens: structure, type, claims, keys and the memory of verified tokens.
 * What is left to a subclass is the signature.
 *
 * Every reason to refuse a token is logged at level `debug`, without anything of the token. Keys
 * that cannot be had are never a reason to refuse it.
 *
 * @see [RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4)
 */
export abstract class JwtTokenVerifier extends TokenVerifier {
  private readonly logger: Logger;
  private readonly expected: Required<ExpectedClaims>;
  private readonly acrListClaim: string | undefined;
  private readonly keys: RemoteKeySet;
  private readonly verified: VerifiedTokenCache;
  private isTypeExplained = false;

  /** @throws {TypeError | RangeError} When an option is missing, unknown or wrong. */
  protected constructor(
    options: JwtTokenVerifierOptions,
    private readonly profile: JwtTokenVerifierProfile,
  ) {
    super();
    checkNames(options, [...OPTION_NAMES, ...(profile.options ?? [])]);
    const { issuer, acrListClaim, timeoutMs = 5000 } = options;
    parseIssuer(issuer);
    const { jwksUri = profile.jwksPath && issuer.replace(/\/$/, '') + profile.jwksPath } = options;
    this.expected = { issuer, audience: parseAudience(options.audience) };
    this.acrListClaim = parseClaimName('acrListClaim', acrListClaim);
    checkNumber('timeoutMs', timeoutMs, 1);
    const maxAge = checkNumber('keysMaxAgeSeconds', options.keysMaxAgeSeconds ?? 600, 1);
    this.verified = new VerifiedTokenCache(checkNumber('cacheSize', options.cacheSize ?? 1000, 0));
    this.logger = new Logger(profile.name);
    const fixedUri = jwksUri === undefined ? undefined : parseServerUrl('jwksUri', jwksUri);
    this.keys = new RemoteKeySet(keySource(issuer, fixedUri, timeoutMs), maxAge, this.logger);
  }

  override async verify(token: AccessToken, context: VerificationContext): Promise<Authentication> {
    const known = this.remembered(token, context);
    if (known) return known;
    try {
      return await this.verifyAnew(token, context);
    } catch (error) {
      if (!(error instanceof TokenRefusal)) throw error;
      this.log(error);
      throw new InvalidTokenException(error.description);
    }
  }

  override recall(token: AccessToken, context: VerificationContext): Authentication | undefined {
    // What a subclass checks besides, in a verify() of its own, is not to be passed by.
    if (this.verify !== JwtTokenVerifier.prototype.verify) return undefined;
    return this.remembered(token, context);
  }

  private remembered(token: AccessToken, context: VerificationContext): Authentication | undefined {
    const keySet = this.keys.current(context.now);
    if (!keySet || token.scheme !== 'Bearer') return undefined;
    return this.verified.get(token, keySet, context);
  }

  /**
   * Checks the signature alone.
   *
   * @param key The key that the token names; it fits the token's algorithm.
   * @returns Whether the signature is right. What fails for another reason must not be `true`.
   */
  protected abstract isSignedWith(
    key: VerificationKey,
    jwt: SignedJwt,
    context: VerificationContext,
  ): Promise<boolean>;

  /** What else a kind of verifier demands of the claims: a reason to refuse the token, or nothing. */
  protected reasonToRefuse?(claims: SignedJwt['claims']): string | undefined;

  private async verifyAnew(token: AccessToken, context: VerificationContext) {
    if (token.scheme !== 'Bearer') {
      throw new TokenRefusal(
        'it came with the DPoP scheme, whose proofs this verifier cannot check',
      );
    }
    const jwt = readSignedJwt(token.value);
    if (!this.profile.algorithms.includes(jwt.algorithm)) {
      throw new TokenRefusal('its algorithm is not among the accepted ones');
    }
    if (jwt.keyId === undefined && this.profile.keyIdRequired) {
      throw new TokenRefusal('its header has no kid');
    }
    checkAccessTokenType(jwt, this.profile.typ);
    const validity = checkClaims(jwt.claims, this.expected, context);
    const reason = this.reasonToRefuse?.(jwt.claims);
    if (reason !== undefined) throw new TokenRefusal(reason);

    const { key, keySet } = await this.keyFor(jwt, context.now);
    if (!(await this.isSignedWith(key, jwt, context))) {
      throw new TokenRefusal('its signature is wrong');
    }
    const authentication = authenticationOf(jwt.claims, this.acrListClaim);
    this.verified.set(token, { ...validity, authentication, keySet });
    return authentication;
  }

  private async keyFor(jwt: SignedJwt, now: number) {
    const search = await this.keys.find(jwt.algorithm, jwt.keyId, now);
    if (search.status === 'found') return search;
    if (search.status === 'unknown' && this.profile.whenSearchesAreUsedUp === 'unreachable') {
      throw new AuthorizationServerUnreachableException({ retryAfterSeconds: 60 });
    }
    throw new TokenRefusal(KEY_REFUSALS[search.status]);
  }

  private log({ message }: TokenRefusal): void {
    const line = `Refused an access token as ${message}`;
    // A wrong setting refuses every token: once it is said where it is seen.
    if (message.includes("typ: 'any'") && !this.isTypeExplained) {
      this.isTypeExplained = true;
      this.logger.warn(line);
    } else {
      this.logger.debug(line);
    }
  }
}

const KEY_REFUSALS = {
  absent: 'its key is not among those of the authorization server',
  unknown: 'its key is unknown, and keys were searched for too often within a minute',
  unfit: 'its algorithm is not that of the key that it names',
  ambiguous: 'it does not say which of several keys signed it',
} as const;

function keySource(issuer: string, fixedUri: URL | undefined, timeoutMs: number) {
  let discovered: URL | undefined;
  return {
    issuer,
    async load(): Promise<KeySet> {
      const uri = fixedUri ?? discovered ?? (await discoverEndpoint(issuer, 'jwks_uri', timeoutMs));
      // Set again only after the keys came: where they moved, the next request looks anew.
      discovered = undefined;
      const keySet = KeySet.from(await fetchJson(uri, timeoutMs));
      // Otherwise a server that is out of order for a moment would have every token refused.
      if (keySet.isEmpty) throw new Error('its answer has no key that verifies signatures');
      discovered = uri;
      return keySet;
    },
  };
}
