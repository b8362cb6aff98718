import { randomUUID } from 'node:crypto';
import {
  SignJWT,
  createLocalJWKSet,
  errors as joseErrors,
  importJWK,
  jwtVerify,
  type JWK,
} from 'jose';
import { errors } from 'oidc-provider';
import type { SigningKey } from '../signing-key.js';

const LIFETIME_SECONDS = 60;
const TYPE = 'login-hint+jwt';

/**
 * What a phone hands to a client so that the client can ask for the phone's owner: signed, short-lived,
 * and good for one request.
 *
 * @see [CIBA §7.1](https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#auth_request)
 */
export class LoginHintTokens {
  readonly #issuer: string;
  readonly #privateKey: JWK;
  readonly #publicKeys: ReturnType<typeof createLocalJWKSet>;
  readonly #now: () => number;
  /** Identifiers of tokens that were used, and when they expire by themselves. */
  readonly #used = new Map<string, number>();

  /** @param now Current time, in seconds since the epoch. */
  constructor(issuer: string, { privateKey, publicKey }: SigningKey, now: () => number) {
    this.#issuer = issuer;
    this.#privateKey = privateKey;
    this.#publicKeys = createLocalJWKSet({ keys: [publicKey] });
    this.#now = now;
  }

  async issue(accountId: string): Promise<string> {
    const issuedAt = this.#now();
    return new SignJWT()
      .setProtectedHeader({ alg: 'RS256', typ: TYPE, kid: this.#privateKey.kid ?? '' })
      .setIssuer(this.#issuer)
      .setAudience(this.#issuer)
      .setSubject(accountId)
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIFETIME_SECONDS)
      .sign(await importJWK(this.#privateKey));
  }

  /**
   * The account that a token stands for.
   *
   * @returns `undefined` for one that was not issued here, or was used before.
   * @throws {ExpiredLoginHintToken} When it came too late.
   */
  async redeem(token: string): Promise<string | undefined> {
    const { jti, sub, exp } = await this.#verify(token);
    for (const [used, expiresAt] of this.#used) {
      if (expiresAt <= this.#now()) this.#used.delete(used);
    }
    if (jti === undefined || exp === undefined || this.#used.has(jti)) return undefined;
    this.#used.set(jti, exp);
    return sub;
  }

  async #verify(token: string): Promise<{ jti?: string; sub?: string; exp?: number }> {
    try {
      const { payload } = await jwtVerify(token, this.#publicKeys, {
        issuer: this.#issuer,
        audience: this.#issuer,
        typ: TYPE,
        requiredClaims: ['sub', 'jti', 'exp'],
        currentDate: new Date(this.#now() * 1000),
      });
      return payload;
    } catch (error) {
      if (error instanceof joseErrors.JWTExpired) {
        throw new errors.ExpiredLoginHintToken('the login_hint_token has expired');
      }
      // Not of this issuer: what is wrong with it is nobody's business.
      return {};
    }
  }
}
