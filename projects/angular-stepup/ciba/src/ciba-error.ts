import {
  type AuthenticationRequirement,
  StepUpError,
  type StepUpErrorCode,
  isStepUpError,
} from 'stepup-core';

import { CibaFailure } from './ciba-failure';

/** What was being done when it failed. */
export interface Attempted {
  /** Completes the sentence "Cannot … as …". */
  readonly what: 'step up' | 'sign in';
  readonly requirement?: AuthenticationRequirement;
  /** Where the CIBA endpoints are. */
  readonly baseUrl: string;
  readonly isCrossOrigin: boolean;
}

type Ending = readonly [code: StepUpErrorCode, why: string];

const DENIED: Ending = ['ERR_STEPUP_DENIED', 'it was refused on the other device'];
const EXPIRED: Ending = ['ERR_STEPUP_EXPIRED', 'nobody approved it in time'];
const UNMET: Ending = [
  'ERR_STEPUP_UNMET',
  'the authentication on the other device does not meet the requirement',
];

const ENDINGS: ReadonlyMap<string, Ending> = /* @__PURE__ */ new Map<string, Ending>([
  ['denied', DENIED],
  ['expired', EXPIRED],
  ['aborted', ['ERR_STEPUP_CANCELLED', 'it was cancelled']],
  ['cancelled', ['ERR_STEPUP_CANCELLED', 'another one took its place, or it was cancelled there']],
  ['access_denied', DENIED],
  ['expired_token', EXPIRED],
  ['unmet_authentication_requirements', UNMET],
]);

/** The end of a transaction, or of a QR session, that did not end well. Apps see it as a `cause`. */
export class CibaEnding extends Error {
  // A literal, not `new.target.name`: bundlers rename classes.
  override readonly name = 'CibaEnding';

  /**
   * @param status Of the transaction or the session; `aborted`: given up in this page.
   * @param error Code of the API's; goes before the status when it says more.
   */
  constructor(
    readonly status: string,
    readonly error?: string | undefined,
  ) {
    super(`Cannot go on as it is over: current status is ${status}`);
  }
}

/** Says in the terms of this package why it could not be completed; what was caught is the `cause`. */
export function stepUpErrorFrom(error: unknown, attempted: Attempted): StepUpError {
  if (isStepUpError(error)) return error;
  const [code, why] = endingOf(error, attempted);
  const { what, requirement } = attempted;
  return new StepUpError(code, `Cannot ${what} as ${why}`, { cause: error, requirement });
}

function endingOf(error: unknown, attempted: Attempted): Ending {
  if (error instanceof CibaEnding) {
    return (
      ENDINGS.get(error.error ?? '') ??
      ENDINGS.get(error.status) ?? [
        'ERR_STEPUP_FAILED',
        'the authorization server could not carry it out',
      ]
    );
  }
  if (!(error instanceof CibaFailure)) return ['ERR_STEPUP_FAILED', 'something unexpected failed'];
  if (error.reason === 'refused') return refused(error, attempted);
  return [
    'ERR_STEPUP_FAILED',
    error.reason === 'unreachable'
      ? unreachable(attempted)
      : `the answer is not that of CibaModule: ${check(attempted)}`,
  ];
}

function refused({ status, error, retryAfterSeconds }: CibaFailure, attempted: Attempted): Ending {
  const ending = ENDINGS.get(error ?? '');
  if (ending) return ending;
  // What CibaModule does not know it answers with a code; a route that is not there has none.
  if ((status === 404 && error !== 'not_found') || status === 405) {
    return ['ERR_STEPUP_CONFIGURATION', `there is no CibaModule: ${check(attempted)}`];
  }
  return ['ERR_STEPUP_FAILED', refusal(status, error, retryAfterSeconds)];
}

function refusal(
  status: number | undefined,
  error: string | undefined,
  retryAfterSeconds: number | undefined,
): string {
  const again =
    retryAfterSeconds === undefined ? 'later' : `in ${Math.ceil(retryAfterSeconds)} seconds`;
  if (status === 429) return `it was tried too often: try again ${again}`;
  if (status === 401) return 'the API does not accept the access token: sign in again';
  if (status === 404 || error === 'invalid_grant') {
    return 'the API does not know of it any more: try again';
  }
  if ((status ?? 0) >= 500) return `the API cannot serve at the moment: try again ${again}`;
  return `the API refused it: current status is ${status}`;
}

function unreachable({ isCrossOrigin, baseUrl }: Attempted): string {
  const why = 'the API cannot be reached: try again later';
  // A browser does not tell a page which of the two it is.
  return isCrossOrigin && navigator.onLine
    ? `${why}. If the console shows a CORS error: enableCors() of the API at ` +
        `${new URL(baseUrl).origin} has to allow this origin, credentials, and the headers ` +
        'Authorization, Content-Type and Step-Up-Binding'
    : why;
}

function check({ baseUrl }: Attempted): string {
  return `check 'apiUrl' and 'path' in withCiba(), current value is ${baseUrl}`;
}
