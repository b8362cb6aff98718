import { randomBytes, randomInt } from 'node:crypto';
import type { DemoAccount } from '../../demo.config.js';
import type { RequestOrigin } from './request-origin.js';

/** What has become of a request. `unmet`: approved, but not as strongly as was asked. */
export type RequestState = 'open' | 'approved' | 'denied' | 'unmet';

/** A request to be answered on somebody's phone. */
export interface PhoneRequest {
  /** Names the request on the phone; the authorization server's own handle never gets there. */
  readonly id: string;
  /** The handle by which the client asks for tokens. */
  readonly authReqId: string;
  readonly account: DemoAccount;
  readonly clientName: string;
  /** Requested `acr` values that are known here, most preferred first. */
  readonly acrValues: readonly string[];
  /** Longest acceptable time since the last authentication, in seconds, where one is asked. */
  readonly maxAge: number | undefined;
  /** Text that the other screen shows as well. */
  readonly bindingMessage: string | undefined;
  /** Numbers to pick the one from that the other screen shows; empty where there is none to pick. */
  readonly choices: readonly string[];
  readonly origin: RequestOrigin;
  /** Both in seconds since the epoch. */
  readonly createdAt: number;
  readonly expiresAt: number;
  state: RequestState;
}

/** What a request is made of; its name, its choices and its state are added. */
export type NewPhoneRequest = Omit<PhoneRequest, 'id' | 'choices' | 'state'>;

/** How long a phone can still tell what became of a request, in seconds. */
const KEPT_SECONDS = 600;
const TWO_DIGITS = /^\d{2}$/;
const CHOICES = 3;

/** The requests that wait for an answer, and for a while those that have one. */
export class PhoneRequests {
  readonly #byId = new Map<string, PhoneRequest>();
  readonly #now: () => number;

  /** @param now Current time, in seconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(request: NewPhoneRequest): PhoneRequest {
    this.#dropOld();
    const { bindingMessage } = request;
    const added: PhoneRequest = {
      ...request,
      id: randomBytes(16).toString('base64url'),
      choices:
        bindingMessage !== undefined && TWO_DIGITS.test(bindingMessage)
          ? choicesWith(bindingMessage)
          : [],
      state: 'open',
    };
    this.#byId.set(added.id, added);
    return added;
  }

  /** A request, for the account that it is for: to everybody else it is not there. */
  find(id: string, accountId: string): PhoneRequest | undefined {
    const request = this.#byId.get(id);
    return request?.account.id === accountId ? request : undefined;
  }

  /** What an account can answer now, newest first. */
  openOf(accountId: string): readonly PhoneRequest[] {
    return [...this.#byId.values()]
      .filter((request) => request.account.id === accountId && this.isOpen(request))
      .toReversed();
  }

  isOpen({ state, expiresAt }: PhoneRequest): boolean {
    return state === 'open' && this.#now() < expiresAt;
  }

  #dropOld(): void {
    for (const [id, { expiresAt }] of this.#byId) {
      if (expiresAt + KEPT_SECONDS <= this.#now()) this.#byId.delete(id);
    }
  }
}

/** Different two-digit numbers in ascending order: where the right one stands tells nothing. */
function choicesWith(right: string): readonly string[] {
  const choices = new Set([right]);
  while (choices.size < CHOICES) choices.add(String(randomInt(10, 100)));
  return [...choices].toSorted();
}
