import { Controller, Delete, Get, HttpCode, Param, Req, Res } from '@nestjs/common';
import { map } from 'rxjs';
import { Transactions } from '../transactions/transactions.js';
import { BrowserBinding } from './browser-binding.js';
import { CibaEndpoint } from './ciba-answers.js';
import { EventStreams } from './event-streams.js';
import type { HttpRequest, HttpResponse } from './http-exchange.js';
import { transactionAnswer } from './transaction-answer.js';

/** Tells a browser how its transaction stands, and lets it give up. */
@Controller('transactions')
@CibaEndpoint()
export class TransactionsController {
  constructor(
    private readonly transactions: Transactions,
    private readonly browsers: BrowserBinding,
    private readonly streams: EventStreams,
  ) {}

  @Get(':id')
  async view(@Param('id') id: string, @Req() request: HttpRequest): Promise<object> {
    return transactionAnswer(await this.transactions.view(id, this.browsers.of(request)));
  }

  @Get(':id/events')
  async events(
    @Param('id') id: string,
    @Req() request: HttpRequest,
    @Res() response: HttpResponse,
  ): Promise<void> {
    const binding = this.browsers.of(request);
    // A watch sits out a short outage. Who only now comes is told of it at once.
    await this.transactions.view(id, binding);
    const views = this.transactions.watch(id, binding);
    await this.streams.send(`transaction ${id}`, response, views.pipe(map(transactionAnswer)));
  }

  @Delete(':id')
  @HttpCode(204)
  async cancel(@Param('id') id: string, @Req() request: HttpRequest): Promise<void> {
    await this.transactions.cancel(id, this.browsers.of(request));
  }
}
