import { Service, computed, signal } from '@angular/core';

/** What kind of thing happened, which decides how it looks. */
export type ActivityKind =
  | 'signed-in'
  | 'signed-out'
  | 'challenge'
  | 'started'
  | 'phone'
  | 'finished'
  | 'failed'
  | 'replayed';

/** One thing that happened. It holds claims and parameters of challenges, never a token. */
export interface ActivityEntry {
  readonly id: number;
  readonly kind: ActivityKind;
  readonly title: string;
  /** Wire names and their values, as they were sent. */
  readonly details: readonly (readonly [name: string, value: string])[];
  /** The request that it is about, such as `POST /transfers`. */
  readonly request?: string;
  /** When it happened, in seconds since the epoch. */
  readonly at: number;
}

/** What is to be logged; the log adds the number and the time. */
export type NewActivity = Omit<ActivityEntry, 'id' | 'at'>;

const KEY = 'demo.activity';
const MOST_ENTRIES = 60;

/** The tab's record of what step-up did. It outlives a redirect, as the page does not. */
@Service()
export class ActivityLog {
  private readonly all = signal<readonly ActivityEntry[]>(readEntries());

  /** Oldest first. */
  readonly entries = this.all.asReadonly();

  /** Whether a step-up was started and has not ended yet. */
  readonly isStepUpOpen = computed(() => {
    const last = this.all().findLast(({ kind }) => STEP_UP_KINDS.has(kind));
    return last?.kind === 'started';
  });

  add(activity: NewActivity): void {
    this.all.update((entries) => {
      const id = (entries.at(-1)?.id ?? 0) + 1;
      const at = Math.floor(Date.now() / 1000);
      return [...entries, { ...activity, id, at }].slice(-MOST_ENTRIES);
    });
    this.keep();
  }

  /** Whether a request was challenged and has not gone through since. */
  isChallenged(request: string): boolean {
    const last = this.all().findLast((entry) => entry.request === request);
    return last?.kind === 'challenge';
  }

  clear(): void {
    this.all.set([]);
    this.keep();
  }

  private keep(): void {
    sessionStorage.setItem(KEY, JSON.stringify(this.all()));
  }
}

const STEP_UP_KINDS: ReadonlySet<ActivityKind> = new Set(['started', 'finished', 'failed']);

function readEntries(): readonly ActivityEntry[] {
  // Written by this class alone; a page that cannot read it starts with an empty record.
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? (stored as readonly ActivityEntry[]) : [];
  } catch {
    return [];
  }
}
