import { Body, Controller, Get, Post, type ExecutionContext } from '@nestjs/common';
import { Authenticated, CurrentAuthentication, RequireStepUp } from 'nest-stepup';
import type { Authentication, AuthenticationRequirement } from 'stepup-core';
import type { Transfer } from '../bank-api.js';
import { Bank } from './bank.js';
import { subjectOf } from './subject.js';
import { parseTransferOrder } from './transfer-order.js';

/** Transfers up to this many euros ask for two factors; above, for a phishing-resistant one. */
export const TWO_FACTOR_LIMIT = 1000;

/**
 * What a transfer demands: the amount decides.
 *
 * A body that is no order is refused here, before anyone is asked to authenticate for it.
 *
 * @throws {BadRequestException} When the body is not a transfer order.
 */
// #region requirement
export function transferRequirement(context: ExecutionContext): AuthenticationRequirement {
  const { amount } = parseTransferOrder(
    context.switchToHttp().getRequest<{ body?: unknown }>().body,
  );
  return amount <= TWO_FACTOR_LIMIT
    ? { acrValues: ['urn:okta:loa:2fa:any'] }
    : { acrValues: ['phr'], maxAge: 300 };
}
// #endregion

@Controller('transfers')
export class TransfersController {
  constructor(private readonly bank: Bank) {}

  @Get()
  @Authenticated()
  list(@CurrentAuthentication() authentication: Authentication): readonly Transfer[] {
    return this.bank.transfers(subjectOf(authentication));
  }

  // #region transfer
  @Post()
  @RequireStepUp(transferRequirement)
  transfer(
    @CurrentAuthentication() authentication: Authentication,
    @Body() body: unknown,
  ): Transfer {
    return this.bank.transfer(subjectOf(authentication), parseTransferOrder(body));
  }
  // #endregion
}
