import {
  BadRequestException,
  Catch,
  ForbiddenException,
  NotFoundException,
  UnprocessableEntityException,
  type ArgumentsHost,
  type ExceptionFilter,
  type HttpException,
} from '@nestjs/common';
import type { Response } from 'express';

/**
 * Answers the bank's own refusals in problem details, as the step-up refusals are.
 *
 * @see [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)
 */
@Catch(BadRequestException, ForbiddenException, NotFoundException, UnprocessableEntityException)
export class ProblemFilter implements ExceptionFilter<HttpException> {
  catch(exception: HttpException, host: ArgumentsHost): void {
    const status = exception.getStatus();
    const title = TITLES[status] ?? 'Refused';
    host
      .switchToHttp()
      .getResponse<Response>()
      .status(status)
      .type('application/problem+json')
      .send(JSON.stringify({ type: 'about:blank', title, status, detail: exception.message }));
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  422: 'Unprocessable Content',
};
