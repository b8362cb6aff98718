import type { LoggerService } from '@nestjs/common';
import { StoreUnreachableError } from 'nest-stepup/ciba';

const MAX_ABANDONED = 256;

/**
 * Gives each command a time to answer in, and tells of an outage once.
 *
 * A client may keep a command for when Redis is back. When many are kept that nobody waits for any
 * more, only one at a time is tried, so that an outage does not fill the memory.
 */
export class RedisGate {
  private abandoned = 0;
  private triedAt = -Infinity;
  private failing = false;

  constructor(
    private readonly timeoutSeconds: number,
    private readonly logger: LoggerService,
  ) {}

  /** @throws {StoreUnreachableError} When there is no answer in time, or a refusal. */
  async run<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    if (this.abandoned >= MAX_ABANDONED && !this.triesAgain()) {
      throw this.failed(new Unanswered(this.timeoutSeconds));
    }
    let timer: NodeJS.Timeout | undefined;
    try {
      const answer = send();
      const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          this.abandon(answer);
          reject(new Unanswered(this.timeoutSeconds));
        }, this.timeoutSeconds * 1000);
      });
      const given = await Promise.race([answer, timeout]);
      this.recovered();
      return given;
    } catch (error) {
      throw this.failed(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Tells of a fault of the connection, unless it has been told of already. */
  failed(error: unknown): StoreUnreachableError {
    const reason = reasonOf(error);
    if (!this.failing) {
      this.failing = true;
      this.logger.error(
        `Cannot use Redis as ${reason}: transactions get 503, or go on more slowly, until it is mended`,
      );
    }
    // Without the cause: errors of ioredis hold the command, and with it what was to be stored.
    return new StoreUnreachableError(`Cannot use Redis as ${reason}`);
  }

  recovered(): void {
    this.abandoned = 0;
    if (!this.failing) return;
    this.failing = false;
    this.logger.log('Redis can be used again');
  }

  private abandon(answer: Promise<unknown>): void {
    this.abandoned += 1;
    const settled = () => {
      this.abandoned = Math.max(this.abandoned - 1, 0);
    };
    answer.then(settled, settled);
  }

  private triesAgain(): boolean {
    const now = performance.now();
    if (now - this.triedAt < this.timeoutSeconds * 1000) return false;
    this.triedAt = now;
    return true;
  }
}

class Unanswered extends Error {
  override readonly name = 'Unanswered';

  constructor(timeoutSeconds: number) {
    super(`there was no answer within ${timeoutSeconds} s`);
  }
}

/** What may be told of a fault: its kind. Its text may hold addresses, or what was stored. */
function reasonOf(error: unknown): string {
  if (error instanceof Unanswered) return error.message;
  if (!(error instanceof Error)) return 'of an unknown fault';
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code)) return `of ${code}`;
  const [, reply] = /^([A-Z]{2,20}) /.exec(error.message) ?? [];
  if (reply !== undefined) return `it answered ${reply}`;
  // Clients name their errors by their class, not all by their name.
  const { name } = error.constructor;
  return /^\w{1,60}$/.test(name) ? `of ${name}` : 'of an unknown fault';
}
