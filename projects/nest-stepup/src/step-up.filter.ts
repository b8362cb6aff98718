import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { throwError } from 'rxjs';
import { StepUpException } from './step-up.exceptions.js';
import { STEP_UP_SETTINGS, type StepUpSettings } from './step-up.options.js';
import { headersSent, setHeader, writeChallenge, type HttpResponse } from './write-challenge.js';

/**
 * Answers every refusal, from wherever it was thrown, with its challenge and problem details.
 *
 * `StepUpModule` registers it for the whole app. A filter of the app's own that answers first
 * finds the headers already written.
 *
 * @see [RFC 9457 §3](https://www.rfc-editor.org/rfc/rfc9457#section-3)
 */
@Catch(StepUpException)
export class StepUpFilter implements ExceptionFilter<StepUpException> {
  constructor(
    @Inject(STEP_UP_SETTINGS) private readonly settings: StepUpSettings,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  catch(exception: StepUpException, host: ArgumentsHost): unknown {
    const type = host.getType<string>();
    // Other transports have no challenge: they get the exception back in the way they expect.
    if (type === 'rpc') return throwError(() => exception);
    if (type !== 'http') return exception;

    const { httpAdapter } = this.adapterHost;
    const response = host.switchToHttp().getResponse<HttpResponse>();
    if (headersSent(response)) {
      httpAdapter.end(response);
      return undefined;
    }
    writeChallenge(exception, response, this.settings.challenge);
    setHeader(response, 'Content-Type', 'application/problem+json');
    // Apart from the body: given both, Nest 11 on Express puts another content type in its place.
    httpAdapter.status(response, exception.getStatus());
    httpAdapter.reply(response, exception.getResponse());
    return undefined;
  }
}
