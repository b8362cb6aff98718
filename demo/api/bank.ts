import { Injectable, NotFoundException, UnprocessableEntityException } from '@nestjs/common';
import { seedCustomer, type Customer } from './seed.js';

/** One account of a customer; `balance` is in euros. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly iban: string;
  readonly balance: number;
}

/** A payment card. */
export interface Card {
  readonly id: string;
  readonly name: string;
  readonly lastDigits: string;
  readonly frozen: boolean;
}

/** What a customer asks for: `amount` is in euros, at most two decimals. */
export interface TransferOrder {
  readonly to: string;
  readonly amount: number;
  readonly reference: string;
}

/** A transfer that was made; `madeAt` is in seconds since the epoch. */
export interface Transfer extends TransferOrder {
  readonly id: string;
  readonly madeAt: number;
}

/** A note from the bank. */
export interface Message {
  readonly id: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly sentAt: number;
}

/** One month's statement; the sums are in euros. */
export interface Statement {
  readonly month: string;
  readonly paidIn: number;
  readonly paidOut: number;
  readonly closing: number;
}

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
