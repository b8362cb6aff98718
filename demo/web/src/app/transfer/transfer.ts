import { CurrencyPipe, DatePipe } from '@angular/common';
import { HttpClient } from '@angular/common/http';
import {
  Component,
  ElementRef,
  afterNextRender,
  computed,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import {
  FormControl,
  FormGroup,
  ReactiveFormsModule,
  Validators,
  type ValidatorFn,
} from '@angular/forms';
import { RouterLink } from '@angular/router';
import { injectDraft } from 'angular-stepup';
import { firstValueFrom } from 'rxjs';
import type { Transfer } from '../../../../bank-api';
import { DEMO_CONFIG } from '../demo-config';
import { Notices } from '../notice/notices';
import { Standing } from '../step-up/standing';
import { requirementInWords } from '../step-up/words';

const TWO_FACTOR_LIMIT = 1000;

const required: ValidatorFn = (control) => Validators.required(control);

/** Sends money. The API looks at the amount; what was typed outlives every step-up. */
@Component({
  selector: 'app-transfer',
  imports: [CurrencyPipe, DatePipe, ReactiveFormsModule, RouterLink],
  templateUrl: './transfer.html',
  styleUrl: './transfer.css',
})
export class TransferPage {
  private readonly http = inject(HttpClient);
  private readonly config = inject(DEMO_CONFIG);
  private readonly notices = inject(Notices);
  private readonly standing = inject(Standing);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);

  protected readonly form = new FormGroup({
    to: new FormControl('', {
      nonNullable: true,
      validators: [required, Validators.pattern(/\S/), Validators.maxLength(70)],
    }),
    amount: new FormControl<number | null>(null, {
      validators: [required, Validators.min(0.01), Validators.max(1_000_000)],
    }),
    reference: new FormControl('', { nonNullable: true, validators: Validators.maxLength(140) }),
  });

  private readonly draft = injectDraft('transfer', () => this.form.getRawValue());
  private readonly amount = toSignal(this.form.controls.amount.valueChanges, {
    initialValue: this.draft.value?.amount ?? null,
  });
  private readonly receiptHeading = viewChild<ElementRef<HTMLElement>>('receiptHeading');

  protected readonly isSending = signal(false);
  protected readonly receipt = signal<Transfer | undefined>(undefined);

  private readonly requirement = computed(() =>
    (this.amount() ?? 0) > TWO_FACTOR_LIMIT
      ? { acrValues: ['phr'], maxAge: 300 }
      : { acrValues: ['urn:okta:loa:2fa:any'] },
  );

  /** What the API will ask for; it has the last word. */
  protected readonly demand = computed(() => requirementInWords(this.requirement()));
  protected readonly isMet = computed(() => this.standing.satisfies(this.requirement()));

  constructor() {
    if (!this.draft.interrupted) return;
    this.form.setValue(this.draft.value);
    if (!this.notices.hasProblem()) {
      this.notices.tell(
        'information',
        'Your transfer is as you left it',
        'Nothing has been sent yet. Have a look, and send it.',
      );
    }
    afterNextRender(() => this.focus('button[type=submit]'));
  }

  protected async send(): Promise<void> {
    if (this.isSending()) return;
    this.form.markAllAsTouched();
    if (this.form.invalid) return this.focus('input.ng-invalid');

    this.notices.dismiss();
    this.isSending.set(true);
    try {
      const order = this.form.getRawValue();
      const url = `${this.config.apiUrl}/transfers`;
      this.receipt.set(await firstValueFrom(this.http.post<Transfer>(url, order)));
      this.form.reset();
      // The heading is there once the receipt is rendered.
      setTimeout(() => this.receiptHeading()?.nativeElement.focus());
    } catch (error) {
      this.notices.show(error, () => void this.send());
    } finally {
      this.isSending.set(false);
    }
  }

  protected startAnother(): void {
    this.receipt.set(undefined);
  }

  private focus(selector: string): void {
    this.host.nativeElement.querySelector<HTMLElement>(selector)?.focus();
  }
}
