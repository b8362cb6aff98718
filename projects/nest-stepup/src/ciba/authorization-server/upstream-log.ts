import { Logger } from '@nestjs/common';

const SECONDS_BETWEEN = 60;
const MAX_MESSAGES = 100;

/** Tells what is wrong with the authorization server, each thing once a minute: all polls find it. */
export class UpstreamLog {
  private readonly logger = new Logger('BackchannelClient');
  private readonly told = new Map<string, number>();

  /** @param now Tells the time, in seconds since the Unix epoch. */
  constructor(private readonly now: () => number) {}

  /** @param message Holds nothing that the server sent. */
  warn(message: string): void {
    const now = this.now();
    const last = this.told.get(message);
    if (last !== undefined && now - last < SECONDS_BETWEEN) return;
    if (this.told.size >= MAX_MESSAGES) this.told.clear();
    this.told.set(message, now);
    this.logger.warn(message);
  }
}
