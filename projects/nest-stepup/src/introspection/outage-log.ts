import type { LoggerService } from '@nestjs/common';

const MINUTE = 60;

/**
 * Tells the log about an outage once, and not at each request.
 *
 * A reason that comes and goes is told once a minute: a server that answers some tokens with a fault
 * lets whoever sends them write no more than that.
 */
export class OutageLog {
  private current: string | undefined;
  private readonly toldAt = new Map<string, number>();

  /** @param source Whom nobody can reach: for the log. */
  constructor(
    private readonly logger: LoggerService,
    private readonly source: string,
  ) {}

  /**
   * @param reason One of a few fixed texts, following "as".
   * @param now In seconds since the Unix epoch.
   */
  report(reason: string, now: number): void {
    if (reason === this.current) return;
    this.current = reason;
    const toldAt = this.toldAt.get(reason);
    if (toldAt !== undefined && Math.abs(now - toldAt) < MINUTE) return;
    this.toldAt.set(reason, now);
    this.logger.error(
      `Cannot introspect access tokens at ${JSON.stringify(this.source)} as ${reason}: ` +
        'requests get 503 until it is mended',
    );
  }

  end(): void {
    this.current = undefined;
  }
}
