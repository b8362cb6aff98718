import { Injectable, NotFoundException, UnprocessableEntityException } from '@nestjs/common';
import type { Account, Card, Message, Statement, Transfer, TransferOrder } from '../bank-api.js';
import { seedCustomer, type Customer } from './seed.js';

/** The bank's books, in memory: each customer has accounts of their own, gone when the process ends. */
@Injectable()
export class Bank {
  private readonly customers = new Map<string, Customer>();

  accounts(subject: string): readonly Account[] {
    return this.customer(subject).accounts.map(({ cents, ...account }) => ({
      ...account,
      balance: cents / 100,
    }));
  }

  cards(subject: string): readonly Card[] {
    return this.customer(subject).cards;
  }

  messages(subject: string): readonly Message[] {
    return this.customer(subject).messages;
  }

  transfers(subject: string): readonly Transfer[] {
    return this.customer(subject).transfers;
  }

  statement(subject: string, month: string): Statement {
    const statement = this.customer(subject).statements.find((each) => each.month === month);
    if (!statement) throw new NotFoundException('There is no statement for that month.');
    return statement;
  }

  transfer(subject: string, order: TransferOrder): Transfer {
    const customer = this.customer(subject);
    const account = customer.accounts[0];
    const cents = Math.round(order.amount * 100);
    if (!account || account.cents < cents) {
      throw new UnprocessableEntityException('There is not enough money in your current account.');
    }
    account.cents -= cents;
    const id = `T-${customer.transfers.length + 1001}`;
    const transfer = { ...order, id, madeAt: Math.floor(Date.now() / 1000) };
    customer.transfers.unshift(transfer);
    return transfer;
  }

  freezeCard(subject: string, id: string): Card {
    const { cards } = this.customer(subject);
    const index = cards.findIndex((each) => each.id === id);
    const card = cards[index];
    if (!card) throw new NotFoundException('There is no such card.');
    const frozen = { ...card, frozen: true };
    cards[index] = frozen;
    return frozen;
  }

  private customer(subject: string): Customer {
    const known = this.customers.get(subject);
    if (known) return known;
    const customer = seedCustomer(Math.floor(Date.now() / 1000));
    this.customers.set(subject, customer);
    return customer;
  }
}
