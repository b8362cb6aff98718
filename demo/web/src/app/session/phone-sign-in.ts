import { Injector, Service, inject } from '@angular/core';
import { isStepUpError } from 'angular-stepup';
import { QrSignIn } from 'angular-stepup/ciba';
import { StepUpDialog, type StepUpDialogTexts } from 'angular-stepup/dialog';
import { Notices } from '../notice/notices';

/** Signs in by a QR code that the phone scans. */
@Service()
export class PhoneSignIn {
  private readonly injector = inject(Injector);
  private readonly dialog = inject(StepUpDialog);
  private readonly notices = inject(Notices);

  async run(): Promise<void> {
    this.notices.dismiss();
    try {
      // Not earlier: where nobody can be asked on a phone, there is no CIBA to inject.
      const signIn = this.injector.get(QrSignIn);
      // A camera cannot reach what runs on this computer: the demo's phone is a page.
      const scanning = (): string =>
        `Scan this code with your phone. The demo’s phone takes it by its address: open ${signIn.progress()?.qr ?? 'it'} in another window.`;
      const texts = (): Partial<StepUpDialogTexts> => ({ scanning: scanning() });
      await this.dialog.conduct(signIn, { kind: 'sign-in', texts });
    } catch (error) {
      // Who closes the dialog knows it.
      if (isStepUpError(error) && error.code === 'ERR_STEPUP_CANCELLED') return;
      this.notices.show(error, () => void this.run());
    }
  }
}
