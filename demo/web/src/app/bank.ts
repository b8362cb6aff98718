/** An account as the API lists it; `balance` is in euros. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly iban: string;
  readonly balance: number;
}

export interface Card {
  readonly id: string;
  readonly name: string;
  readonly lastDigits: string;
  readonly frozen: boolean;
}

/** `amount` is in euros. */
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

/** `sentAt` is in seconds since the epoch. */
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

/** What the API read from the access token. */
export interface VerifiedClaims {
  readonly subject?: string;
  readonly acr?: string | readonly string[];
  readonly authTime?: number;
  readonly issuer?: string;
  readonly audience?: string;
  readonly expiresAt?: number;
}
