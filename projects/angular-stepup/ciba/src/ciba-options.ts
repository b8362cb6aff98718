import { InjectionToken } from '@angular/core';
import {
  type AcrRanking,
  type AuthenticationRequirement,
  type StepUpChallenge,
  StepUpError,
} from 'stepup-core';

declare const ngDevMode: unknown;

/** Where `nest-stepup/ciba` is, and how this browser talks to it. */
export interface CibaOptions {
  /**
   * The API: an absolute URL, or a same-origin path that begins with one slash (`/api`). It is
   * `https` except on this computer.
   */
  readonly apiUrl: string;
  /**
   * The `path` of the API's `CibaModule`, below `apiUrl`.
   *
   * @default 'auth'
   */
  readonly path?: string;
  /**
   * How the API knows this browser again: `'cookie'`, an HttpOnly cookie, for an API on the same
   * site; `'secret'`, a secret that this page keeps, for an API on any site.
   *
   * @default 'cookie' when `apiUrl` is of the same origin, else 'secret'
   */
  readonly binding?: 'cookie' | 'secret';
  /**
   * Where the tokens are: `'memory'`, until the page is left or loaded again; `'session'`, in
   * `sessionStorage`, which scripts of this origin can read, until the tab is closed.
   *
   * @default 'memory'
   */
  readonly storage?: 'memory' | 'session';
  /**
   * What `withChoice()` calls the handler.
   *
   * @default 'ciba'
   */
  readonly name?: string;
  /**
   * Says why a step-up is needed, in the app's own words, for the other device to show where the
   * authorization server lets it: 200 characters at most, what goes beyond is cut off. The
   * challenge's texts are the API's: send them only when it is one to trust.
   */
  readonly reason?: (
    requirement: AuthenticationRequirement,
    challenge: StepUpChallenge | undefined,
  ) => string | undefined;
  /** Lets a stronger authentication context satisfy a weaker one; `withAcrRanking()` goes before it. */
  readonly acrRanking?: AcrRanking;
}

/** What `withCiba()` made of its options. */
export interface CibaSettings {
  /** Without a slash at its end; relative to the page's origin when it begins with one. */
  readonly baseUrl: string;
  /** `undefined`: by the origins of the API and of the page. */
  readonly binding: 'cookie' | 'secret' | undefined;
  readonly storage: 'memory' | 'session';
  readonly reason: CibaOptions['reason'];
}

// Named after what to add: Angular says that there is no provider for it.
export const CIBA_SETTINGS = new InjectionToken<CibaSettings>(
  typeof ngDevMode === 'undefined' || ngDevMode ? 'withCiba() in provideStepUp()' : '',
);

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** @throws {StepUpError} `ERR_STEPUP_CONFIGURATION` for options that cannot work. */
export function readOptions({
  apiUrl,
  path = 'auth',
  binding,
  storage = 'memory',
  reason,
}: CibaOptions): CibaSettings {
  if (binding !== undefined) refuseOther('binding', binding, ['cookie', 'secret']);
  refuseOther('storage', storage, ['memory', 'session']);
  const segments = path.replace(/^\/|\/$/g, '');
  if (!/^[\w~-][\w.~-]*(\/[\w~-][\w.~-]*)*$/.test(segments)) {
    refuse("'path' must be the path of CibaModule, such as 'auth'", JSON.stringify(path));
  }
  return { baseUrl: `${readApiUrl(apiUrl)}/${segments}`, binding, storage, reason };
}

function readApiUrl(text: string): string {
  const isPath = /^\/(?!\/)/.test(text);
  const url = parse(text, isPath ? 'http://localhost' : undefined);
  if (!url || /[*?#@\\\s]|\/\.{1,2}(\/|$)/.test(text)) {
    refuse(
      "'apiUrl' must be a URL, or a path like '/api', without query, fragment and credentials",
      // What stands before an '@' may be a password, and a query may hold a key.
      /[@?#]/.test(text) ? 'not shown' : JSON.stringify(text),
    );
  }
  if (url.protocol !== 'https:' && !LOOPBACK.test(url.hostname)) {
    refuse("'apiUrl' must be https, as tokens come from there", JSON.stringify(text));
  }
  const path = url.pathname.replace(/\/+$/, '');
  return isPath ? path : url.origin + path;
}

function parse(text: string, base?: string): URL | undefined {
  try {
    const url = new URL(text, base);
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    // Not a URL; URL.canParse() is younger than our browsers.
    return undefined;
  }
}

function refuseOther(name: string, value: unknown, values: readonly string[]): void {
  if (values.includes(String(value))) return;
  const choice = values.map((each) => `'${each}'`).join(' or ');
  refuse(`'${name}' must be ${choice}`, JSON.stringify(value));
}

function refuse(why: string, value: string): never {
  throw new StepUpError(
    'ERR_STEPUP_CONFIGURATION',
    `Cannot use CIBA as ${why}: current value is ${value}`,
  );
}
