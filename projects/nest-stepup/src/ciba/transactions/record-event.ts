import type { CibaErrorCode } from '../ciba.exception.js';

/** What happens to a transaction. Times are in seconds since the Unix epoch. */
export type RecordEvent =
  /** The authorization server took the request. */
  | {
      readonly type: 'accepted';
      readonly now: number;
      /** Sealed. */
      readonly authReqId: string;
      readonly authReqIdHash: string;
      readonly expiresAt: number;
      readonly intervalSeconds: number;
      /** In ping mode: how often to ask while no ping comes, in seconds. */
      readonly fallbackSeconds?: number;
    }
  /** The authorization server says that there is an outcome to fetch. */
  | { readonly type: 'pinged'; readonly now: number; readonly authReqIdHash: string }
  /** Somebody asks for the tokens: the first token request need not wait, as none was before it. */
  | { readonly type: 'asked'; readonly now: number }
  /** A token request is about to be sent. */
  | { readonly type: 'claimed'; readonly now: number; readonly leaseUntil: number }
  /** The token request with that number was answered: not yet. */
  | {
      readonly type: 'postponed';
      readonly attempt: number;
      readonly now: number;
      readonly outcome: 'pending' | 'slow_down' | 'unreachable';
      readonly retryAfterSeconds?: number;
      readonly intervalSeconds?: number;
    }
  /** The token request with that number brought tokens that will do. */
  | {
      readonly type: 'approved';
      readonly attempt: number;
      /** Sealed. */
      readonly tokens: string;
      readonly readyUntil: number;
      /** Who approved, where nobody in particular was expected. */
      readonly subject?: string;
    }
  /** It is over: by the request itself, or by the token request with that number. */
  | {
      readonly type: 'ended';
      readonly attempt: number;
      readonly phase: 'denied' | 'expired' | 'failed';
      readonly error: CibaErrorCode;
      readonly errorDescription: string;
    }
  /** The time is up. */
  | { readonly type: 'lapsed'; readonly now: number }
  | { readonly type: 'cancelled' }
  /** The record is not as this API wrote it. */
  | { readonly type: 'spoiled' }
  | { readonly type: 'handed-over'; readonly now: number };
