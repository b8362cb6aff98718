import { DatePipe } from '@angular/common';
import { httpResource } from '@angular/common/http';
import { Component, inject, signal } from '@angular/core';
import type { Message } from '../../../../bank-api';
import { DEMO_CONFIG } from '../demo-config';
import { Notices } from '../notice/notices';
import { reportFailure } from '../notice/report-failure';

/** Letters from the bank. The page just asks for them: the API decides what it takes. */
@Component({
  selector: 'app-messages',
  imports: [DatePipe],
  templateUrl: './messages.html',
  styleUrl: './messages.css',
})
export class Messages {
  private readonly url = `${inject(DEMO_CONFIG).apiUrl}/messages`;
  private readonly notices = inject(Notices);

  // Back from a step-up that failed, the person decides whether to be asked again.
  private readonly wanted = signal(!this.notices.hasProblem());

  protected readonly messages = httpResource<readonly Message[]>(() =>
    this.wanted() ? this.url : undefined,
  );

  constructor() {
    reportFailure(this.messages, () => this.load());
  }

  protected load(): void {
    this.notices.dismiss();
    if (this.wanted()) this.messages.reload();
    else this.wanted.set(true);
  }
}
