/**
 * Keys by the second that they are noted for: what is over by now is found without a look at the rest.
 *
 * Times are in seconds since the Unix epoch.
 */
export class TimeBuckets {
  private readonly buckets = new Map<number, Set<string>>();

  add(key: string, at: number): void {
    const second = Math.floor(at);
    const bucket = this.buckets.get(second);
    if (bucket) bucket.add(key);
    else this.buckets.set(second, new Set([key]));
  }

  /** @param at What it was added with. */
  remove(key: string, at: number): void {
    const second = Math.floor(at);
    const bucket = this.buckets.get(second);
    bucket?.delete(key);
    if (bucket?.size === 0) this.buckets.delete(second);
  }

  /**
   * The keys up to the second that `now` falls in, the earliest second first.
   *
   * Of the last second's keys some may be noted for a moment after `now`.
   */
  *until(now: number): Generator<string> {
    const seconds = [...this.buckets.keys()].filter((second) => second <= now);
    seconds.sort((a, b) => a - b);
    for (const second of seconds) yield* this.buckets.get(second) ?? [];
  }

  clear(): void {
    this.buckets.clear();
  }
}
