import { Inject, Injectable } from '@nestjs/common';
import { CibaException } from '../ciba.exception.js';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import type { RateLimit } from '../ciba.options.js';
import type { CibaEvent } from '../ciba.event.js';
import { askStore } from './store-outage.js';
import { TransactionAudit } from './transaction-audit.js';
import { digestOf } from './transaction-key.js';
import { TransactionStore } from './transaction-store.js';

/** Counts how often something happens, over all instances that share the store. */
@Injectable()
export class RateLimiter {
  constructor(
    @Inject(CIBA_SETTINGS) private readonly settings: Pick<CibaSettings, 'now'>,
    private readonly store: TransactionStore,
    private readonly audit: TransactionAudit,
  ) {}

  /**
   * Counts one more, and refuses it when it is one too many.
   *
   * @param name What is counted.
   * @param key Whose: a user, an address. The store gets a digest of it.
   * @param about What the audit is told of a refusal.
   * @throws {CibaException} `too_many_requests`, with when to come back.
   */
  async check(
    name: string,
    key: string,
    { limit, windowSeconds }: RateLimit,
    about: Omit<CibaEvent, 'type' | 'at' | 'error'>,
  ): Promise<void> {
    const now = this.settings.now();
    const counter = `l:${digestOf(`${name}\n${key}`)}`;
    const { count, resetsAt } = await askStore(this.store.count(counter, windowSeconds, now));
    if (count <= limit) return;
    this.audit.tell({ ...about, type: 'rate_limited', error: 'too_many_requests' });
    throw new CibaException('too_many_requests', 'There were too many requests', {
      retryAfterSeconds: Math.max(1, Math.ceil(resetsAt - now)),
    });
  }
}
