import type { Account, Card, Message, Statement, Transfer } from '../bank-api.js';

/** A customer as the books keep them: money in whole cents. */
export interface Customer {
  readonly accounts: (Omit<Account, 'balance'> & { cents: number })[];
  readonly cards: Card[];
  readonly transfers: Transfer[];
  readonly messages: readonly Message[];
  readonly statements: readonly Statement[];
}

const DAY_SECONDS = 86_400;

/**
 * A fictional customer with a past.
 *
 * @param now Seconds since the epoch; the past is laid out before it.
 */
export function seedCustomer(now: number): Customer {
  const ago = (days: number): number => now - days * DAY_SECONDS;
  return {
    accounts: [
      {
        id: 'current',
        name: 'Current account',
        iban: 'XX12 HRBR 0000 4821 7301',
        cents: 6_482_018,
      },
      { id: 'savings', name: 'Rainy days', iban: 'XX12 HRBR 0000 4821 7302', cents: 2_450_000 },
      { id: 'boat', name: 'The boat', iban: 'XX12 HRBR 0000 4821 7303', cents: 731_944 },
    ],
    cards: [
      { id: 'debit', name: 'Debit card', lastDigits: '4821', frozen: false },
      { id: 'travel', name: 'Travel card', lastDigits: '0937', frozen: false },
    ],
    transfers: [
      transfer('T-1003', 'Lighthouse Electric', 84.2, 'Invoice 2207', ago(3)),
      transfer('T-1002', 'Marlow & Finch', 1_250, 'Rent', ago(12)),
      transfer('T-1001', 'Ines Calder', 36.5, 'Dinner on the pier', ago(19)),
    ],
    messages: [
      {
        id: 'M-3',
        from: 'Harbour Bank',
        subject: 'Your savings rate goes up',
        text: 'From the first of next month, “Rainy days” earns 2.4 % a year. There is nothing you need to do.',
        sentAt: ago(1),
      },
      {
        id: 'M-2',
        from: 'Nora Lindqvist, your adviser',
        subject: 'About the loan for the boat',
        text: 'I have put the two offers that we talked about in writing. Have a look, and call me when it suits you.',
        sentAt: ago(6),
      },
      {
        id: 'M-1',
        from: 'Harbour Bank',
        subject: 'A new device was added',
        text: 'A passkey was added to your profile. If that was not you, freeze your cards and call us at once.',
        sentAt: ago(20),
      },
    ],
    statements: [
      statement('2026-06', 4_310, 3_742.18, 58_204.66),
      statement('2026-07', 4_310, 2_986.4, 59_528.26),
      statement('2026-08', 4_310, 3_105.77, 60_732.49),
      statement('2026-09', 5_120, 2_870.03, 62_982.46),
      statement('2026-10', 4_310, 2_472.28, 64_820.18),
    ],
  };
}

function transfer(
  id: string,
  to: string,
  amount: number,
  reference: string,
  madeAt: number,
): Transfer {
  return { id, to, amount, reference, madeAt };
}

function statement(month: string, paidIn: number, paidOut: number, closing: number): Statement {
  return { month, paidIn, paidOut, closing };
}
