// The URL parser of a browser drops tabs and line breaks, and reads a backslash as a slash.
const ROUTER_URL = /^\/(?!\/)[!-[\]-~\u0080-\uffff]*$/;

/** Whether a text is a router URL with exactly one leading slash, which cannot lead out of the app. */
export function isReturnUrl(url: unknown): url is string {
  return typeof url === 'string' && ROUTER_URL.test(url);
}
