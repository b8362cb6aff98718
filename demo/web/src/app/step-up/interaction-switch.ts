import { Component, inject } from '@angular/core';
import { DEMO_CONFIG } from '../demo-config';
import {
  INTERACTION,
  RELOAD_PAGE,
  interactionsFor,
  storeInteraction,
  type Interaction,
} from './interaction';

const LABELS: Readonly<Record<Interaction, string>> = {
  popup: 'window (Okta)',
  redirect: 'redirect (Okta)',
  phone: 'phone',
};

/** Lets a person choose how to step up. */
@Component({
  selector: 'app-interaction-switch',
  template: `
    <label for="interaction">Step up by</label>
    <select id="interaction" #select (change)="choose(select.selectedIndex)">
      @for (choice of choices; track choice) {
        <option [value]="choice" [selected]="choice === chosen">{{ labels[choice] }}</option>
      }
    </select>
    @if (chosen === 'phone') {
      <a [href]="phoneUrl" target="_blank" rel="noopener">Open the phone</a>
    }
  `,
  styles: `
    :host {
      display: flex;
      gap: 0.6rem;
      align-items: center;
    }
    a {
      font-size: 0.92rem;
      white-space: nowrap;
    }
    label {
      color: var(--ink-soft);
      font-size: 0.92rem;
      white-space: nowrap;
    }
    select {
      min-height: 2.25rem;
      padding: 0.3rem 0.5rem;
      border: 1px solid var(--line);
      border-radius: 8px;
      background: var(--page);
      color: inherit;
      font: inherit;
      font-size: 0.92rem;
    }
    select:hover {
      border-color: var(--ink-soft);
    }
  `,
})
export class InteractionSwitch {
  private readonly reloadPage = inject(RELOAD_PAGE);

  protected readonly chosen = inject(INTERACTION);
  protected readonly phoneUrl = inject(DEMO_CONFIG).phoneUrl;
  protected readonly choices = interactionsFor(inject(DEMO_CONFIG));
  protected readonly labels = LABELS;

  /** The handlers are told at the start who goes first, so the page starts again. */
  protected choose(index: number): void {
    const choice = this.choices[index];
    if (choice === undefined) return;
    storeInteraction(choice);
    this.reloadPage();
  }
}
