import { DIALOG_DATA } from '@angular/cdk/dialog';
import {
  ChangeDetectionStrategy,
  Component,
  type ElementRef,
  Injector,
  ViewEncapsulation,
  afterNextRender,
  computed,
  effect,
  inject,
  viewChild,
} from '@angular/core';

import type { ConductedFlow } from './conducted-flow';
import { countdown } from './countdown';
import { dialogView } from './dialog-view';
import { ENGLISH_TEXTS } from './english-texts';
import { StepUpQrCode } from './step-up-qr-code';
import {
  STEP_UP_DIALOG_TEXTS,
  type StepUpDialogTexts,
  type StepUpDialogTextsSource,
} from './step-up-dialog-texts';

/** What the dialog of a flow contains. */
@Component({
  selector: 'stepup-dialog-panel',
  imports: [StepUpQrCode],
  templateUrl: './step-up-dialog-panel.html',
  styleUrl: './step-up-dialog-panel.css',
  // Its styles reach the CDK's pane and backdrop, and apps may override them by class.
  encapsulation: ViewEncapsulation.None,
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'stepup-dialog', '[attr.lang]': 'texts().lang' },
})
export class StepUpDialogPanel {
  protected readonly conducted = inject<ConductedFlow<unknown>>(DIALOG_DATA);
  readonly #appTexts = inject(STEP_UP_DIALOG_TEXTS);
  readonly #injector = inject(Injector);
  private readonly heading = viewChild.required<ElementRef<HTMLElement>>('heading');

  protected readonly texts = computed<StepUpDialogTexts>(() => ({
    ...ENGLISH_TEXTS,
    ...textsOf(this.#appTexts),
    ...textsOf(this.conducted.details.texts ?? {}),
  }));
  protected readonly view = computed(() => {
    const { stage, progress, details } = this.conducted;
    const shown = progress && (progress() ?? { phase: 'starting' });
    return dialogView(stage(), shown, details, this.texts());
  });
  protected readonly countdown = countdown(computed(() => this.view().expiresAt));
  /** The code so that a screen reader spells it; a sentence is read as it is. */
  protected readonly spokenCode = computed(() => {
    const { code = '' } = this.view();
    return /^[A-Za-z\d-]{1,12}$/.test(code)
      ? code.replaceAll('-', ',').split('').join(' ')
      : undefined;
  });

  /** Leaves the dialog, but not by a double click on the button that stood there before. */
  protected leave({ detail: clicks }: MouseEvent): void {
    if (clicks < 2) this.conducted.close();
  }

  constructor() {
    let last = this.conducted.stage().name;
    effect(() => {
      const { name } = this.conducted.stage();
      if (name === last) return;
      last = name;
      // The button that was pressed is gone, and what has changed is to be read.
      afterNextRender(() => this.heading().nativeElement.focus(), { injector: this.#injector });
    });
  }
}

function textsOf(source: StepUpDialogTextsSource): Partial<StepUpDialogTexts> {
  const texts = typeof source === 'function' ? source() : source;
  // A translation may name a text that it does not have.
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
}
