import type { CustomFetch } from 'openid-client';
import { UnreachableError } from './upstream-failure.js';

/** Statuses below 500 that pass by themselves. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Makes the function that fetches metadata: what is at the address of a wrong `issuer` throws an
 * `UnreachableError` that says where it was looked for, and what to set.
 *
 * @param issuer As it is configured: the metadata has to say it to the letter.
 * @see [OpenID Connect Discovery §4.3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation)
 */
export function metadataFetch(fetch: CustomFetch, issuer: string): CustomFetch {
  return async (url, options) => {
    const response = await fetch(url, options).catch((error: unknown) => {
      throw isNotThere(error) ? elsewhere(url, error) : error;
    });
    const found: unknown = Reflect.get(Object(await response.clone().json()), 'issuer');
    if (found === issuer) return response;
    throw new UnreachableError(
      `the metadata at ${url} is of the issuer ${shown(found)} and not of ${issuer}: ` +
        "set 'issuer' to exactly what the metadata says",
      { isMisconfigured: true },
    );
  };
}

/** Whether there is something at the address, but no metadata. */
function isNotThere(error: unknown): error is UnreachableError {
  if (!(error instanceof UnreachableError)) return false;
  const { status } = error.answer;
  return status !== undefined && status < 500 && !PASSING_STATUSES.has(status);
}

function elsewhere(url: string, { message, answer }: UnreachableError): UnreachableError {
  return new UnreachableError(
    `its metadata was asked for at ${url}, and ${message}: set 'issuer' to that of the server`,
    { ...answer, isMisconfigured: true },
  );
}

/** What the server says is told only as far as it is an address: without line breaks, and not at length. */
function shown(issuer: unknown): string {
  if (typeof issuer !== 'string' || !URL.canParse(issuer)) return 'something else';
  const text = /^[\x21-\x7E]+$/.test(issuer) ? issuer : new URL(issuer).href;
  return text.slice(0, 200);
}
