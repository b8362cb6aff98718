import { DatePipe } from '@angular/common';
import { HttpContext, httpResource } from '@angular/common/http';
import { Component, computed, inject, signal } from '@angular/core';
import { SKIP_STEP_UP, StepUp } from 'angular-stepup';
import type { VerifiedClaims } from '../../../../bank-api';
import { Clock } from '../clock';
import { DEMO_CONFIG } from '../demo-config';
import { ActivityLog } from './activity-log';
import { ClaimsView } from './claims-view';

/** “What just happened”: the claims as they stand, and each challenge, step-up and replay. */
@Component({
  selector: 'app-activity-panel',
  imports: [ClaimsView, DatePipe],
  templateUrl: './activity-panel.html',
  styleUrl: './activity-panel.css',
  host: { '[class.open]': 'isOpen()' },
})
export class ActivityPanel {
  private readonly config = inject(DEMO_CONFIG);
  private readonly stepUp = inject(StepUp);

  protected readonly log = inject(ActivityLog);
  protected readonly authentication = computed(() => this.stepUp.authentication());
  protected readonly isOpen = signal(globalThis.matchMedia?.('(min-width: 75rem)').matches ?? true);
  protected readonly now = inject(Clock).now;

  protected readonly entries = computed(() => this.log.entries().toReversed());
  protected readonly acr = computed(() => spaced(this.authentication()?.acr));
  protected readonly amr = computed(() => {
    const amr = spaced(this.authentication()?.amr);
    return amr === undefined ? [] : [['amr', amr] as const];
  });

  /** What the API read from the access token; asked anew for each new authentication. */
  protected readonly seen = httpResource<VerifiedClaims>(() =>
    this.authentication()
      ? {
          url: `${this.config.apiUrl}/me`,
          context: new HttpContext().set(SKIP_STEP_UP, true),
        }
      : undefined,
  );
  protected readonly seenAcr = computed(() =>
    this.seen.hasValue() ? spaced(this.seen.value().acr) : undefined,
  );
  protected readonly seenOthers = computed(() => {
    const audience = this.seen.hasValue() ? spaced(this.seen.value().audience) : undefined;
    return audience === undefined ? [] : [['aud', audience] as const];
  });

  protected toggle(): void {
    this.isOpen.update((isOpen) => !isOpen);
  }
}

function spaced(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.join(' ');
}
