const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Checks the address of an authorization server: an absolute https URL without credentials or
 * fragment. Plain http is for loopback addresses, where nobody is in between.
 *
 * @param name The option or metadata member, for the message.
 * @throws {TypeError} When the value is not such a URL.
 */
export function parseServerUrl(name: string, value: unknown): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (!url) throw fault(name, 'must be an absolute URL', describe(value));
  if (url.username !== '' || url.password !== '') {
    throw fault(name, 'must not hold credentials', 'a URL that does');
  }
  if (url.hash !== '') throw fault(name, 'must not have a fragment', describe(value));
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    return url;
  }
  throw fault(name, 'must begin with https, or be on a loopback address', describe(value));
}

/**
 * Checks an issuer identifier.
 *
 * @throws {TypeError} When it is not a URL that {@link parseServerUrl} takes, or has a query.
 * @see [RFC 8414 §2](https://www.rfc-editor.org/rfc/rfc8414#section-2)
 */
export function parseIssuer(value: unknown): URL {
  const url = parseServerUrl('issuer', value);
  if (url.search !== '') throw fault('issuer', 'must not have a query', describe(value));
  return url;
}

function fault(name: string, why: string, value: string): TypeError {
  return new TypeError(
    `Cannot create a token verifier as '${name}' ${why}: current value is ${value}`,
  );
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return value === null ? 'null' : typeof value;
}
