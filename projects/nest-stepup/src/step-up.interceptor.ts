import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { tap, type Observable } from 'rxjs';
import { StepUpException } from './step-up.exceptions.js';
import { STEP_UP_SETTINGS, type StepUpSettings } from './step-up.options.js';
import { writeChallenge, type HttpResponse } from './write-challenge.js';

/**
 * Writes the challenge of a refusal that passes on its way out of a handler, so that a catch-all
 * filter of the app's own does not lose it.
 */
@Injectable()
export class StepUpInterceptor implements NestInterceptor {
  constructor(@Inject(STEP_UP_SETTINGS) private readonly settings: StepUpSettings) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    return next.handle().pipe(
      tap({
        error: (error: unknown) => {
          if (!(error instanceof StepUpException)) return;
          const response = context.switchToHttp().getResponse<HttpResponse>();
          writeChallenge(error, response, this.settings.challenge);
        },
      }),
    );
  }
}
