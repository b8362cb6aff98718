import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import type { DemoAccount } from '../../demo.config.js';
import type { Accounts } from '../accounts.js';

const COOKIE = 'harbour-phone';
const ATTRIBUTES = 'Path=/phone; HttpOnly; SameSite=Strict';
const YEAR_SECONDS = 31_536_000;

/** Which browser is whose phone. A phone is known by a cookie, of which only a digest is kept. */
export class RegisteredPhones {
  readonly #accounts: Accounts;
  readonly #ownerIds = new Map<string, string>();

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  register(req: IncomingMessage, res: ServerResponse, account: DemoAccount): void {
    this.#ownerIds.delete(digestOf(req));
    const secret = randomBytes(32).toString('base64url');
    this.#ownerIds.set(digest(secret), account.id);
    res.setHeader('set-cookie', `${COOKIE}=${secret}; ${ATTRIBUTES}; Max-Age=${YEAR_SECONDS}`);
  }

  remove(req: IncomingMessage, res: ServerResponse): void {
    this.#ownerIds.delete(digestOf(req));
    res.setHeader('set-cookie', `${COOKIE}=; ${ATTRIBUTES}; Max-Age=0`);
  }

  /** Whose phone a request comes from; `undefined` when it is nobody's. */
  ownerOf(req: IncomingMessage): DemoAccount | undefined {
    return this.#accounts.find(this.#ownerIds.get(digestOf(req)));
  }
}

function digestOf(req: IncomingMessage): string {
  const secret = parse(req.headers.cookie ?? '', '; ')[COOKIE];
  return digest(typeof secret === 'string' ? secret : '');
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
