import { NgZone, type Signal, computed, effect, inject, signal } from '@angular/core';
import { STEP_UP_CLOCK } from 'angular-stepup';

/** The time left until a deadline. */
export interface Countdown {
  /** Whole seconds; `undefined` without a deadline, or when it was over when it was first seen. */
  readonly secondsLeft: Signal<number | undefined>;
  /** The last of the moments that are worth saying aloud, in seconds before the deadline. */
  readonly milestone: Signal<number | undefined>;
}

const MILESTONES_SECONDS = [10, 30, 60];

/**
 * Counts down once a second while there is a deadline. To be called in an injection context, whose
 * end stops it.
 *
 * @param deadline In seconds since the Unix epoch.
 */
export function countdown(deadline: Signal<number | undefined>): Countdown {
  const clock = inject(STEP_UP_CLOCK);
  const zone = inject(NgZone);
  const now = signal(clock());

  /** How much time there was in the beginning. */
  const lifetime = computed(() => {
    const at = deadline();
    return at === undefined ? 0 : at - clock();
  });

  effect((onCleanup) => {
    if (deadline() === undefined) return;
    now.set(clock());
    // Inside the zone the app would never be stable, and be checked each second.
    const timer = zone.runOutsideAngular(() => setInterval(() => now.set(clock()), 1000));
    onCleanup(() => clearInterval(timer));
  });

  const secondsLeft = computed(() => {
    const at = deadline();
    // A clock that is wrong by more than the lifetime: better no time than a wrong one.
    if (at === undefined || lifetime() <= 0) return undefined;
    return Math.max(0, Math.ceil(at - now()));
  });
  const milestone = computed(() => {
    const left = secondsLeft();
    if (left === undefined || left === 0) return undefined;
    return MILESTONES_SECONDS.find((seconds) => left <= seconds && seconds < lifetime());
  });
  return { secondsLeft, milestone };
}
