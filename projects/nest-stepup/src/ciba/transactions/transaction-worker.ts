import {
  Inject,
  Injectable,
  Logger,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import { leaseSeconds, Redemption } from './redemption.js';
import { TransactionStore } from './transaction-store.js';
import { WatchList } from './watch-list.js';

/** The most token requests of one process that are on their way at once. */
const CONCURRENCY = 256;

/** How often this process looks for what is due while it has open transactions, in seconds. */
const BUSY_TICK_SECONDS = 0.2;

/** How often it looks for what other processes have left behind, in seconds. */
const IDLE_TICK_SECONDS = 1;

/**
 * Sees to it that every open transaction goes on: sends token requests when they are due, ends what
 * nobody approves, and wakes who waits. One timer, which does not keep the process alive.
 */
@Injectable()
export class TransactionWorker implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('StepUp');
  private readonly inFlight = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private busyUntil = -Infinity;
  private mayHaveMore = false;
  private claiming: Promise<void> | undefined;
  private isStarted = false;
  private isStopped = false;
  private isStoreDown = false;

  constructor(
    @Inject(CIBA_SETTINGS)
    private readonly settings: Pick<CibaSettings, 'now' | 'timeoutSeconds'>,
    private readonly store: TransactionStore,
    private readonly redemption: Redemption,
    private readonly watches: WatchList,
  ) {
    this.watches.onAdd = () => this.arm();
  }

  onModuleInit(): void {
    this.isStarted = true;
    this.arm();
  }

  /** Sends nothing more, and waits for what is on its way. */
  async onModuleDestroy(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.watches.close();
    await this.claiming;
    await within(Promise.all(this.inFlight.values()), leaseSeconds(this.settings));
    await within(this.redemption.writeAgain(), this.settings.timeoutSeconds);
  }

  /** @param until When there is nothing due any more, in seconds since the Unix epoch. */
  expectUntil(until: number): void {
    this.busyUntil = Math.max(this.busyUntil, until);
    this.arm();
  }

  /** Takes one transaction on at once, if it is due. It does not wait for what comes of it. */
  hurry(key: string): void {
    if (this.isStopped) return;
    if (this.inFlight.size < CONCURRENCY) this.begin(key);
    else this.mayHaveMore = true;
  }

  /** Does what is due now, and resolves when it is done. It does not reject. */
  async runDue(): Promise<void> {
    do {
      await this.claim();
      await Promise.all(this.inFlight.values());
    } while ((this.mayHaveMore || this.inFlight.size > 0 || this.claiming) && !this.isStopped);
    await this.watches.look(this.settings.now());
  }

  private arm(): void {
    if (!this.isStarted || this.isStopped || this.timer) return;
    const isBusy = this.settings.now() < this.busyUntil || this.redemption.hasUnwritten;
    // Nobody else writes to a store that is not shared.
    if (!isBusy && !this.store.shared && this.watches.isEmpty) return;
    const seconds = isBusy ? BUSY_TICK_SECONDS : IDLE_TICK_SECONDS;
    this.timer = setTimeout(() => void this.tick(), seconds * 1000).unref();
  }

  private async tick(): Promise<void> {
    await this.claim();
    // A watcher that takes its time keeps no transaction from its token request.
    void this.watches.look(this.settings.now());
    this.timer = undefined;
    this.arm();
  }

  /** Takes on what is due, as far as there is room for it. It does not reject. */
  private claim(): Promise<void> {
    this.claiming ??= this.claimDue().finally(() => {
      this.claiming = undefined;
    });
    return this.claiming;
  }

  private async claimDue(): Promise<void> {
    const limit = CONCURRENCY - this.inFlight.size;
    if (limit <= 0) {
      this.mayHaveMore = true;
      return;
    }
    try {
      if (this.redemption.hasUnwritten) await this.redemption.writeAgain();
      const now = this.settings.now();
      const leaseUntil = now + leaseSeconds(this.settings);
      const keys = await this.store.claimDue({ now, leaseUntil, limit });
      this.mayHaveMore = keys.length >= limit;
      this.tellOutage(false);
      if (!this.isStopped) for (const key of keys) this.begin(key);
    } catch (error) {
      this.mayHaveMore = false;
      this.tellOutage(true, error);
    }
  }

  private begin(key: string): void {
    // Its turn is written by whoever has it: another one would find nothing due.
    if (this.inFlight.has(key)) return;
    const turn = this.takeTurns(key).finally(() => {
      this.inFlight.delete(key);
      if (this.mayHaveMore && this.inFlight.size <= CONCURRENCY / 2) void this.claim();
    });
    this.inFlight.set(key, turn);
  }

  private async takeTurns(key: string): Promise<void> {
    try {
      let isDueAgain = true;
      while (isDueAgain && !this.isStopped) isDueAgain = await this.redemption.attempt(key);
    } catch (error) {
      // It is due again when the lease of the claim is over.
      this.tellOutage(true, error);
    }
  }

  /** Once for each outage. The message of a foreign error may quote what was stored. */
  private tellOutage(isDown: boolean, error?: unknown): void {
    if (isDown === this.isStoreDown) return;
    this.isStoreDown = isDown;
    if (!isDown) {
      this.logger.log('The store of transactions can be reached again');
      return;
    }
    const kind = error instanceof Error ? error.name : typeof error;
    this.logger.error(
      `Cannot take transactions on as their store does not answer: current error is ${kind} ` +
        '(this is told once)',
    );
  }
}

/** Waits for something, but not for ever. */
async function within(work: Promise<unknown>, seconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000);
  });
  await Promise.race([work, patience]);
  clearTimeout(timer);
}
