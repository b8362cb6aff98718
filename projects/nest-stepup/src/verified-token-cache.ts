import { hash } from 'node:crypto';
import type { Authentication } from 'stepup-core';
import type { AccessToken } from './access-token.js';
import type { Validity } from './access-token-claims.js';
import type { VerificationContext } from './token-verifier.js';

interface VerifiedToken extends Validity {
  readonly authentication: Authentication;
  readonly keySet: object;
}

/** A token in the order of use, between the one used just after it and the one used just before. */
interface Entry {
  readonly digest: string;
  readonly verified: VerifiedToken;
  newer: Entry | undefined;
  older: Entry | undefined;
}

/**
 * Tokens that were verified, so that a token is verified once and not at each request.
 *
 * It holds digests, never tokens, and not more than it was told to: the one not seen for longest
 * leaves first. A token is never found after its `exp`, tolerance or not, nor under a set of keys
 * other than the one it was verified with. What it cannot know is a token revoked in between.
 */
export class VerifiedTokenCache {
  // Private to the language: what is remembered is not shown where a verifier is printed.
  readonly #entries = new Map<string, Entry>();
  // The order of use is a list of its own: to take a token out of a map and to put it back, so that
  // the map's order says it, takes several times as long as to find it.
  readonly #digests = new WeakMap<AccessToken, string>();
  #newest: Entry | undefined;
  #oldest: Entry | undefined;

  /** @param size The most tokens it holds; 0 for none. */
  constructor(private readonly size: number) {}

  /** @param keySet The keys in force now. */
  get(
    token: AccessToken,
    keySet: object,
    { now, clockToleranceSeconds }: VerificationContext,
  ): Authentication | undefined {
    const entry = this.#entries.get(this.digestOf(token));
    if (!entry) return undefined;
    const { verified } = entry;
    if (verified.keySet !== keySet || !(now < verified.expiresAt)) {
      this.remove(entry);
      return undefined;
    }
    if (entry !== this.#newest) {
      this.unlink(entry);
      this.linkAsNewest(entry);
    }
    // Only a clock that was put back comes here; the token is not to blame for it.
    if (!(verified.notBefore <= now + clockToleranceSeconds)) return undefined;
    return verified.authentication;
  }

  set(token: AccessToken, verified: VerifiedToken): void {
    if (this.size === 0) return;
    const digest = this.digestOf(token);
    const known = this.#entries.get(digest);
    if (known) this.remove(known);
    if (this.#oldest && this.#entries.size >= this.size) this.remove(this.#oldest);
    const entry: Entry = { digest, verified, newer: undefined, older: undefined };
    this.#entries.set(digest, entry);
    this.linkAsNewest(entry);
  }

  private digestOf(token: AccessToken): string {
    const known = this.#digests.get(token);
    if (known !== undefined) return known;
    const digest = hash('sha256', token.value, 'base64url');
    this.#digests.set(token, digest);
    return digest;
  }

  private remove(entry: Entry): void {
    this.#entries.delete(entry.digest);
    this.unlink(entry);
  }

  private linkAsNewest(entry: Entry): void {
    entry.newer = undefined;
    entry.older = this.#newest;
    if (this.#newest) this.#newest.newer = entry;
    else this.#oldest = entry;
    this.#newest = entry;
  }

  private unlink({ newer, older }: Entry): void {
    if (newer) newer.older = older;
    else this.#newest = older;
    if (older) older.newer = newer;
    else this.#oldest = newer;
  }
}
