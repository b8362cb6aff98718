import { DatePipe } from '@angular/common';
import { Component, computed, input } from '@angular/core';
import { durationInWords } from '../step-up/words';

/** The claims of one token that step-up is about, under their wire names. */
@Component({
  selector: 'app-claims',
  imports: [DatePipe],
  template: `
    <dl>
      <div>
        <dt>acr</dt>
        <dd>{{ acr() ?? 'absent' }}</dd>
      </div>
      <div>
        <dt>auth_time</dt>
        <dd>
          @if (authTime(); as seconds) {
            {{ seconds * 1000 | date: 'HH:mm:ss' }}
            <span class="age">{{ age() }} ago</span>
          } @else {
            absent
          }
        </dd>
      </div>
      @for (claim of others(); track claim[0]) {
        <div>
          <dt>{{ claim[0] }}</dt>
          <dd>{{ claim[1] }}</dd>
        </div>
      }
    </dl>
  `,
  styles: `
    dl {
      display: grid;
      gap: 0.25rem;
      margin: 0;
      font-family: var(--mono);
      font-size: 0.8rem;
    }
    dl > div {
      display: grid;
      grid-template-columns: 5.5rem 1fr;
      gap: 0.75rem;
    }
    dt {
      color: var(--ink-soft);
    }
    dd {
      margin: 0;
      overflow-wrap: anywhere;
    }
    .age {
      color: var(--warm);
    }
  `,
})
export class ClaimsView {
  readonly acr = input.required<string | undefined>();
  /** In seconds since the epoch, as is `now`. */
  readonly authTime = input.required<number | undefined>();
  readonly now = input.required<number>();
  readonly others = input<readonly (readonly [name: string, value: string])[]>([]);

  protected readonly age = computed(() =>
    durationInWords(Math.max(0, Math.floor(this.now() - (this.authTime() ?? 0)))),
  );
}
