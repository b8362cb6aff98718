import { isJsonObject, type JsonObject } from './json-object.js';

/** Metadata and key sets take a few KiB. */
const MAX_BYTES = 256 * 1024;

/** The server answered, but with another status than 200. */
export class UnexpectedStatusError extends Error {
  override readonly name = 'UnexpectedStatusError';

  constructor(readonly status: number) {
    super(`it answered with status ${status}`);
  }
}

/**
 * Gets a JSON object from an authorization server: at most 256 KiB, within a time, from no other
 * address than the one asked.
 *
 * @param timeoutMs For the whole answer, in milliseconds.
 * @throws {Error} With a message that follows "as"; it holds nothing that the server sent.
 */
export async function fetchJson(url: URL, timeoutMs: number): Promise<JsonObject> {
  let text: string;
  try {
    const response = await fetch(url, {
      // A connection kept for the minutes until the next request would by then be half closed.
      headers: { accept: 'application/json', connection: 'close' },
      // Followed, a redirect would let whoever answers choose where keys come from.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new UnexpectedStatusError(response.status);
    }
    text = await readText(response);
  } catch (error) {
    throw describeFailure(error, timeoutMs);
  }
  return parseObject(text);
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new RangeError('its answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function describeFailure(error: unknown, timeoutMs: number): Error {
  if (error instanceof UnexpectedStatusError || error instanceof RangeError) return error;
  if (read(error, 'name') === 'TimeoutError') {
    return new Error(`it did not answer within ${timeoutMs} ms`, { cause: error });
  }
  const code = read(error, 'code') ?? read(read(error, 'cause'), 'code');
  const detail = typeof code === 'string' ? ` (${code})` : '';
  return new Error(`the connection failed${detail}`, { cause: error });
}

function read(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function parseObject(text: string): JsonObject {
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
