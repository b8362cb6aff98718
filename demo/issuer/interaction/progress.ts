import type { ProvenFactor } from '../acr-ladder.js';

/** A passkey ceremony that waits for the browser's answer. */
export interface PendingChallenge {
  readonly purpose: 'create' | 'use';
  readonly challenge: string;
}

/** What has happened in one interaction so far. */
export interface Progress {
  /** Who has proven a first factor in this interaction. */
  accountId: string | undefined;
  /** Whether somebody else than the session's account signs in. */
  anotherAccount: boolean;
  readonly proven: Set<ProvenFactor>;
  failedAttempts: number;
  pendingChallenge: PendingChallenge | undefined;
  passkeyCreated: boolean;
  /** In seconds since the epoch. */
  readonly expiresAt: number;
}

/** The interactions that are going on. */
export class ProgressStore {
  readonly #byUid = new Map<string, Progress>();
  readonly #now: () => number;

  /** @param now Current time, in seconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param expiresAt When the interaction ends by itself, in seconds since the epoch. */
  of(uid: string, expiresAt: number): Progress {
    this.#dropExpired();
    const known = this.#byUid.get(uid);
    if (known) return known;
    const progress: Progress = {
      accountId: undefined,
      anotherAccount: false,
      proven: new Set(),
      failedAttempts: 0,
      pendingChallenge: undefined,
      passkeyCreated: false,
      expiresAt,
    };
    this.#byUid.set(uid, progress);
    return progress;
  }

  end(uid: string): void {
    this.#byUid.delete(uid);
  }

  #dropExpired(): void {
    for (const [uid, { expiresAt }] of this.#byUid) {
      if (expiresAt <= this.#now()) this.#byUid.delete(uid);
    }
  }
}
