import {
  Injectable,
  Logger,
  UseFilters,
  UseInterceptors,
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { StepUpException } from 'nest-stepup';
import { catchError, throwError, type Observable } from 'rxjs';
import { CibaException } from '../ciba.exception.js';
import { StoreUnreachableError } from '../transactions/transaction-store.js';
import { CibaExceptionFilter } from './ciba-exception.filter.js';

/**
 * Keeps every answer of an endpoint out of caches, and makes a `CibaException` of whatever goes
 * wrong in it. What guards refuse does not come this way.
 */
@Injectable()
export class CibaAnswersInterceptor implements NestInterceptor {
  private readonly logger = new Logger('StepUp');

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response: unknown = context.switchToHttp().getResponse();
    const { httpAdapter } = this.adapterHost;
    httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
    httpAdapter.setHeader(response, 'Referrer-Policy', 'no-referrer');
    const place = `${context.getClass().name}.${context.getHandler().name}`;
    return next
      .handle()
      .pipe(catchError((error: unknown) => throwError(() => this.refusal(error, place))));
  }

  private refusal(error: unknown, place: string): Error {
    if (error instanceof CibaException || error instanceof StepUpException) return error;
    if (error instanceof StoreUnreachableError) {
      this.logger.warn(`Cannot answer a request to ${place} as the store does not answer`);
      const description = 'Transactions cannot be reached at the moment';
      return new CibaException('temporarily_unavailable', description, {
        retryAfterSeconds: 5,
        cause: error,
      });
    }
    // The message of a foreign error may quote a token: only its kind is told.
    const kind = error instanceof Error && /^\w{1,60}$/.test(error.name) ? error.name : 'Error';
    const frames = error instanceof Error ? framesOf(error) : [];
    this.logger.error(
      `Cannot answer a request to ${place} as an unexpected error was thrown: current error is ${kind}`,
      ...frames,
    );
    return new CibaException('server_error', 'The request could not be carried out', {
      cause: error,
    });
  }
}

/** Applied to every controller of this entry. */
export const CibaEndpoint = (): ClassDecorator =>
  applyDecorators(UseInterceptors(CibaAnswersInterceptor), UseFilters(CibaExceptionFilter));

/** Where an error was thrown: its stack without its message. */
function framesOf({ stack }: Error): readonly string[] {
  const frames = (stack ?? '').split('\n').filter((line) => /^ +at /.test(line));
  return frames.length > 0 ? [frames.join('\n')] : [];
}
