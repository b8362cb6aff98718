import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CibaException } from '../ciba.exception.js';

/**
 * Answers refusals of the CIBA endpoints, before any filter of the app's own.
 *
 * @see [RFC 6749 §5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)
 */
@Catch(CibaException)
export class CibaExceptionFilter implements ExceptionFilter<CibaException> {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(exception: CibaException, host: ArgumentsHost): void {
    const { httpAdapter } = this.adapterHost;
    const response: unknown = host.switchToHttp().getResponse();
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response);
      return;
    }
    httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
    if (exception.retryAfterSeconds !== undefined) {
      const seconds = Math.max(1, Math.ceil(exception.retryAfterSeconds));
      httpAdapter.setHeader(response, 'Retry-After', String(seconds));
      const exposed: unknown = httpAdapter.getHeader(response, EXPOSED);
      httpAdapter.setHeader(response, EXPOSED, withRetryAfter(exposed));
    }
    httpAdapter.reply(response, exception.getResponse(), exception.getStatus());
  }
}

const EXPOSED = 'Access-Control-Expose-Headers';

/** A script of another origin sees no other header than those named: beside what the app's CORS has. */
function withRetryAfter(exposed: unknown): string {
  const names = (Array.isArray(exposed) ? exposed : [exposed ?? ''])
    .flatMap((line) => String(line).split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '' && name.toLowerCase() !== 'retry-after');
  return [...names, 'Retry-After'].join(', ');
}
