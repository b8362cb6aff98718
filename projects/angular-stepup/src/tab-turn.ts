const ITEM = 'stepup.turn';
const PATIENCE_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 250;

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
 * for a redirect. The others wait for its end, for a minute at most: a tab may be closed. Where
 * there is no storage, tabs do not wait for each other.
 */
export function tabTurn(window: Window | null): TabTurn {
  // Tells this page load from any other, so that nobody waits for itself.
  const page = String(performance.timeOrigin);
  const inStorage = <T>(use: (storage: Storage) => T): T | undefined => {
    try {
      return window ? use(window.localStorage) : undefined;
    } catch {
      // No access to storage: tabs do not know of each other.
      return undefined;
    }
  };
  const isTaken = (): boolean => {
    const mark = inStorage((storage) => storage.getItem(ITEM)) ?? '';
    const [until = '', owner] = mark.split(' ');
    return owner !== page && Number(until) > Date.now();
  };
  return {
    isTaken,
    wait: async (signal) => {
      const deadline = Date.now() + PATIENCE_MILLISECONDS;
      // oxlint-disable-next-line no-await-in-loop -- It is a wait.
      while (isTaken() && Date.now() < deadline && !signal.aborted) await pause();
      await pause();
    },
    take: () =>
      inStorage((storage) => {
        storage.setItem(ITEM, `${Date.now() + PATIENCE_MILLISECONDS} ${page}`);
      }),
    free: () => inStorage((storage) => storage.removeItem(ITEM)),
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
}
