import { CurrencyPipe, DatePipe } from '@angular/common';
import { httpResource } from '@angular/common/http';
import { Component, computed, inject } from '@angular/core';
import type { Account, Transfer } from '../../../../bank-api';
import { DEMO_CONFIG } from '../demo-config';
import { reportFailure } from '../notice/report-failure';
import { Cards } from './cards';
import { Statements } from './statements';

/** Balances and what was sent: any sign-in opens it. Cards and statements ask for more by themselves. */
@Component({
  selector: 'app-accounts',
  imports: [Cards, CurrencyPipe, DatePipe, Statements],
  templateUrl: './accounts.html',
  styleUrl: './accounts.css',
})
export class Accounts {
  private readonly config = inject(DEMO_CONFIG);

  protected readonly accounts = httpResource<readonly Account[]>(
    () => `${this.config.apiUrl}/accounts`,
  );
  protected readonly transfers = httpResource<readonly Transfer[]>(
    () => `${this.config.apiUrl}/transfers`,
  );
  protected readonly total = computed(() =>
    this.accounts.hasValue()
      ? this.accounts.value().reduce((sum, { balance }) => sum + balance, 0)
      : 0,
  );

  constructor() {
    reportFailure(this.accounts, () => this.accounts.reload());
    reportFailure(this.transfers, () => this.transfers.reload());
  }
}
