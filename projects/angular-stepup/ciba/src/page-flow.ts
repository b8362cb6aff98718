import { CibaEnding } from './ciba-error';

/**
 * Runs something until it is cancelled, or until the page is left: what it has started at the API
 * is cancelled too. A page that the browser brings back finds it ended.
 *
 * @param run Gets a signal of its own. What it does after an abort comes to nothing.
 * @throws {CibaEnding} `aborted` on one of the signals, and when the page is left: at once.
 */
export async function inPage<Result>(
  window: Window,
  signals: readonly AbortSignal[],
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const flow = new AbortController();
  const end = (): void => flow.abort();
  for (const signal of signals) signal.addEventListener('abort', end);
  window.addEventListener('pagehide', end);
  if (signals.some(({ aborted }) => aborted)) end();
  try {
    refuseCancelled(flow.signal);
    return await Promise.race([run(flow.signal), untilAborted(flow.signal)]);
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', end);
    window.removeEventListener('pagehide', end);
  }
}

/** What was started at the API, and how to say that it is over before the flow is. */
export interface Started<Value> {
  readonly value: Value;
  readonly settle: () => void;
}

/**
 * Waits for something to be started, and has it cancelled, once, when the signal aborts before it
 * is settled; also when it is started only after that.
 */
export async function cancellable<Value>(
  starting: Promise<Value>,
  signal: AbortSignal,
  cancel: (value: Value) => void,
): Promise<Started<Value>> {
  const value = await starting;
  const abort = (): void => cancel(value);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  refuseCancelled(signal);
  return { value, settle: () => signal.removeEventListener('abort', abort) };
}

/** @throws {CibaEnding} `aborted` when the signal is aborted. */
export function refuseCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new CibaEnding('aborted');
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new CibaEnding('aborted')), { once: true });
  });
}
