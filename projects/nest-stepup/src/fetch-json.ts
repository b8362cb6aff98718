import { fetchText } from './fetch-text.js';
import { isJsonObject, type JsonObject } from './json-object.js';

/**
 * Gets a JSON object from an authorization server, as {@link fetchText} does.
 *
 * @param timeoutMs For the whole answer, in milliseconds.
 * @throws {Error} With a message that follows "as"; it holds nothing that the server sent.
 */
export async function fetchJson(url: URL, timeoutMs: number): Promise<JsonObject> {
  const { text } = await fetchText(url, timeoutMs, {
    // A connection kept for the minutes until the next request would by then be half closed.
    headers: { accept: 'application/json', connection: 'close' },
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The error is dropped: it quotes the text.
    throw new Error('its answer is not JSON');
  }
  if (!isJsonObject(value)) throw new Error('its answer is not a JSON object');
  return value;
}
