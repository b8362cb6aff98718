import { HttpClient, httpResource } from '@angular/common/http';
import { Component, inject, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type { Card } from '../../../../bank-api';
import { DEMO_CONFIG } from '../demo-config';
import { Notices } from '../notice/notices';
import { reportFailure } from '../notice/report-failure';

/** The cards, and a way to freeze one: the API wants a sign-in that is at most a minute old. */
@Component({
  selector: 'app-cards',
  template: `
    <h2>Cards</h2>
    @if (cards.hasValue()) {
      <ul class="rows">
        @for (card of cards.value(); track card.id) {
          <li>
            <div>
              <strong>{{ card.name }}</strong>
              <div class="soft">Ends in {{ card.lastDigits }}</div>
            </div>
            @if (card.frozen) {
              <strong class="frozen">Frozen</strong>
            } @else {
              <button
                type="button"
                class="quiet small"
                [disabled]="freezing() === card.id"
                (click)="freeze(card)"
              >
                {{ freezing() === card.id ? 'Freezing …' : 'Freeze' }}
                <span class="hidden-visually">{{ card.name }}</span>
              </button>
            }
          </li>
        }
      </ul>
    } @else if (cards.isLoading()) {
      <p class="waiting" role="status">Asking the bank …</p>
    } @else {
      <p class="missing soft">Not there at the moment.</p>
    }
  `,
  styles: `
    .frozen {
      color: var(--accent);
    }
  `,
})
export class Cards {
  private readonly http = inject(HttpClient);
  private readonly notices = inject(Notices);
  private readonly url = `${inject(DEMO_CONFIG).apiUrl}/cards`;

  protected readonly cards = httpResource<readonly Card[]>(() => this.url);
  protected readonly freezing = signal<string | undefined>(undefined);

  constructor() {
    reportFailure(this.cards, () => this.cards.reload());
  }

  protected async freeze(card: Card): Promise<void> {
    this.freezing.set(card.id);
    try {
      await firstValueFrom(this.http.post<Card>(`${this.url}/${card.id}/freeze`, {}));
      this.notices.tell(
        'success',
        `Your ${card.name.toLowerCase()} is frozen`,
        'Nobody can pay with it.',
      );
      this.cards.reload();
    } catch (error) {
      this.notices.show(error, () => void this.freeze(card));
    } finally {
      this.freezing.set(undefined);
    }
  }
}
