import { Service, effect, inject, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import {
  NavigationCancel,
  NavigationCancellationCode,
  NavigationEnd,
  NavigationError,
  NavigationStart,
  Router,
  type Event as RouterEvent,
} from '@angular/router';
import { StepUp } from 'angular-stepup';
import { noticeText, type NoticeText } from './notice-text';

/** What the page's message area shows, and what “Try again” does. */
export interface Notice extends NoticeText {
  readonly tone: 'problem' | 'success' | 'information';
  readonly retry?: () => void;
}

/** Keeps the one message that stands above the page; it goes when the page that it is about is left. */
@Service()
export class Notices {
  readonly current = signal<Notice | undefined>(undefined);

  private readonly router = inject(Router);
  private readonly stepUp = inject(StepUp);
  private readonly retries = new Set<() => void>();
  private shown: unknown;
  private hasArrived = false;
  private wanted = '/';

  constructor() {
    this.router.events.pipe(takeUntilDestroyed()).subscribe((event) => this.follow(event));
    effect(() => {
      const error = this.stepUp.error();
      if (error) this.show(error);
    });
  }

  /**
   * Tells about a failure in plain words.
   *
   * @param retry What “Try again” does, once the message is gone; the button is there only when
   *   trying again can help.
   */
  show(error: unknown, retry?: () => void): void {
    // The same failure is reported by the page, which knows how to retry, and by `StepUp.error()`.
    // Untracked: an effect that calls this must not run again because of what it shows.
    if (untracked(this.current) && this.shown === error && !retry) return;
    const text = noticeText(error);
    // Several requests that fail together are one failure to a person: one click retries them all.
    if (untracked(this.current)?.title !== text.title) this.retries.clear();
    if (retry && text.canRetry) this.retries.add(retry);
    this.shown = error;
    this.current.set({
      ...text,
      tone: 'problem',
      ...(this.retries.size > 0 && { retry: () => this.retryAll() }),
    });
  }

  /** Whether something that went wrong is being told, or about to be. */
  hasProblem(): boolean {
    const error = this.stepUp.error();
    return this.current()?.tone === 'problem' || (error !== undefined && error !== this.shown);
  }

  /** Tells about something that went well, or that is good to know. */
  tell(tone: Notice['tone'], title: string, text: string): void {
    this.retries.clear();
    this.current.set({ tone, title, text, canRetry: false });
  }

  dismiss(): void {
    this.retries.clear();
    this.current.set(undefined);
  }

  private retryAll(): void {
    const retries = [...this.retries];
    this.dismiss();
    for (const retry of retries) retry();
  }

  private follow(event: RouterEvent): void {
    if (event instanceof NavigationStart) {
      this.wanted = event.url;
      // What went wrong at the callback is told on the page that it leads to.
      if (this.hasArrived) this.dismiss();
    }
    if (event instanceof NavigationEnd) this.hasArrived = true;
    if (event instanceof NavigationError) this.showClosedPage(event.error);
    if (
      event instanceof NavigationCancel &&
      event.code === NavigationCancellationCode.GuardRejected
    ) {
      this.showClosedPage(this.stepUp.error());
    }
  }

  /** Tells why a page did not open, and leaves the person on a page that does. */
  private showClosedPage(error: unknown): void {
    const { wanted } = this;
    if (error) this.show(error, () => void this.router.navigateByUrl(wanted));
    if (!this.hasArrived) void this.router.navigateByUrl('/');
  }
}
