import { isTransient } from './ciba-failure';
import { readEvents } from './event-stream';
import { backOff, pause } from './pause';

/** Something at the API whose state changes until it is final. */
export interface Followed<State> {
  /** Opens its event stream. */
  readonly open: (signal: AbortSignal) => Promise<Response>;
  /** Asks for its state, once. */
  readonly ask: (signal: AbortSignal) => Promise<State>;
  /** Reads an event's data. */
  readonly read: (value: unknown) => State;
  readonly isFinal: (state: State) => boolean;
  /** The deadline, in seconds since the epoch. */
  readonly expiresAt: number;
}

/** Settings of {@link follow}. */
export interface FollowOptions<State> {
  readonly window: Window;
  /** Tells the time, in seconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Called with each state; with `undefined` when the API cannot be reached at the moment. */
  readonly show: (state: State | undefined) => void;
}

/** After the deadline the API says so by itself; this long it is waited for. */
const GRACE_SECONDS = 5;
/** How long the API is asked for its last word when it cannot be reached. */
const LAST_WORD_SECONDS = 15;
/** By the API's clock there may be time left: how long, and how often, it is believed. */
const EXTENSION_SECONDS = 30;
const MAX_EXTENSIONS = 10;

/**
 * Follows something at the API to its final state, through lost connections.
 *
 * Past the deadline the API is asked once more, as it may have been approved while the computer
 * slept. Without an answer it is over, so that nothing waits for a network that never comes back.
 *
 * @returns The final state; `undefined` when the deadline passed and none was to be had. After an
 *   abort it is one of the two, or it rejects.
 * @throws {CibaFailure} When the API refuses, or answers something else.
 */
export async function follow<State extends { readonly expiresAt: number }>(
  { open, ask, read, isFinal, expiresAt }: Followed<State>,
  { window, now, signal, show }: FollowOptions<State>,
): Promise<State | undefined> {
  let deadline = expiresAt + GRACE_SECONDS;
  let extensions = 0;
  let failures = 0;
  let final: State | undefined;
  let isKnown = false;

  const see = (state: State): boolean => {
    isKnown = true;
    const end = state.expiresAt + GRACE_SECONDS;
    // Once it is believed against this clock, a deadline that is past by this clock says nothing.
    if (!extensions || end > now()) deadline = end;
    if (isFinal(state)) final = state;
    else show(state);
    return final !== undefined;
  };
  /** @returns How long to wait before the next try, in seconds. */
  const lose = (error?: unknown): number => {
    failures += 1;
    return backOff(failures, isTransient(error) ? error.retryAfterSeconds : undefined);
  };
  const isOver = (): boolean => now() >= deadline;
  const onStatus = (value: unknown): boolean => see(read(value));

  const lastWord = async (): Promise<boolean> => {
    for (const until = now() + LAST_WORD_SECONDS; ;) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
        see(await ask(signal));
        return true;
      } catch (error) {
        if (signal.aborted || !isTransient(error)) throw error;
        if (now() >= until) return false;
        show(undefined);
        // oxlint-disable-next-line no-await-in-loop -- It is a wait.
        await pause(Math.min(lose(error), until - now()), { window, signal });
      }
    }
  };

  /** @returns How long to wait before the next connection, in seconds. */
  const connect = async (): Promise<number> => {
    isKnown = false;
    const startedAt = now();
    const wait = await readEvents(open, { window, now, signal, isOver, onStatus }).then(
      () => {
        // It has lasted: what comes now is the first failure.
        if (now() - startedAt >= EXTENSION_SECONDS) failures = 0;
        return lose();
      },
      (error: unknown) => {
        if (signal.aborted || !isTransient(error)) throw error;
        return lose(error);
      },
    );
    if (final || signal.aborted || isOver()) return 0;
    const { onLine } = window.navigator;
    // A connection that worked may end for many reasons: the next one is not to be worried about.
    if (!isKnown || failures > 1 || !onLine) show(undefined);
    // A proxy may hold back a stream, but not an answer.
    if (!isKnown && onLine) await poll();
    return wait;
  };

  const poll = async (): Promise<void> => {
    try {
      see(await ask(signal));
    } catch (error) {
      if (signal.aborted || !isTransient(error)) throw error;
      // As unreachable as the stream was: it is shown already.
    }
  };

  /* oxlint-disable no-await-in-loop -- One after the other is the point. */
  while (!signal.aborted) {
    if (!isOver()) {
      const wait = await connect();
      if (final) break;
      await pause(Math.min(wait, deadline - now()), { window, signal });
    } else if (!(await lastWord()) || final || extensions === MAX_EXTENSIONS) {
      break;
    } else if (isOver()) {
      extensions += 1;
      deadline = now() + EXTENSION_SECONDS;
    }
  }
  /* oxlint-enable no-await-in-loop */
  return final;
}
