/** What a watcher is woken by. */
export class WakeUps {
  count = 0;
  private waiting: (() => void)[] = [];

  readonly wake = (): void => {
    this.count += 1;
    const woken = this.waiting;
    this.waiting = [];
    for (const resolve of woken) resolve();
  };

  /** Resolves with the next time. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }
}
