// What the API answers and the web app shows.

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

/** A note from the bank; `sentAt` is in seconds since the epoch. */
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

/** What the API read from the caller's access token; absent claims are absent here. */
export interface VerifiedClaims {
  readonly subject?: string;
  readonly acr?: string | readonly string[];
  readonly authTime?: number;
  readonly issuer?: string;
  readonly audience?: string | readonly string[];
  readonly expiresAt?: number;
}
