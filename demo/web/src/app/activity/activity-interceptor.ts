import { HttpErrorResponse, HttpResponse, type HttpInterceptorFn } from '@angular/common/http';
import { inject } from '@angular/core';
import { tap } from 'rxjs';
import { readStepUpChallenge, type StepUpChallenge } from 'stepup-core';
import { ActivityLog } from './activity-log';

/**
 * Watches challenges come and replays go through.
 *
 * It stands after `stepUpInterceptor`, so it sees each attempt; the app sees only the last.
 */
export const activityInterceptor: HttpInterceptorFn = (request, next) => {
  const log = inject(ActivityLog);
  const name = `${request.method} ${new URL(request.url, location.href).pathname}`;
  return next(request).pipe(
    tap({
      next: (event) => {
        if (event instanceof HttpResponse && log.isChallenged(name)) {
          log.add({
            kind: 'replayed',
            title: `${name} went through`,
            request: name,
            details: [['status', String(event.status)]],
          });
        }
      },
      error: (error: unknown) => {
        if (!(error instanceof HttpErrorResponse) || error.status !== 401) return;
        const challenge = readStepUpChallenge(error.headers.get('WWW-Authenticate'));
        if (!challenge) return;
        log.add({
          kind: 'challenge',
          title: `${name} was challenged`,
          request: name,
          details: challengeDetails(challenge),
        });
      },
    }),
  );
};

function challengeDetails(challenge: StepUpChallenge): readonly (readonly [string, string])[] {
  const { acrValues, errorDescription, maxAge } = challenge;
  return [
    ['error', 'insufficient_user_authentication'],
    ...(acrValues.length > 0 ? [['acr_values', acrValues.join(' ')] as const] : []),
    ...(maxAge === undefined ? [] : [['max_age', String(maxAge)] as const]),
    ...(errorDescription === undefined ? [] : [['error_description', errorDescription] as const]),
  ];
}
