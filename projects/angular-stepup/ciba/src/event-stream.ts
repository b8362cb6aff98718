import { createParser } from 'eventsource-parser';

import { CibaFailure } from './ciba-failure';
import { onWake } from './pause';

/** Settings of {@link readEvents}. */
export interface ReadEventsOptions {
  readonly window: Window;
  /** Tells the time, in seconds since the epoch. */
  readonly now: () => number;
  /** Called with the data of each `status` event; returns whether it was the last one. */
  readonly onStatus: (value: unknown) => boolean;
  /** Whether it is time to leave, whatever the stream does. */
  readonly isOver: () => boolean;
  readonly signal: AbortSignal;
}

/** An API that is there sends its state at once. */
const FIRST_BYTES_SECONDS = 10;
/** Heartbeats come every 15 s: three are missing. */
const SILENCE_SECONDS = 45;
/** After a pause of the page's: the connection is given up sooner than by the watchdog. */
const SILENCE_ON_WAKE_SECONDS = 20;
const MAX_EVENT_LENGTH = 65_536;

/**
 * Reads one connection's server-sent events until the last one, or until the connection is of no
 * more use: ended, silent, or the network went away beneath it.
 *
 * By `fetch`, as an `EventSource` sends no header of ours, and says nothing about a refusal.
 *
 * @throws {CibaFailure} `malformed` for an event that is not JSON; what `open` and `onStatus` throw.
 * @see [HTML §9.2](https://html.spec.whatwg.org/multipage/server-sent-events.html)
 */
export async function readEvents(
  open: (signal: AbortSignal) => Promise<Response>,
  { window, now, onStatus, isOver, signal }: ReadEventsOptions,
): Promise<void> {
  const connection = new AbortController();
  const close = (): void => connection.abort();
  let lastBytesAt = now();
  let patience = FIRST_BYTES_SECONDS;
  const check = (limit: number): void => {
    // By the clock, not by a timer: timers stand still while the computer sleeps.
    if (now() - lastBytesAt >= limit || isOver()) close();
  };
  const watchdog = setInterval(() => check(patience), 1000);
  const forget = onWake(window, ({ type }) =>
    // A connection from before the network changed is as good as gone.
    type === 'online' ? close() : check(Math.min(patience, SILENCE_ON_WAKE_SECONDS)),
  );
  signal.addEventListener('abort', close);
  window.addEventListener('offline', close);
  if (signal.aborted) close();

  let isLast = false;
  const parser = createParser({
    maxBufferSize: MAX_EVENT_LENGTH,
    onEvent: ({ event, data }) => {
      if (event === 'status') isLast ||= onStatus(parse(data));
    },
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') throw new CibaFailure('malformed');
    },
  });
  try {
    const chunks = await chunksOf(open, connection.signal);
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      const text = await chunks();
      if (text === undefined) return;
      lastBytesAt = now();
      patience = SILENCE_SECONDS;
      parser.feed(text);
      if (isLast) return;
    }
  } finally {
    clearInterval(watchdog);
    forget();
    signal.removeEventListener('abort', close);
    window.removeEventListener('offline', close);
    close();
  }
}

/** Opens a connection; returns what gives the next piece of text, `undefined` at its end. */
async function chunksOf(
  open: (signal: AbortSignal) => Promise<Response>,
  signal: AbortSignal,
): Promise<() => Promise<string | undefined>> {
  const { body } = await open(signal);
  if (!body) throw new CibaFailure('malformed');
  const reader = body.getReader();
  const decoder = new TextDecoder();
  return async () => {
    try {
      const { done, value } = await reader.read();
      return done ? undefined : decoder.decode(value, { stream: true });
    } catch {
      // The connection broke, or was closed here: what comes next is up to the caller.
      return undefined;
    }
  };
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    // Not the cause: a parser's message quotes the text.
    throw new CibaFailure('malformed');
  }
}
