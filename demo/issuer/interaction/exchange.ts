import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DemoAccount } from '../../demo.config.js';
import type { Accounts } from '../accounts.js';
import type { ProvenFactor } from '../acr-ladder.js';
import type { Progress } from './progress.js';
import type { SignInRequest } from './sign-in-request.js';

/** One HTTP request within one interaction. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly uid: string;
  /** Path of the interaction's page. */
  readonly path: string;
  readonly clientName: string;
  readonly request: SignInRequest;
  readonly progress: Progress;
}

/** Who signs in: whoever has proven a factor, else whoever the session belongs to. */
export function accountOf(
  { request, progress }: Exchange,
  accounts: Accounts,
): DemoAccount | undefined {
  const assumed = progress.anotherAccount ? undefined : request.sessionAccountId;
  return accounts.find(progress.accountId ?? assumed);
}

/** The factors that count: what the session remembers is worth nothing to another account. */
export function provenIn({ request, progress }: Exchange): ReadonlySet<ProvenFactor> {
  if (progress.anotherAccount) return progress.proven;
  return new Set([...request.remembered, ...progress.proven]);
}
