import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Stored {
  readonly payload: AdapterPayload;
  /** In seconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * How long something is kept after it has expired, in seconds: a client that asks about it then is to
 * hear `expired_token`, not that it never was.
 */
const KEPT_AFTER_EXPIRY: ReadonlyMap<string, number> = new Map([
  ['BackchannelAuthenticationRequest', 600],
]);

/** Where `oidc-provider` keeps sessions, grants, codes and tokens: in memory, until the process ends. */
export class MemoryStorage {
  readonly #stored = new Map<string, Stored>();
  readonly #now: () => number;

  /** @param now Current time, in seconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The adapter for one of the provider's models. */
  adapterFor(model: string): Adapter {
    const keyOf = (id: string): string => `${model}:${id}`;
    return {
      upsert: async (id, payload, expiresIn) => {
        this.#dropExpired();
        const kept = (expiresIn ?? Infinity) + (KEPT_AFTER_EXPIRY.get(model) ?? 0);
        const expiresAt = this.#now() + kept;
        this.#stored.set(keyOf(id), { payload, expiresAt });
      },
      find: async (id) => this.#find(keyOf(id)),
      findByUid: async (uid) => this.#findWhere(model, (payload) => payload.uid === uid),
      findByUserCode: async (code) =>
        this.#findWhere(model, (payload) => payload.userCode === code),
      consume: async (id) => {
        const payload = this.#find(keyOf(id));
        if (payload) payload.consumed = this.#now();
      },
      destroy: async (id) => {
        this.#stored.delete(keyOf(id));
      },
      revokeByGrantId: async (grantId) => {
        for (const [key, { payload }] of this.#stored) {
          // An interaction holds a grant id as well: only what this model issued is revoked.
          if (key.startsWith(keyOf('')) && payload.grantId === grantId) this.#stored.delete(key);
        }
      },
    };
  }

  #find(key: string): AdapterPayload | undefined {
    const stored = this.#stored.get(key);
    return stored && stored.expiresAt > this.#now() ? stored.payload : undefined;
  }

  #findWhere(model: string, matches: (payload: AdapterPayload) => boolean) {
    for (const [key, { payload }] of this.#stored) {
      if (key.startsWith(`${model}:`) && matches(payload)) return this.#find(key);
    }
    return undefined;
  }

  #dropExpired(): void {
    for (const [key, { expiresAt }] of this.#stored) {
      if (expiresAt <= this.#now()) this.#stored.delete(key);
    }
  }
}
