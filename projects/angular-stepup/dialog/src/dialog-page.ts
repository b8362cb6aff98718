import { ApplicationRef } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import type { StepUpFlow } from './step-up-flow';

/** The page of a test, as its end-user meets it: there is at most one dialog. */
export class DialogPage {
  /** Lets everything happen that needs no more than a moment. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) {
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      await new Promise((resolve) => setTimeout(resolve));
      TestBed.inject(ApplicationRef).tick();
    }
  }

  get dialogs(): readonly HTMLElement[] {
    return [...document.querySelectorAll<HTMLElement>('[role=dialog]')];
  }

  get dialog(): HTMLElement {
    const [dialog] = this.dialogs;
    if (!dialog) throw new Error('There is no dialog');
    return dialog;
  }

  /** What the dialog shows, one space between words. */
  get text(): string {
    return textOf(this.dialog);
  }

  get heading(): string {
    return textOf(this.find('h2'));
  }

  get buttons(): readonly string[] {
    return [...this.dialog.querySelectorAll('button')].map(textOf);
  }

  /** Everything that may be read or spoken, attributes too. */
  get words(): string {
    const labels = [...this.dialog.querySelectorAll('[aria-label],[title],[alt]')].map((element) =>
      ['aria-label', 'title', 'alt'].map((name) => element.getAttribute(name) ?? '').join(' '),
    );
    return [this.text, ...labels].join(' ');
  }

  find(selector: string): HTMLElement {
    const found = this.dialog.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`There is no ${selector}`);
    return found;
  }

  async click(name: string): Promise<void> {
    this.button(name).click();
    await this.settle();
  }

  button(name: string): HTMLButtonElement {
    const found = [...this.dialog.querySelectorAll('button')].find((it) => textOf(it) === name);
    if (!found) throw new Error(`There is no button "${name}"`);
    return found;
  }

  async press(key: string, modifiers: KeyboardEventInit = {}): Promise<void> {
    const event = new KeyboardEvent('keydown', {
      key,
      bubbles: true,
      cancelable: true,
      ...modifiers,
    });
    (document.activeElement ?? document.body).dispatchEvent(event);
    await this.settle();
  }
}

/** A try of a {@link FakeFlow}. */
export interface FakeRun<T> {
  readonly signal: AbortSignal;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** A flow that the test carries out. */
export class FakeFlow<T = string> implements StepUpFlow<T> {
  readonly runs: FakeRun<T>[] = [];

  get last(): FakeRun<T> {
    const last = this.runs.at(-1);
    if (!last) throw new Error('The flow has not been run');
    return last;
  }

  run(signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      this.runs.push({ signal, resolve, reject });
    });
  }
}

function textOf(element: Element): string {
  return (element.textContent ?? '').replace(/\s+/g, ' ').trim();
}
