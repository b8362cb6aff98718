import { randomUUID } from 'node:crypto';
import {
  InvalidTokenException,
  TokenVerifier,
  type AccessToken,
  type Authentication,
} from 'nest-stepup';

/**
 * A verifier for tests of an app: it knows the tokens that it issued, and refuses all others.
 *
 * @example
 * const verifier = new FakeTokenVerifier();
 * const token = verifier.issue({ acr: 'phr', authTime: clock.now(), subject: 'alice' });
 */
export class FakeTokenVerifier extends TokenVerifier {
  private readonly issued = new Map<string, Authentication>();
  private outage: (() => Error) | undefined;

  /** Issues a token, for an `Authorization: Bearer` header, that says this authentication. */
  issue(authentication: Authentication): string {
    const token = `fake-${randomUUID()}`;
    this.issued.set(token, authentication);
    return token;
  }

  /** Refuses a token from now on. */
  revoke(token: string): void {
    this.issued.delete(token);
  }

  /**
   * Makes every verification fail until it is called without an argument: with an
   * `AuthorizationServerUnreachableException`, for example.
   */
  failWith(error?: () => Error): void {
    this.outage = error;
  }

  override verify(token: AccessToken): Promise<Authentication> {
    if (this.outage) return Promise.reject(this.outage());
    const authentication = this.issued.get(token.value);
    return authentication
      ? Promise.resolve(authentication)
      : Promise.reject(new InvalidTokenException());
  }
}
