const LONGEST_SECONDS = 10;

/** Seconds to wait after so many failures in a row: 1, 2, 4 … 10, or longer when the API says so. */
export function backOff(failures: number, retryAfterSeconds = 0): number {
  const wait = Math.min(2 ** Math.max(failures - 1, 0), LONGEST_SECONDS);
  return Math.max(wait, Math.min(retryAfterSeconds, 6 * LONGEST_SECONDS));
}

/**
 * Waits; ends early when the network comes back, when the end-user comes back to the page, and on
 * the signal.
 */
export function pause(
  seconds: number,
  { window, signal }: { readonly window: Window; readonly signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      forget();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    const forget = onWake(window, end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

/** Calls back when the network comes back, and when the end-user comes back to the page. */
export function onWake(window: Window, wake: (event: Event) => void): () => void {
  const { document } = window;
  const show = (event: Event): void => {
    if (document.visibilityState === 'visible') wake(event);
  };
  window.addEventListener('online', wake);
  document.addEventListener('visibilitychange', show);
  return () => {
    window.removeEventListener('online', wake);
    document.removeEventListener('visibilitychange', show);
  };
}
