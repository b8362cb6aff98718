import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  BackchannelClient,
  type BackchannelAnswer,
} from '../authorization-server/backchannel-client.js';
import { CibaException } from '../ciba.exception.js';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import { AuthReqIds } from './auth-req-ids.js';
import { makeBindingMessage } from './binding-message.js';
import { addressKey } from './limit-key.js';
import { OpenStepUp } from './open-step-up.js';
import { RateLimiter } from './rate-limiter.js';
import { leaseSeconds } from './redemption.js';
import { unavailable } from './store-outage.js';
import { TokenDisposal } from './token-disposal.js';
import { TransactionAudit } from './transaction-audit.js';
import {
  digestOf,
  keyOfTransaction,
  notificationToken,
  randomSecret,
  referenceOf,
} from './transaction-key.js';
import type { TransactionRecord } from './transaction-record.js';
import { TransactionRecords } from './transaction-records.js';
import type { StartedTransaction, TransactionRequest } from './transaction-request.js';
import { isDue } from './transaction-state.js';
import { viewOf } from './transaction-view.js';
import { TransactionWorker } from './transaction-worker.js';

/** How often to ask in ping mode, in seconds: a ping may get lost. */
const PING_FALLBACK_SECONDS = 30;

/** A transaction that is in the store, before the authorization server is asked. */
interface Draft {
  readonly transactionId: string;
  readonly key: string;
  readonly record: TransactionRecord;
  readonly notificationToken: string | undefined;
}

/** Starts transactions. */
@Injectable()
export class TransactionStart {
  private readonly logger = new Logger('StepUp');

  constructor(
    @Inject(CIBA_SETTINGS) private readonly settings: CibaSettings,
    private readonly limiter: RateLimiter,
    private readonly records: TransactionRecords,
    private readonly openStepUp: OpenStepUp,
    private readonly client: BackchannelClient,
    private readonly authReqIds: AuthReqIds,
    private readonly disposal: TokenDisposal,
    private readonly audit: TransactionAudit,
    private readonly worker: TransactionWorker,
  ) {}

  /** As `Transactions.start()`. */
  async start(request: TransactionRequest): Promise<StartedTransaction> {
    this.assertBound(request);
    await this.checkLimits(request);
    const draft = await this.draft(request);
    await this.supersede(request, draft);
    const answer = await this.ask(request, draft);
    return this.accept(request, draft, answer);
  }

  private assertBound({ binding }: TransactionRequest): void {
    if (binding || this.settings.compatibility.unboundTransactions) return;
    throw new CibaException('invalid_request', 'The request is bound to no browser');
  }

  /** The address first: what it has used up must not count against the user as well. */
  private async checkLimits(request: TransactionRequest): Promise<void> {
    const { perUser, perAddress } = this.settings.limits;
    const { kind, subject, limitKey, remoteAddress } = request;
    const about = aboutRequest(request);
    const user = subject ?? limitKey;
    if (remoteAddress !== undefined) {
      const address = addressKey(remoteAddress);
      await this.limiter.check('transactions of address', address, perAddress, about);
    }
    if (user !== undefined) await this.limiter.check(`${kind} of user`, user, perUser, about);
  }

  /** Before the request is sent: a ping may come before the answer to it. */
  private async draft(request: TransactionRequest): Promise<Draft> {
    const { bindingMessage, profile, deliveryMode, requestedExpirySeconds } = this.settings;
    const { kind, subject, binding, requirement, resource } = request;
    const now = this.settings.now();
    const transactionId = randomSecret();
    const key = keyOfTransaction(transactionId) ?? '';
    const secret = deliveryMode === 'ping' ? randomSecret() : undefined;
    const record: TransactionRecord = {
      kind,
      ...(subject !== undefined && { subject }),
      ...(binding && { binding }),
      ...(requirement !== undefined && { requirement }),
      resource,
      bindingMessage: makeBindingMessage(bindingMessage, profile.bindingMessage),
      startedAt: now,
      expiresAt: now + requestedExpirySeconds,
      attempts: 0,
      ...(secret !== undefined && { notificationHash: digestOf(secret) }),
      state: { phase: 'starting', leaseUntil: now + leaseSeconds(this.settings) },
    };
    if (!(await this.records.create(key, record))) throw unavailable();
    this.worker.expectUntil(this.lastsUntil(record));
    return {
      transactionId,
      key,
      record,
      notificationToken: secret === undefined ? undefined : notificationToken(key, secret),
    };
  }

  /** Two prompts at once would train a user to approve without reading. */
  private async supersede(request: TransactionRequest, { key, record }: Draft): Promise<void> {
    const { kind, subject, binding } = request;
    if (kind !== 'step-up' || subject === undefined || !binding) return;
    const until = this.lastsUntil(record);
    const older = await this.openStepUp.replace({ subject, binding }, key, until);
    if (older === undefined) return;
    const change = await this.records.update(older, () => ({ type: 'cancelled' }));
    if (change) void this.disposal.ofTransaction(older, change.before);
  }

  private async ask(request: TransactionRequest, draft: Draft): Promise<BackchannelAnswer> {
    const { hint, scope, resource, requirement, requestContext } = request;
    const { bindingMessage } = draft.record;
    try {
      const answer = await this.client.authenticate({
        hint,
        scope,
        resource,
        requestedExpirySeconds: this.settings.requestedExpirySeconds,
        ...(requirement?.acrValues && { acrValues: requirement.acrValues }),
        ...(requirement?.maxAge !== undefined && { maxAge: requirement.maxAge }),
        ...(bindingMessage !== undefined && { bindingMessage }),
        ...(draft.notificationToken && { notificationToken: draft.notificationToken }),
        ...(requestContext && { requestContext }),
      });
      return assertAnswer(answer);
    } catch (error) {
      return this.giveUp(draft, this.explain(error));
    }
  }

  private async accept(
    request: TransactionRequest,
    { transactionId, key, record: draft }: Draft,
    { authReqId, expiresInSeconds, intervalSeconds }: BackchannelAnswer,
  ): Promise<StartedTransaction> {
    const isPing = this.settings.deliveryMode === 'ping';
    const sealed = await this.authReqIds.seal(authReqId, key, draft);
    const change = await this.records.update(key, () => ({
      type: 'accepted',
      now: this.settings.now(),
      authReqId: sealed,
      authReqIdHash: digestOf(authReqId),
      expiresAt: Math.min(draft.expiresAt, draft.startedAt + expiresInSeconds),
      intervalSeconds,
      ...(isPing && { fallbackSeconds: PING_FALLBACK_SECONDS }),
    }));
    // Cancelled meanwhile, or taken for dead: the view says which.
    const record = change?.record ?? (await this.records.read(key))?.record;
    if (!record) throw unavailable();
    if (change) {
      const reference = referenceOf(key);
      this.audit.tell({ type: 'started', reference, ...aboutRequest(request) });
      if (isDue(record, this.settings.now())) this.worker.hurry(key);
    }
    return { ...viewOf(transactionId, record, this.settings.now()), intervalSeconds };
  }

  private async giveUp({ key }: Draft, refusal: CibaException): Promise<never> {
    const { error, description: errorDescription } = refusal;
    await this.records
      .update(key, () => ({ type: 'ended', attempt: 0, phase: 'failed', error, errorDescription }))
      // Its lease ends it. The caller gets the answer that matters more.
      .catch(() => undefined);
    throw refusal;
  }

  private explain(error: unknown): CibaException {
    if (error instanceof CibaException) return error;
    const kind = error instanceof Error ? error.name : typeof error;
    this.logger.error(
      `Cannot start a transaction as an unexpected error was thrown: current error is ${kind}`,
    );
    return new CibaException('server_error', 'The request could not be sent', { cause: error });
  }

  private lastsUntil({ expiresAt }: TransactionRecord): number {
    return expiresAt + this.settings.handOverSeconds + leaseSeconds(this.settings);
  }
}

/** The schedule goes by these numbers: what is none must not get into it. */
function assertAnswer(answer: BackchannelAnswer): BackchannelAnswer {
  const { authReqId, expiresInSeconds, intervalSeconds } = answer;
  const numbers = [expiresInSeconds, intervalSeconds];
  if (authReqId && numbers.every((value) => Number.isFinite(value) && value > 0)) return answer;
  throw new CibaException(
    'server_error',
    'The authorization server answered with something unintelligible',
  );
}

function aboutRequest({ kind, subject, remoteAddress }: TransactionRequest) {
  return {
    kind,
    ...(subject !== undefined && { subject }),
    ...(remoteAddress !== undefined && { remoteAddress }),
  };
}
