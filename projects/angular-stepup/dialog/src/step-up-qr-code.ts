import {
  ChangeDetectionStrategy,
  Component,
  ViewEncapsulation,
  effect,
  inject,
  input,
  signal,
} from '@angular/core';

import { QR_ENCODER_LOADER, explainMissingEncoder } from './qr-encoder';
import { type QrPicture, drawQrCode } from './qr-picture';

declare const ngDevMode: unknown;

/** Shows a text as a QR code; when that cannot be made, the text itself. */
@Component({
  selector: 'stepup-qr-code',
  // Elements, not a data: image and no inline style: a strict content security policy refuses those.
  template: `
    @if (drawn()?.picture; as picture) {
      <svg
        class="stepup-dialog__qr"
        role="img"
        [attr.aria-label]="label()"
        [attr.viewBox]="picture.viewBox"
      >
        <path class="stepup-dialog__qr-light" [attr.d]="picture.light" />
        <path class="stepup-dialog__qr-dark" [attr.d]="picture.dark" />
      </svg>
    } @else if (drawn()) {
      <p>{{ missing() }}</p>
      <p class="stepup-dialog__qr-text" dir="ltr">{{ text() }}</p>
    }
  `,
  encapsulation: ViewEncapsulation.None,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class StepUpQrCode {
  readonly #load = inject(QR_ENCODER_LOADER);
  readonly text = input.required<string>();
  /** What the picture is, for those who do not see it. */
  readonly label = input.required<string>();
  /** Stands above the text when there is no picture. */
  readonly missing = input.required<string>();

  /** `undefined` while it is being drawn, without a picture when that failed. */
  protected readonly drawn = signal<{ readonly picture: QrPicture | undefined } | undefined>(
    undefined,
  );

  constructor() {
    effect(() => {
      const text = this.text();
      this.drawn.set(undefined);
      void this.#draw(text);
    });
  }

  async #draw(text: string): Promise<void> {
    const picture = await this.#pictureOf(text);
    // Another text may have come meanwhile.
    if (text === this.text()) this.drawn.set({ picture });
  }

  async #pictureOf(text: string): Promise<QrPicture | undefined> {
    try {
      const encoder = await this.#load();
      if (!encoder && (typeof ngDevMode === 'undefined' || ngDevMode)) {
        explainMissingEncoder(this.#load);
      }
      return encoder && drawQrCode(encoder.create(text, { errorCorrectionLevel: 'M' }).modules);
    } catch {
      // The text is too long for a code: it is shown as it is.
      return undefined;
    }
  }
}
