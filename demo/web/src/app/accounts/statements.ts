import { CurrencyPipe, DatePipe } from '@angular/common';
import { HttpClient } from '@angular/common/http';
import { Component, inject, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type { Statement } from '../../../../bank-api';
import { DEMO_CONFIG } from '../demo-config';
import { Notices } from '../notice/notices';

const MONTHS = ['2026-06', '2026-07', '2026-08', '2026-09', '2026-10'] as const;

/** Five requests at the same moment: each may be challenged, and the person is asked once. */
@Component({
  selector: 'app-statements',
  imports: [CurrencyPipe, DatePipe],
  template: `
    <h2>Statements</h2>
    @if (statements(); as all) {
      <ul class="rows" data-testid="statements">
        @for (statement of all; track statement.month) {
          <li>
            <div>
              <strong>{{ statement.month | date: 'MMMM y' }}</strong>
              <div class="soft amount">
                In {{ statement.paidIn | currency: 'EUR' }} · Out
                {{ statement.paidOut | currency: 'EUR' }}
              </div>
            </div>
            <span class="amount">{{ statement.closing | currency: 'EUR' }}</span>
          </li>
        }
      </ul>
    } @else {
      <p class="soft">
        Five months, fetched with five requests at once. Each of them asks for two factors; you are
        asked once.
      </p>
      <button type="button" class="button" [disabled]="isLoading()" (click)="load()">
        {{ isLoading() ? 'Loading five statements …' : 'Load five statements' }}
      </button>
    }
  `,
  styles: `
    p {
      max-width: 38rem;
      margin: 0 0 1rem;
    }
  `,
})
export class Statements {
  private readonly http = inject(HttpClient);
  private readonly notices = inject(Notices);
  private readonly url = `${inject(DEMO_CONFIG).apiUrl}/statements`;

  protected readonly statements = signal<readonly Statement[] | undefined>(undefined);
  protected readonly isLoading = signal(false);

  protected async load(): Promise<void> {
    this.isLoading.set(true);
    try {
      const requests = MONTHS.map((month) =>
        firstValueFrom(this.http.get<Statement>(`${this.url}/${month}`)),
      );
      this.statements.set(await Promise.all(requests));
    } catch (error) {
      this.notices.show(error, () => void this.load());
    } finally {
      this.isLoading.set(false);
    }
  }
}
