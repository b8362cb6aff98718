import { HttpErrorResponse } from '@angular/common/http';
import {
  type AuthenticationRequirement,
  type StepUpChallenge,
  readRequirement,
  readStepUpChallenge,
} from 'stepup-core';

import type { Api, ApiMatcher, ApiUrl } from './api-matcher';

declare const ngDevMode: unknown;

/** A challenge that can be answered, and what it demands. */
export interface Demand {
  readonly challenge: StepUpChallenge;
  readonly requirement: AuthenticationRequirement;
}

const MAX_ACR_VALUES_LENGTH = 2048;

/**
 * Reads what an API demands of a request that it refused.
 *
 * @returns `undefined` for everything that is not to be answered: anything but a 401 with a
 *   step-up challenge, one that demands nothing, one too long for a URL, and a response that was
 *   redirected from elsewhere.
 */
export function demandOf(
  error: unknown,
  { api, url }: ApiUrl,
  match: ApiMatcher,
  document: Document,
): Demand | undefined {
  if (!(error instanceof HttpErrorResponse) || error.status !== 401) return undefined;
  // Without a URL it is one that another interceptor made: not redirected.
  if (error.url !== null && match(error.url, document)?.api !== api) return undefined;
  const header = error.headers.getAll('WWW-Authenticate');
  if (!header) {
    if (typeof ngDevMode === 'undefined' || ngDevMode) explainMissingHeader({ api, url }, document);
    return undefined;
  }
  const challenge = readStepUpChallenge(header);
  if (!challenge || challenge.acrValues.join(' ').length > MAX_ACR_VALUES_LENGTH) return undefined;
  const requirement = readRequirement(challenge);
  return requirement && { challenge, requirement };
}

const unnamed = new Set<string>();

/** Says once for each URL why nothing happens: for development builds. */
export function explainUnnamedApi(error: unknown): void {
  if (!(error instanceof HttpErrorResponse) || error.status !== 401) return;
  if (!readStepUpChallenge(error.headers.getAll('WWW-Authenticate'))) return;
  // A query may hold what must not be logged.
  const url = error.url?.replace(/[?#].*/s, '') ?? '';
  if (unnamed.has(url)) return;
  unnamed.add(url);
  console.warn(
    `The step-up challenge of ${url} is not answered: name that API in withApis() if it is yours`,
  );
}

const explained = new WeakSet<Api>();

/** A browser hides the header of another origin unless the API exposes it: nobody finds that. */
function explainMissingHeader({ api, url }: ApiUrl, document: Document): void {
  if (url.origin === document.location.origin || explained.has(api)) return;
  explained.add(api);
  console.warn(
    `A 401 of ${url.origin} has no WWW-Authenticate header that this page may read, so no step-up ` +
      "can be asked for. If the API sends one, have it expose it: app.enableCors({ ..., exposedHeaders: ['WWW-Authenticate'] })",
  );
}
