import { fetchJson } from './fetch-json.js';
import { UnexpectedStatusError } from './fetch-text.js';
import type { JsonObject } from './json-object.js';
import { parseServerUrl } from './server-url.js';

/**
 * Asks an authorization server where something of it is: by OpenID Connect Discovery, or, where
 * there is none, by RFC 8414.
 *
 * @param member The member of the metadata that says it.
 * @throws {Error} With a message that follows "as", also when the document is of another issuer.
 * @see [RFC 8414 §3](https://www.rfc-editor.org/rfc/rfc8414#section-3)
 */
export async function discoverEndpoint(
  issuer: string,
  member: 'introspection_endpoint' | 'jwks_uri',
  timeoutMs: number,
): Promise<URL> {
  const metadata = await fetchMetadata(issuer, timeoutMs);
  // RFC 8414 §3.3: identical, or what one issuer says would count for the tokens of another.
  if (metadata.issuer !== issuer) {
    throw new Error(
      "its metadata is not of the configured issuer: set 'issuer' to exactly what the metadata says",
    );
  }
  let endpoint: URL;
  try {
    endpoint = parseServerUrl(member, metadata[member]);
  } catch {
    // The error is dropped: it quotes the document.
    throw new Error(`its metadata has no usable ${member}`);
  }
  if (endpoint.protocol === 'http:' && new URL(issuer).protocol === 'https:') {
    throw new Error(`its metadata names a ${member} without https`);
  }
  return endpoint;
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
