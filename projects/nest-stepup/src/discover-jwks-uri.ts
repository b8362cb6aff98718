import { fetchJson, UnexpectedStatusError } from './fetch-json.js';
import type { JsonObject } from './json-object.js';
import { parseServerUrl } from './server-url.js';

/**
 * Asks an authorization server where its keys are: by OpenID Connect Discovery, or, where there is
 * none, by RFC 8414.
 *
 * @throws {Error} With a message that follows "as", also when the document is of another issuer.
 * @see [RFC 8414 §3](https://www.rfc-editor.org/rfc/rfc8414#section-3)
 */
export async function discoverJwksUri(issuer: string, timeoutMs: number): Promise<URL> {
  const metadata = await fetchMetadata(issuer, timeoutMs);
  // RFC 8414 §3.3: identical, or the keys of one issuer would verify the tokens of another.
  if (metadata.issuer !== issuer) {
    throw new Error(
      "its metadata is not of the configured issuer: set 'issuer' to exactly what the metadata says",
    );
  }
  let jwksUri: URL;
  try {
    jwksUri = parseServerUrl('jwks_uri', metadata.jwks_uri);
  } catch {
    // The error is dropped: it quotes the document.
    throw new Error('its metadata has no usable jwks_uri');
  }
  if (jwksUri.protocol === 'http:' && new URL(issuer).protocol === 'https:') {
    throw new Error('its metadata names a jwks_uri without https');
  }
  return jwksUri;
}

async function fetchMetadata(issuer: string, timeoutMs: number): Promise<JsonObject> {
  const base = new URL(issuer);
  const path = base.pathname.replace(/\/$/, '');
  try {
    // OpenID Connect Discovery §4 appends to the path.
    const url = new URL(`${path}/.well-known/openid-configuration`, base);
    return await fetchJson(url, timeoutMs);
  } catch (error) {
    const isMissing =
      error instanceof UnexpectedStatusError && Math.trunc(error.status / 100) === 4;
    if (!isMissing) throw error;
  }
  // RFC 8414 §3.1 inserts before it.
  const url = new URL(`/.well-known/oauth-authorization-server${path}`, base);
  return await fetchJson(url, timeoutMs);
}
