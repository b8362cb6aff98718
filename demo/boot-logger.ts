import { ConsoleLogger } from '@nestjs/common';

/**
 * Nest's logger without the news of its start: the table of what each route demands stays readable,
 * and a start that fails is told once, by `startFailure()`.
 */
export class BootLogger extends ConsoleLogger {
  override log(message: unknown, ...context: unknown[]): void {
    if (context.at(-1) === 'StepUp') super.log(message, ...context);
  }

  override error(message: unknown, ...context: unknown[]): void {
    if (context.at(-1) !== 'NestApplication') super.error(message, ...context);
  }
}
