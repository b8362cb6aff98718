import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  BackchannelClient,
  type RedemptionOutcome,
  type TokenSet,
} from '../authorization-server/backchannel-client.js';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import { objectionTo } from './approval-check.js';
import { AuthReqIds } from './auth-req-ids.js';
import type { RecordEvent } from './record-event.js';
import { isTokenSet, SealedApprovals } from './sealed-approvals.js';
import { TokenDisposal } from './token-disposal.js';
import { UNREADABLE_DESCRIPTION, type TransactionRecord } from './transaction-record.js';
import {
  TransactionRecords,
  type RecordChange,
  type StoredTransaction,
} from './transaction-records.js';
import { isDue } from './transaction-state.js';

/** How long a request to the authorization server is given before its sender counts as dead. */
export function leaseSeconds({ timeoutSeconds }: Pick<CibaSettings, 'timeoutSeconds'>): number {
  // Until a token request is answered: discovery, a remote signature, the request, and both again
  // for a DPoP nonce.
  return 5 * timeoutSeconds + 5;
}

/** An answer of the authorization server's that is not in the store yet. */
interface Answer {
  readonly key: string;
  readonly claim: StoredTransaction;
  readonly leaseUntil: number;
  readonly event: RecordEvent;
  readonly tokens: TokenSet | undefined;
}

/**
 * Takes a transaction that is due one step on: at most one token request, by at most one process.
 *
 * The claim is written before the request is sent, and says until when it holds. A claim that has
 * run out belongs to a process that died; what its request got was given to nobody, so another one
 * is sent. An answer that comes after all finds that its claim is no longer in force: it is dropped,
 * and its tokens are revoked.
 */
@Injectable()
export class Redemption {
  private readonly logger = new Logger('StepUp');
  private readonly unwritten = new Set<Answer>();
  private isPingMissed = false;

  constructor(
    @Inject(CIBA_SETTINGS)
    private readonly settings: Pick<
      CibaSettings,
      | 'baseUrl'
      | 'now'
      | 'timeoutSeconds'
      | 'handOverSeconds'
      | 'clockToleranceSeconds'
      | 'acrRanking'
    >,
    private readonly records: TransactionRecords,
    private readonly client: BackchannelClient,
    private readonly authReqIds: AuthReqIds,
    private readonly approvals: SealedApprovals,
    private readonly disposal: TokenDisposal,
  ) {}

  /** Whether there are answers that the store could not take yet. */
  get hasUnwritten(): boolean {
    return this.unwritten.size > 0;
  }

  /**
   * Looks at a transaction: sends a token request if one is due, ends it if its time is up.
   *
   * @returns Whether it is due again at once.
   * @throws {CibaException} `temporarily_unavailable` when the store cannot be reached before the
   *   request is sent.
   */
  async attempt(key: string): Promise<boolean> {
    const { now } = this.settings;
    const leaseUntil = now() + leaseSeconds(this.settings);
    const claim = await this.records.update(key, (record) =>
      isDue(record, now())
        ? { type: 'claimed', now: now(), leaseUntil }
        : { type: 'lapsed', now: now() },
    );
    if (claim?.record.state.phase !== 'redeeming') {
      this.authReqIds.forget(key);
      if (claim) await this.disposal.ofTransaction(key, claim.before);
      return false;
    }
    const answer = await this.ask(key, claim, leaseUntil);
    const written = await this.write(answer);
    if (answer.event.type !== 'postponed') this.authReqIds.forget(key);
    if (written) this.tellMissingPing(written);
    return written !== undefined && isDue(written.record, now());
  }

  /** Writes the answers that the store could not take before. */
  async writeAgain(): Promise<void> {
    const answers = [...this.unwritten];
    await Promise.all(answers.map((answer) => this.write(answer)));
  }

  /** In ping mode the user's answer was found by asking, long after the start: nobody called. */
  private tellMissingPing({ before, record }: RecordChange): void {
    const { fallbackSeconds } = before.state.phase === 'redeeming' ? before.state : {};
    const isAnswered = record.state.phase === 'ready' || record.state.phase === 'denied';
    if (this.isPingMissed || fallbackSeconds === undefined || !isAnswered) return;
    if (this.settings.now() < record.startedAt + fallbackSeconds) return;
    this.isPingMissed = true;
    this.logger.warn(
      `The authorization server did not call ${this.settings.baseUrl}/ciba/notify: is the client ` +
        'registered there for ping, with that address? (this is told once)',
    );
  }

  private async ask(key: string, claim: RecordChange, leaseUntil: number): Promise<Answer> {
    const { record } = claim;
    const answer = { key, claim, leaseUntil };
    const outcome = await this.redeem(key, record);
    switch (outcome.outcome) {
      case 'approved':
        return { ...answer, ...(await this.judge(key, record, outcome.result)) };
      case 'pending':
      case 'slow_down':
      case 'unreachable': {
        const event = { type: 'postponed', attempt: record.attempts, now: this.settings.now() };
        return { ...answer, event: { ...event, ...outcome, type: 'postponed' }, tokens: undefined };
      }
      case 'denied':
      case 'expired':
      case 'failed':
        return { ...answer, event: endedBy(record, outcome), tokens: undefined };
      default:
        return { ...answer, event: endedBy(record, UNINTELLIGIBLE), tokens: undefined };
    }
  }

  private async redeem(key: string, record: TransactionRecord) {
    const authReqId = await this.authReqIds.open(key, record);
    if (authReqId === undefined) return UNSEALED;
    try {
      return await this.client.redeem(authReqId, record.resource);
    } catch (error) {
      // Its client says that it does not reject. What it has sent nobody knows: no second request.
      const kind = error instanceof Error ? error.name : typeof error;
      this.logger.error(`Cannot read what came of a token request: current error is ${kind}`);
      return UNINTELLIGIBLE;
    }
  }

  private async judge(
    key: string,
    record: TransactionRecord,
    result: Extract<RedemptionOutcome, { outcome: 'approved' }>['result'],
  ): Promise<Pick<Answer, 'event' | 'tokens'>> {
    const tokens: unknown = result?.tokens;
    if (!isTokenSet(tokens)) return { event: endedBy(record, UNINTELLIGIBLE), tokens: undefined };
    if (!result.authentication) return { event: endedBy(record, UNINTELLIGIBLE), tokens };
    const objection = objectionTo(result, record, this.settings);
    if (objection) return { event: endedBy(record, { outcome: 'failed', ...objection }), tokens };
    const { subject } = result.authentication;
    const about = subject === undefined ? {} : { subject };
    const event: RecordEvent = {
      type: 'approved',
      attempt: record.attempts,
      tokens: await this.approvals.seal(key, record, { tokens, ...about }),
      readyUntil: this.settings.now() + this.settings.handOverSeconds,
      ...about,
    };
    return { event, tokens };
  }

  /** @returns `undefined` when it was not written, now or for good. */
  private async write(answer: Answer): Promise<RecordChange | undefined> {
    const { key, claim, event, tokens } = answer;
    let last: TransactionRecord | undefined;
    const decide = (record: TransactionRecord) => {
      last = record;
      return event;
    };
    // Only the first time is the record known to be as it was written by the claim.
    const known = this.unwritten.has(answer) ? undefined : claim;
    let change: RecordChange | undefined;
    try {
      change = await this.records.update(key, decide, known);
    } catch {
      // The store is down, which the worker tells. While the claim holds, nobody else will ask.
      if (this.settings.now() < answer.leaseUntil) {
        this.unwritten.add(answer);
        return undefined;
      }
    }
    this.unwritten.delete(answer);
    const isKept = change ? event.type === 'approved' : isWritten(last, claim.record.attempts);
    if (tokens && !isKept) await this.disposal.of(tokens);
    return change;
  }
}

/** Whether a write that seemed to fail had come about after all. */
function isWritten(record: TransactionRecord | undefined, attempt: number): boolean {
  const { phase } = record?.state ?? {};
  return record?.attempts === attempt && (phase === 'ready' || phase === 'handed-over');
}

type Ending = Extract<RedemptionOutcome, { outcome: 'denied' | 'expired' | 'failed' }>;

const UNINTELLIGIBLE: Ending = {
  outcome: 'failed',
  error: 'server_error',
  description: 'The authorization server answered with something unintelligible',
};
const UNSEALED: Ending = {
  outcome: 'failed',
  error: 'server_error',
  description: UNREADABLE_DESCRIPTION,
};

function endedBy(
  { attempts }: TransactionRecord,
  { outcome, error, description }: Ending,
): RecordEvent {
  return {
    type: 'ended',
    attempt: attempts,
    phase: outcome,
    error,
    errorDescription: description,
  };
}
