import { DestroyRef, Service, inject, signal } from '@angular/core';

/** The time, for what is told in ages: it ticks once a second. */
@Service()
export class Clock {
  private readonly time = signal(Date.now() / 1000);

  /** Seconds since the epoch. */
  readonly now = this.time.asReadonly();

  constructor() {
    const ticking = setInterval(() => this.time.set(Date.now() / 1000), 1000);
    inject(DestroyRef).onDestroy(() => clearInterval(ticking));
  }
}
