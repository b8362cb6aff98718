import { stepUpError } from './step-up-error';

/** An API that an app named. */
export interface Api {
  /** `undefined`: the app's own. */
  readonly origin: string | undefined;
  /** Without a slash at its end. */
  readonly path: string;
}

/** A URL of a named API. */
export interface ApiUrl {
  readonly api: Api;
  readonly url: URL;
}

/**
 * Finds the named API that a URL belongs to.
 *
 * @param text The URL as the request has it; a relative one is resolved as the browser does.
 */
export type ApiMatcher = (text: string, document: Document) => ApiUrl | undefined;

/** By which a path would leave the API at a server that decodes it once more. */
const HIDDEN_DOT_SEGMENT = /(\/|%2f|%5c)(\.|%2e){1,2}(\/|%2f|%5c|;|$)/i;

/** Reads the list that `withApis()` was given. */
export function defineApis(urls: readonly string[]): ApiMatcher {
  if (!urls.length) refuse('none');
  const apis = urls.map(apiOf);
  return (text, document) => {
    const url = parse(text, document.baseURI);
    if (!url || url.username || url.password || HIDDEN_DOT_SEGMENT.test(url.pathname))
      return undefined;
    const api = apis.find(
      ({ origin = document.location.origin, path }) =>
        origin === url.origin && `${url.pathname}/`.startsWith(`${path}/`),
    );
    return api && { api, url };
  };
}

function apiOf(text: string): Api {
  const isPath = /^\/(?!\/)/.test(text);
  // A base that is never asked: it only lets the parser read a path.
  const url = parse(text, isPath ? 'http://localhost' : undefined);
  if (!url || /[*?#@\\\s]|\/\.{1,2}(\/|$)/.test(text)) {
    // What stands before an '@' may be a password, and a query may hold a key.
    return refuse(/[@?#]/.test(text) ? 'not shown' : JSON.stringify(text));
  }
  return { origin: isPath ? undefined : url.origin, path: url.pathname.replace(/\/+$/, '') };
}

function parse(text: string, base?: string): URL | undefined {
  try {
    const url = new URL(text, base);
    // The origin of a blob: URL is that of the page that made it.
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    // Not a URL; URL.canParse() is younger than our browsers.
    return undefined;
  }
}

function refuse(value: string): never {
  throw stepUpError(
    'CONFIGURATION',
    "withApis() needs URLs, or paths like '/api', without wildcard, query, fragment and " +
      `credentials: current value is ${value}`,
  );
}
