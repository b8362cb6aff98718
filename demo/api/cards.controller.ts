import { Controller, Param, Post } from '@nestjs/common';
import { CurrentAuthentication, MaxAge } from 'nest-stepup';
import type { Authentication } from 'stepup-core';
import type { Card } from '../bank-api.js';
import { Bank } from './bank.js';
import { subjectOf } from './subject.js';

@Controller('cards')
export class CardsController {
  constructor(private readonly bank: Bank) {}

  /** Any factor is enough, but it must have been used within the last minute. */
  // #region freeze
  @Post(':id/freeze')
  @MaxAge(60)
  freeze(@CurrentAuthentication() authentication: Authentication, @Param('id') id: string): Card {
    return this.bank.freezeCard(subjectOf(authentication), id);
  }
  // #endregion
}
