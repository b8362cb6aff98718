import { hash } from 'node:crypto';
import type { Authentication } from 'stepup-core';
import type { Validity } from './access-token-claims.js';
import type { VerificationContext } from './token-verifier.js';

interface VerifiedToken extends Validity {
  readonly authentication: Authentication;
  readonly keySet: object;
}

/**
 * Tokens that were verified, so that a token is verified once and not at each request.
 *
 * It holds digests, never tokens, and not more than it was told to: the one not seen for longest
 * leaves first. A token is never found after its `exp`, tolerance or not, nor under a set of keys
 * other than the one it was verified with. What it cannot know is a token revoked in between.
 */
export class VerifiedTokenCache {
  // A Map keeps its order of insertion: the first entry is the one not used for longest.
  private readonly tokens = new Map<string, VerifiedToken>();

  /** @param size The most tokens it holds; 0 for none. */
  constructor(private readonly size: number) {}

  /** @param keySet The keys in force now. */
  get(
    token: string,
    keySet: object,
    { now, clockToleranceSeconds }: VerificationContext,
  ): Authentication | undefined {
    const digest = digestOf(token);
    const known = this.tokens.get(digest);
    if (!known) return undefined;
    this.tokens.delete(digest);
    if (known.keySet !== keySet || !(now < known.expiresAt)) return undefined;
    this.tokens.set(digest, known);
    // Only a clock that was put back comes here; the token is not to blame for it.
    if (!(known.notBefore <= now + clockToleranceSeconds)) return undefined;
    return known.authentication;
  }

  set(token: string, verified: VerifiedToken): void {
    if (this.size === 0) return;
    const digest = digestOf(token);
    this.tokens.delete(digest);
    if (this.tokens.size >= this.size) {
      const [oldest = ''] = this.tokens.keys();
      this.tokens.delete(oldest);
    }
    this.tokens.set(digest, verified);
  }
}

function digestOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
