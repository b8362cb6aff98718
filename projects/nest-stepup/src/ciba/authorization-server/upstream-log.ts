import { Logger } from '@nestjs/common';

const SECONDS_BETWEEN = 60;
const MAX_MESSAGES = 100;

/** Tells what is wrong with the authorization server, each thing once a minute: all polls find it. */
export class UpstreamLog {
  private readonly logger = new Logger('BackchannelClient');
  private readonly told = new Map<string, number>();

  /** @param now Tells the time, in seconds since the Unix epoch. */
  constructor(private readonly now: () => number) {}

  /** @param message Holds nothing that the server sent, but for addresses. */
  warn(message: string): void {
    if (this.isDue(message)) this.logger.warn(message);
  }

  /** For what does not pass by itself. @param message As of {@link warn}. */
  error(message: string): void {
    if (this.isDue(message)) this.logger.error(message);
  }

  private isDue(message: string): boolean {
    const now = this.now();
    const last = this.told.get(message);
    if (last !== undefined && now - last < SECONDS_BETWEEN) return false;
    if (this.told.size >= MAX_MESSAGES) this.told.clear();
    this.told.set(message, now);
    return true;
  }
}
