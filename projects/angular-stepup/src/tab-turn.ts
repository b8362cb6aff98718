const ITEM = 'stepup.turn';
const PATIENCE_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 250;

/** The last mark of this page load: nobody waits for itself. */
let own: string | undefined;

/** Lets one tab at a time prompt the end-user. */
export interface TabTurn {
  /** Whether another tab prompts. */
  isTaken(): boolean;
  /** Waits until no other tab prompts, and its tokens have had a moment to get here. */
  wait(signal: AbortSignal): Promise<void>;
  take(): void;
  free(): void;
}

/**
 * Makes the turn of this page.
 *
 * The tab that prompts leaves a mark in `localStorage`, which stays there while it leaves the page
 * for a redirect. The others wait for its end. A mark is good for a minute: a tab may be closed.
 * Where there is no storage, tabs do not wait for each other.
 */
export function tabTurn(window: Window | null): TabTurn {
  const inStorage = <T>(use: (storage: Storage) => T): T | undefined => {
    try {
      return window ? use(window.localStorage) : undefined;
    } catch {
      // No access to storage: tabs do not know of each other.
      return undefined;
    }
  };
  const isTaken = (): boolean => {
    const mark = inStorage((storage) => storage.getItem(ITEM));
    const left = Number(mark) - Date.now();
    return mark !== own && left > 0 && left < PATIENCE_MILLISECONDS + 1;
  };
  return {
    isTaken,
    wait: async (signal) => {
      // oxlint-disable-next-line no-await-in-loop -- It is a wait.
      while (isTaken() && !signal.aborted) await pause();
      await pause();
    },
    take: () =>
      inStorage((storage) => {
        // A fraction tells the marks of two tabs apart.
        own = String(Date.now() + PATIENCE_MILLISECONDS + Math.random());
        storage.setItem(ITEM, own);
      }),
    free: () => inStorage((storage) => storage.removeItem(ITEM)),
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
}
