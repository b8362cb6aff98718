import { Controller, Get } from '@nestjs/common';
import { Authenticated, CurrentAuthentication } from 'nest-stepup';
import type { Authentication } from 'stepup-core';
import type { Account, Card } from '../bank-api.js';
import { Bank } from './bank.js';
import { subjectOf } from './subject.js';

/** Everything that a signed-in customer sees at a glance: any valid token will do. */
@Authenticated()
@Controller()
export class AccountsController {
  constructor(private readonly bank: Bank) {}

  @Get('accounts')
  accounts(@CurrentAuthentication() authentication: Authentication): readonly Account[] {
    return this.bank.accounts(subjectOf(authentication));
  }

  @Get('cards')
  cards(@CurrentAuthentication() authentication: Authentication): readonly Card[] {
    return this.bank.cards(subjectOf(authentication));
  }
}
