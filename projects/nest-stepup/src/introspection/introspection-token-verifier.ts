import { Logger } from '@nestjs/common';
import {
  InvalidTokenException,
  TokenVerifier,
  type AccessToken,
  type Authentication,
  type VerificationContext,
} from 'nest-stepup';
import { authenticationOf } from '../access-token-claims.js';
import { TokenRefusal } from '../token-refusal.js';
import { VerifiedTokenCache } from '../verified-token-cache.js';
import { checkAnswer, SettingRefusal } from './introspection-answer.js';
import { IntrospectionClient, type IntrospectionAnswer } from './introspection-client.js';
import {
  resolveOptions,
  type IntrospectionSettings,
  type IntrospectionTokenVerifierOptions,
} from './introspection.options.js';

/**
 * Verifies access tokens by asking the authorization server about each: opaque ones, and JWTs whose
 * revocation has to count at once.
 *
 * It asks at every request, and about every token that a caller sends: an answer is used again only
 * with `cacheSeconds`. What it finds wrong with a token is logged at level `debug`. While the server
 * cannot be reached, is busy, or does not know this API's client, requests get 503.
 *
 * @throws {TypeError | RangeError} When an option is missing, unknown or wrong.
 *
 * @example
 * introspectionTokenVerifier({
 *   issuer: 'https://as.example',
 *   audience: 'https://api.example',
 *   clientId: 'bank-api',
 *   clientSecret,
 * });
 *
 * @see [RFC 7662](https://www.rfc-editor.org/rfc/rfc7662)
 */
export function introspectionTokenVerifier(
  options: IntrospectionTokenVerifierOptions,
): TokenVerifier {
  return new IntrospectionTokenVerifier(resolveOptions(options));
}

/** As the guard's own: the guard hands over nothing longer. */
const MAX_TOKEN_LENGTH = 16_384;

class IntrospectionTokenVerifier extends TokenVerifier {
  private readonly logger = new Logger('introspectionTokenVerifier');
  private readonly settings: Omit<IntrospectionSettings, 'client'>;
  private readonly client: IntrospectionClient;
  private readonly verified: VerifiedTokenCache;
  // Private to the language: tokens are not shown where a verifier is printed.
  readonly #asked = new Map<string, Promise<IntrospectionAnswer>>();
  private readonly explained = new Set<string>();

  constructor({ client, ...settings }: IntrospectionSettings) {
    super();
    this.settings = settings;
    this.client = new IntrospectionClient(client, this.logger);
    this.verified = new VerifiedTokenCache(settings.cacheSeconds === 0 ? 0 : settings.cacheSize);
    if (settings.expected.audience === undefined) {
      this.logger.warn(
        "Takes access tokens for every audience as 'audience' is not set: set it unless the " +
          'authorization server tells this client of no tokens but those for this API',
      );
    }
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
    // What another verify() checks besides is not to be passed by.
    if (this.verify !== IntrospectionTokenVerifier.prototype.verify) return undefined;
    return this.remembered(token, context);
  }

  private remembered(token: AccessToken, context: VerificationContext): Authentication | undefined {
    if (token.scheme !== 'Bearer') return undefined;
    // Nothing that is remembered depends on keys: one that never changes stands for them.
    return this.verified.get(token, this, context);
  }

  private async verifyAnew(
    token: AccessToken,
    context: VerificationContext,
  ): Promise<Authentication> {
    const { value, scheme } = token;
    if (scheme !== 'Bearer') {
      throw new TokenRefusal(
        'it came with the DPoP scheme, whose proofs this verifier cannot check',
      );
    }
    if (value === '' || value.length > MAX_TOKEN_LENGTH) {
      throw new TokenRefusal('it is empty or too long');
    }
    const answer = await this.ask(value, context.now);
    const { expected, acrListClaim, cacheSeconds } = this.settings;
    const { notBefore, expiresAt } = checkAnswer(answer, expected, context);
    const authentication = authenticationOf(answer, acrListClaim);
    this.verified.set(token, {
      authentication,
      keySet: this,
      // A clock that is put back must not keep an answer for longer.
      notBefore: Math.max(notBefore, context.now),
      expiresAt: Math.min(expiresAt, context.now + cacheSeconds),
    });
    return authentication;
  }

  /**
   * Requests with the same token at the same time share one question where answers are kept anyway.
   * Otherwise each asks: the token may have been revoked since the other one was sent.
   */
  private ask(token: string, now: number): Promise<IntrospectionAnswer> {
    if (this.settings.cacheSeconds === 0) return this.client.introspect(token, now);
    const pending = this.#asked.get(token);
    if (pending) return pending;
    const question = this.client.introspect(token, now).finally(() => {
      this.#asked.delete(token);
    });
    this.#asked.set(token, question);
    return question;
  }

  private log(refusal: TokenRefusal): void {
    const { message } = refusal;
    const line = `Refused an access token as ${message}`;
    // A wrong setting refuses every token: once it is said where it is seen.
    if (refusal instanceof SettingRefusal && !this.explained.has(message)) {
      this.explained.add(message);
      this.logger.warn(line);
    } else {
      this.logger.debug(line);
    }
  }
}
