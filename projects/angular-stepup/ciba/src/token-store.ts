import { DOCUMENT, isPlatformBrowser } from '@angular/common';
import { Injectable, PLATFORM_ID, inject } from '@angular/core';
import { StepUpError } from 'stepup-core';

import { isFields } from './ciba-answers';
import { CIBA_SETTINGS } from './ciba-options';

/** What is kept of a signed-in end-user. */
export interface StoredTokens {
  readonly accessToken: string;
  readonly idToken: string;
  readonly refreshToken?: string;
  /** When the access token is to be refreshed, in seconds since the epoch. */
  readonly renewAt?: number;
  /** The browser's secret: the refresh token is worth nothing without it. */
  readonly secret?: string;
}

const ITEM = 'stepup.ciba';

/** The one place where the tokens of this tab are: this page's memory, or the tab's storage. */
@Injectable({ providedIn: 'root' })
export class TokenStore {
  readonly #settings = inject(CIBA_SETTINGS);
  readonly #storage =
    this.#settings.storage === 'session' && isPlatformBrowser(inject(PLATFORM_ID))
      ? sessionStorageOf(inject(DOCUMENT).defaultView)
      : undefined;
  #tokens: StoredTokens | undefined;

  read(): StoredTokens | undefined {
    if (!this.#storage) return this.#tokens;
    const kept = this.#storage.read();
    // Another app of this origin may have been in this tab: its tokens are for its API alone.
    return isFields(kept) && kept['api'] === this.#settings.baseUrl ? readTokens(kept) : undefined;
  }

  /** @throws {StepUpError} `ERR_STEPUP_FAILED` when the storage is full, or not allowed. */
  write(tokens: StoredTokens): void {
    const { baseUrl: api } = this.#settings;
    if (this.#storage) this.#storage.write(JSON.stringify({ ...tokens, api }));
    else this.#tokens = tokens;
  }

  clear(): void {
    this.#storage?.clear();
    this.#tokens = undefined;
  }
}

function sessionStorageOf(window: Window | null) {
  return {
    read: (): unknown => {
      try {
        return JSON.parse(window?.sessionStorage.getItem(ITEM) ?? 'null');
      } catch {
        // No access to storage, or not what write() wrote: nobody is signed in.
        return undefined;
      }
    },
    write: (text: string): void => {
      try {
        window?.sessionStorage.setItem(ITEM, text);
      } catch (cause) {
        throw new StepUpError(
          'ERR_STEPUP_FAILED',
          'Cannot keep the tokens as sessionStorage cannot be written',
          { cause },
        );
      }
    },
    clear: (): void => {
      try {
        window?.sessionStorage.removeItem(ITEM);
      } catch {
        // No access to storage: nothing is kept there.
      }
    },
  };
}

function readTokens({
  accessToken,
  idToken,
  refreshToken,
  renewAt,
  secret,
}: Readonly<Record<string, unknown>>): StoredTokens | undefined {
  if (typeof accessToken !== 'string' || typeof idToken !== 'string') return undefined;
  return {
    accessToken,
    idToken,
    ...(typeof refreshToken === 'string' && { refreshToken }),
    // Without its end it would be used for ever: an ill-typed one counts as past.
    ...(renewAt !== undefined && { renewAt: typeof renewAt === 'number' ? renewAt : 0 }),
    ...(typeof secret === 'string' && { secret }),
  };
}
