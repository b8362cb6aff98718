import { Injectable } from '@nestjs/common';

/** Somebody who waits for a transaction. */
export interface Watch {
  /** When to look without having been woken, in seconds since the Unix epoch. */
  readonly lookAt: number;
  look(): Promise<void>;
  /** Ends it, as the process ends. */
  close(): void;
}

/**
 * Who waits for transactions in this process.
 *
 * A wake-up may get lost, and nobody writes that time has passed: the worker's timer goes through
 * this list, so that no watch needs one of its own.
 */
@Injectable()
export class WatchList {
  private readonly watches = new Set<Watch>();
  private isClosed = false;
  /** Set by the worker, whose timer may stand still. */
  onAdd: () => void = () => undefined;

  get isEmpty(): boolean {
    return this.watches.size === 0;
  }

  add(watch: Watch): void {
    // Nobody would ever tell it anything.
    if (this.isClosed) return watch.close();
    this.watches.add(watch);
    this.onAdd();
  }

  delete(watch: Watch): void {
    this.watches.delete(watch);
  }

  /** Has everybody look whose time has come. It does not reject. */
  async look(now: number): Promise<void> {
    const due = [...this.watches].filter(({ lookAt }) => now >= lookAt);
    await Promise.all(due.map((watch) => watch.look()));
  }

  /** Ends all of them, also those that come after. */
  close(): void {
    this.isClosed = true;
    for (const watch of this.watches) watch.close();
    this.watches.clear();
  }
}
