const LIFETIME_SECONDS = 600;

/** A list that is kept for this tab, across redirects, each entry for ten minutes. */
export interface TabStorage<Entry> {
  /** The entries that are not older than ten minutes. */
  readonly read: () => readonly (Entry & { readonly at: number })[];
  /** Adds an entry; returns whether it is kept. */
  readonly add: (entry: Entry) => boolean;
  /** Keeps entries in place of those before. */
  readonly write: (entries: readonly Entry[]) => boolean;
}

/** @param now Seconds since the epoch. */
export function tabStorage<Entry>(
  item: string,
  window: Window | null,
  now: () => number,
): TabStorage<Entry> {
  const read: TabStorage<Entry>['read'] = () => {
    try {
      const stored: (Entry & { at: number })[] = JSON.parse(
        window?.sessionStorage.getItem(item) ?? '[]',
      );
      return stored.filter(({ at }) => Math.abs(now() - at) <= LIFETIME_SECONDS);
    } catch {
      // No access to storage, or not what write() wrote: as good as nothing kept.
      return [];
    }
  };
  const write = (entries: readonly Entry[]): boolean => {
    try {
      window?.sessionStorage.setItem(item, JSON.stringify(entries));
      return true;
    } catch {
      // Storage is full, or not allowed: the caller is told.
      return false;
    }
  };
  return { read, write, add: (entry) => write([...read(), { ...entry, at: now() }]) };
}
