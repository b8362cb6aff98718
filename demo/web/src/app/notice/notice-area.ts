import { Component, computed, inject } from '@angular/core';
import { StepUp, type StepUpTransaction } from 'angular-stepup';
import { Session } from '../session/session';
import { INTERACTION } from '../step-up/interaction';
import { Notices } from './notices';

const WAITING_TEXTS: Readonly<Record<StepUpTransaction['phase'], string>> = {
  prompting: 'Confirm in the window that opened that it is you.',
  waiting: 'Another tab is asking you to confirm that it is you.',
  redirecting: 'Taking you to where you confirm that it is you …',
};

/** The message area above the page; what appears in it is read out. */
@Component({
  selector: 'app-notice-area',
  template: `
    <div aria-live="polite" aria-atomic="true">
      @if (waiting(); as text) {
        <div class="notice information" data-testid="confirming">
          <p class="waiting">{{ text }}</p>
          @if (stepUp.transaction()?.phase !== 'redirecting') {
            <button type="button" class="quiet small" (click)="stepUp.cancel()">Stop</button>
          }
        </div>
      } @else if (notices.current(); as notice) {
        <div class="notice" [class]="notice.tone" data-testid="notice">
          <div class="words">
            <h2>{{ notice.title }}</h2>
            <p>{{ notice.text }}</p>
          </div>
          <div class="actions">
            @if (notice.retry) {
              <button type="button" class="button small" (click)="notice.retry()">Try again</button>
            }
            @if (notice.needsSignIn) {
              <button type="button" class="button small" (click)="session.signIn()">Sign in</button>
            }
            <button type="button" class="quiet small" (click)="notices.dismiss()">Dismiss</button>
          </div>
        </div>
      }
    </div>
  `,
  styles: `
    .notice {
      --tone: var(--problem);
      display: flex;
      flex-wrap: wrap;
      gap: 0.75rem 1.5rem;
      align-items: center;
      justify-content: space-between;
      margin-block-end: 1.75rem;
      padding: 1rem 1.25rem;
      border: 1px solid color-mix(in srgb, var(--tone) 45%, transparent);
      border-inline-start: 4px solid var(--tone);
      border-radius: var(--radius);
      background: color-mix(in srgb, var(--tone) 9%, var(--surface));
    }
    .success {
      --tone: var(--good);
    }
    .information {
      --tone: var(--accent);
    }
    .words {
      flex: 1 1 18rem;
    }
    h2 {
      margin: 0;
      font-size: 1rem;
    }
    .words p {
      margin: 0.15rem 0 0;
      color: var(--ink-soft);
    }
    .actions {
      display: flex;
      gap: 0.5rem;
    }
  `,
})
export class NoticeArea {
  protected readonly notices = inject(Notices);
  protected readonly session = inject(Session);
  protected readonly stepUp = inject(StepUp);
  private readonly interaction = inject(INTERACTION);

  protected readonly waiting = computed(() => {
    const phase = this.stepUp.transaction()?.phase;
    if (phase === 'prompting' && this.interaction === 'redirect') return WAITING_TEXTS.redirecting;
    // The dialog says how it goes on.
    if (phase === 'prompting' && this.interaction === 'phone') return undefined;
    return phase && WAITING_TEXTS[phase];
  });
}
