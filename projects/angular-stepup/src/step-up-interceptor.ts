import { isPlatformBrowser } from '@angular/common';
import { HttpContextToken, type HttpInterceptorFn } from '@angular/common/http';
import { DOCUMENT, PLATFORM_ID, inject } from '@angular/core';
import { defer, tap } from 'rxjs';

import { sendToApi } from './api-call';
import { demandOf, explainUnnamedApi } from './challenge-answer';
import { STEP_UP_CONFIG } from './step-up-feature';
import { StepUpHandlers } from './step-up-handlers';
import { StepUpRunner } from './step-up-runner';

declare const ngDevMode: unknown;

/** Set to `true` on a request whose step-up challenge the caller wants to handle itself. */
export const SKIP_STEP_UP = new HttpContextToken(() => false);

/**
 * Attaches the access token to requests to the APIs of `withApis()`, and answers their step-up
 * challenges: it has the end-user step up, then sends the request again.
 *
 * Everything else passes through, and so does everything on a server. A request's own
 * `Authorization` header is kept, and its challenge left to the caller.
 *
 * @see [RFC 9470 §4](https://www.rfc-editor.org/rfc/rfc9470#section-4)
 */
export const stepUpInterceptor: HttpInterceptorFn = (request, next) => {
  if (!isPlatformBrowser(inject(PLATFORM_ID))) return next(request);
  const { apis } = inject(STEP_UP_CONFIG);
  const document = inject(DOCUMENT);
  const target = apis(request.urlWithParams, document);
  if (!target) {
    const response = next(request);
    return typeof ngDevMode === 'undefined' || ngDevMode
      ? response.pipe(tap({ error: explainUnnamedApi }))
      : response;
  }

  const handlers = inject(StepUpHandlers);
  const runner = inject(StepUpRunner);
  const call = {
    request,
    next,
    initiator: `${request.method} ${target.url.origin}${target.url.pathname}`,
    demandOf: (error: unknown) =>
      request.context.get(SKIP_STEP_UP) ? undefined : demandOf(error, target, apis, document),
  };
  // The state of a request is its subscription's, not the shared HttpContext's.
  return defer(() => sendToApi(call, handlers, runner));
};
