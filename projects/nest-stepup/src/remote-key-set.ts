import type { LoggerService } from '@nestjs/common';
import { KeySet, type KeySearch } from './key-set.js';
import { AuthorizationServerUnreachableException } from './step-up.exceptions.js';

/** Where keys come from. */
export interface KeySource {
  /** Whose keys they are: for the log. */
  readonly issuer: string;
  /** @throws {Error} With a message that follows "as". */
  load(): Promise<KeySet>;
}

/** Okta's own limit. */
const MAX_LOOKUPS_PER_MINUTE = 10;
/** A key that was not there so often within a minute does not exist. */
const MAX_LOOKUPS_PER_KEY = 2;
const MINUTE = 60;

/**
 * The keys of an authorization server, fetched when needed and kept for a time.
 *
 * Keys are fetched again when they have become too old, and when a token names one that is not
 * among them, so that a new key works at once; the latter at most ten times a minute, since anyone
 * can make up key ids. Requests that need keys at the same time share one fetch.
 */
export class RemoteKeySet {
  private keySet: KeySet | undefined;
  private fetchedAt = -Infinity;
  private pending: Promise<KeySet> | undefined;
  private failure: string | undefined;
  private lookups: { readonly keyId: string | undefined; readonly at: number }[] = [];

  /** @param maxAgeSeconds How long a key that left the server may still be accepted. */
  constructor(
    private readonly source: KeySource,
    private readonly maxAgeSeconds: number,
    private readonly logger: LoggerService,
  ) {}

  /** The keys, if they are not too old. The object is the same for as long as the keys are. */
  current(now: number): KeySet | undefined {
    // Both ways, as a clock that is put back must not keep keys for longer.
    return Math.abs(now - this.fetchedAt) < this.maxAgeSeconds ? this.keySet : undefined;
  }

  /**
   * Finds the key that a token names.
   *
   * @returns Also `unknown`: whether the key exists cannot be told before the minute is over.
   * @throws {AuthorizationServerUnreachableException} When the keys cannot be had.
   */
  async find(
    algorithm: string,
    keyId: string | undefined,
    now: number,
  ): Promise<(KeySearch & { readonly keySet: KeySet }) | { readonly status: 'unknown' }> {
    const searchIn = (keySet: KeySet) => ({ ...keySet.find(algorithm, keyId), keySet });
    const known = this.current(now);
    const search = known && searchIn(known);
    if (search && search.status !== 'absent') return search;

    const underWay = this.pending;
    // Keys that are fetched for this very token are not fetched again.
    if (!known && !underWay) return searchIn(await this.fetch(now));
    if (underWay) {
      // The server may have answered before the key was there: that it is absent proves nothing yet.
      const joined = searchIn(await underWay);
      if (joined.status !== 'absent') return joined;
    }
    // A search that began since then is as good as one of its own, and does not count.
    const refusal = this.pending ? undefined : this.countLookup(keyId, now);
    if (refusal === 'unknown') return { status: refusal };
    const current = refusal === 'absent' ? this.keySet : undefined;
    return searchIn(current ?? (await this.fetch(now)));
  }

  /** @returns `absent`: looked for often enough to know; `unknown`: there were too many others. */
  private countLookup(keyId: string | undefined, now: number): 'absent' | 'unknown' | undefined {
    this.lookups = this.lookups.filter(({ at }) => Math.abs(now - at) < MINUTE);
    const same = this.lookups.filter((one) => one.keyId === keyId);
    if (same.length >= MAX_LOOKUPS_PER_KEY) return 'absent';
    if (this.lookups.length >= MAX_LOOKUPS_PER_MINUTE) return 'unknown';
    this.lookups.push({ keyId, at: now });
    return undefined;
  }

  private fetch(now: number): Promise<KeySet> {
    this.pending ??= this.load(now).finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  private async load(now: number): Promise<KeySet> {
    let loaded: KeySet;
    try {
      loaded = await this.source.load();
    } catch (error) {
      this.report(error instanceof Error ? error.message : 'of an unknown fault');
      throw new AuthorizationServerUnreachableException({ cause: error });
    }
    this.failure = undefined;
    this.fetchedAt = now;
    if (loaded.fingerprint !== this.keySet?.fingerprint) this.keySet = loaded;
    return this.keySet ?? loaded;
  }

  /** An outage is one line in the log, not one for each request. */
  private report(failure: string): void {
    if (failure === this.failure) return;
    this.failure = failure;
    this.logger.error(
      `Cannot get the keys of ${JSON.stringify(this.source.issuer)} as ${failure}: requests get 503 until it is mended`,
    );
  }
}
