import {
  type HttpEvent,
  type HttpHandlerFn,
  type HttpRequest,
  HttpResponse,
} from '@angular/common/http';
import { type Observable, catchError, from, of, switchMap, tap, throwError } from 'rxjs';

import { requirementKey } from './attempt-ledger';
import type { Demand } from './challenge-answer';
import { stepUpError } from './step-up-error';
import type { StepUpHandlers } from './step-up-handlers';
import type { StepUpRunner } from './step-up-runner';

type Events = Observable<HttpEvent<unknown>>;

/** A request to a named API. */
export interface ApiCall {
  readonly request: HttpRequest<unknown>;
  readonly next: HttpHandlerFn;
  /** Its method and URL without a query. */
  readonly initiator: string;
  /** What an error demands, if it is to be answered. */
  readonly demandOf: (error: unknown) => Demand | undefined;
}

const MAX_STEP_UPS = 2;

/** Sends a request to a named API until there is an answer that its caller is to get. */
export function sendToApi(
  { request, next, initiator, demandOf }: ApiCall,
  handlers: StepUpHandlers,
  runner: StepUpRunner,
): Events {
  /** What was stepped up for since the request was first refused. */
  const answered = new Set<string>();
  const own = request.headers.get('Authorization');
  const { subject } = handlers.current() ?? {};
  let stepUps = 0;
  let isResentForNewToken = false;
  let isOwn: boolean | undefined;
  let sentToken: string | undefined;

  const withToken = (use: (token: string | undefined) => Events): Events => {
    const token = handlers.accessToken();
    // A token that is at hand is used at once: requests keep their order.
    return (typeof token === 'object' ? from(token) : of(token)).pipe(switchMap(use));
  };

  /** Whether another user has signed in: what one wanted to send is not sent as the other. */
  const isOfOther = (): boolean =>
    (handlers.current()?.subject ?? subject) !== subject && !!subject;

  const send = (): Events =>
    withToken((token) => {
      const bearer = `Bearer ${token}`;
      isOwn ??= own !== null && own !== bearer;
      // Credentials that are not ours would be refused again, however strong the end-user is.
      if (isOwn) return next(request);
      sentToken = token;
      const sent = token ? request.clone({ setHeaders: { Authorization: bearer } }) : request;
      return next(sent).pipe(
        // Not on completion: a caller may have stopped listening by then.
        tap((event) => event instanceof HttpResponse && runner.ledger.forgive(initiator)),
        catchError(answer),
      );
    });

  const answer = (error: unknown): Events => {
    const demand = demandOf(error);
    if (!demand) return throwError(() => error);
    const { requirement } = demand;
    const key = requirementKey(requirement);

    const refuse = (code: 'UNMET' | 'DENIED', why: string): Events => {
      const details = { requirement, authentication: handlers.current(), response: error };
      return throwError(() => runner.report(stepUpError(code, why, details)));
    };
    const refuseOther = (): Events => refuse('DENIED', 'another user signed in');
    const sendAfter = (done: Observable<void>, doneKey: string): Events =>
      done.pipe(
        switchMap(() => {
          answered.add(doneKey);
          return isOfOther() ? refuseOther() : send();
        }),
      );
    const stepUp = (token: string | undefined): Events => {
      if (isOfOther()) return refuseOther();
      const { pending } = runner;
      if (pending) return sendAfter(pending.done, pending.key);
      // A late refusal of an old token: another request's step-up has done what is needed.
      if (!isResentForNewToken && token !== sentToken && handlers.satisfies(requirement)) {
        isResentForNewToken = true;
        return send();
      }
      if (stepUps === MAX_STEP_UPS) return refuse('UNMET', 'it was tried too often');
      stepUps += 1;
      return sendAfter(runner.start({ ...demand, initiator, response: error }), key);
    };

    if (answered.has(key)) return refuse('UNMET', 'the API still refuses');
    return runner.pending ? stepUp(undefined) : withToken(stepUp);
  };

  return send();
}
