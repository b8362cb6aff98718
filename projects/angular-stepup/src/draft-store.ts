import { DOCUMENT, DestroyRef, Injectable, inject } from '@angular/core';

import { StepUp } from './step-up';
import { STEP_UP_CLOCK } from './step-up-feature';
import { tabStorage } from './tab-storage';

const MAX_CHARACTERS = 65_536;

/**
 * Keeps what the end-user typed while the page is left for a step-up.
 *
 * A draft stays in this tab's `sessionStorage` until it is taken, and at most ten minutes. Never
 * put a token or a password into one.
 */
@Injectable({ providedIn: 'root' })
export class DraftStore {
  readonly #drafts = tabStorage<{ readonly key: string; readonly value: unknown }>(
    'stepup.drafts',
    inject(DOCUMENT).defaultView,
    inject(STEP_UP_CLOCK),
  );

  /**
   * Keeps a value under a key, in place of the one before.
   *
   * @param value Anything that JSON can hold, up to 64 Ki characters of it.
   * @returns Whether it is kept.
   */
  save(key: string, value: unknown): boolean {
    this.discard(key);
    const json: string | undefined = JSON.stringify(value);
    if (json === undefined || json.length > MAX_CHARACTERS) return false;
    return this.#drafts.add({ key, value });
  }

  /** Takes a value out: it is there once. */
  take(key: string): unknown {
    const draft = this.#drafts.read().find((candidate) => candidate.key === key);
    this.discard(key);
    return draft?.value;
  }

  /** Forgets a value. */
  discard(key: string): void {
    this.#drafts.write(this.#drafts.read().filter((draft) => draft.key !== key));
  }
}

/** What a component gets back of a form that a step-up interrupted. */
export type Draft<T> =
  | { readonly interrupted: true; readonly value: T }
  | { readonly interrupted: false; readonly value: undefined };

/**
 * Keeps a form's state over the redirect of a step-up, for as long as its component lives.
 *
 * Call it where `inject()` may be called. The app decides whether to submit again.
 *
 * @param key Names the form within the app.
 * @param source Gives what to keep; it is called when the page is left while a step-up is under way.
 *   Never a token or a password.
 *
 * @example
 * readonly form = inject(NonNullableFormBuilder).group({ to: '', amount: 0 });
 * readonly draft = injectDraft('transfer', () => this.form.getRawValue());
 * constructor() {
 *   if (this.draft.interrupted) this.form.setValue(this.draft.value);
 * }
 */
export function injectDraft<T>(key: string, source: () => T): Draft<T> {
  const store = inject(DraftStore);
  const stepUp = inject(StepUp);
  const window = inject(DOCUMENT).defaultView;
  const save = (): void => {
    if (!stepUp.transaction()) return;
    try {
      store.save(key, source());
    } catch {
      // A form that cannot be read, or is not JSON, must not keep the others from being saved.
    }
  };
  // The end-user came back by the back button to the page as it was left: the form is still there.
  const discard = (): void => store.discard(key);
  window?.addEventListener('pagehide', save);
  window?.addEventListener('pageshow', discard);
  inject(DestroyRef).onDestroy(() => {
    window?.removeEventListener('pagehide', save);
    window?.removeEventListener('pageshow', discard);
  });
  const value = store.take(key);
  if (value === undefined) return { interrupted: false, value };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- It is what `source` gave.
  return { interrupted: true, value: value as T };
}
