import { Controller, Get, Param } from '@nestjs/common';
import { CurrentAuthentication, RequireAcr } from 'nest-stepup';
import type { Authentication } from 'stepup-core';
import type { Message, Statement } from '../bank-api.js';
import { Bank } from './bank.js';
import { subjectOf } from './subject.js';

/** Letters and statements: two factors for each of them, declared once on the class. */
@RequireAcr('urn:okta:loa:2fa:any')
@Controller()
export class MessagesController {
  constructor(private readonly bank: Bank) {}

  @Get('messages')
  messages(@CurrentAuthentication() authentication: Authentication): readonly Message[] {
    return this.bank.messages(subjectOf(authentication));
  }

  @Get('statements/:month')
  statement(
    @CurrentAuthentication() authentication: Authentication,
    @Param('month') month: string,
  ): Statement {
    return this.bank.statement(subjectOf(authentication), month);
  }
}
