/** Metadata, key sets and introspection answers take a few KiB. */
const MAX_BYTES = 256 * 1024;

/** The server answered, but with another status than 200. */
export class UnexpectedStatusError extends Error {
  override readonly name = 'UnexpectedStatusError';

  /** @param retryAfter The header of this name: untrusted. */
  constructor(
    readonly status: number,
    readonly retryAfter: string | null = null,
  ) {
    super(`it answered with status ${status}`);
  }
}

/** What is sent: a GET without more, or a form. */
export interface TextRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly form?: URLSearchParams;
}

/** What came back, with status 200. */
export interface TextAnswer {
  readonly text: string;
  /** The media type in lower case, without parameters. */
  readonly mediaType: string;
}

/**
 * Asks an authorization server: at most 256 KiB, within a time, from no other address than the one
 * asked.
 *
 * @param timeoutMs For the whole answer, in milliseconds.
 * @throws {Error} With a message that follows "as"; it holds nothing that was sent or came back.
 */
export async function fetchText(
  url: URL,
  timeoutMs: number,
  { headers, form }: TextRequest,
): Promise<TextAnswer> {
  const request: RequestInit = {
    ...(form && { method: 'POST', body: form }),
    headers,
    // Followed, a redirect would let whoever answers choose where keys come from and tokens go.
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  };
  try {
    const response = await fetch(url, request).catch((error: unknown) => {
      // RFC 9112 §9.6: the server may close a connection that it kept while a request is on its way.
      // What is sent here asks and changes nothing: it may be sent again.
      if (!CLOSED.includes(codeOf(error))) throw error;
      return fetch(url, request);
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new UnexpectedStatusError(response.status, response.headers.get('retry-after'));
    }
    const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
    return { text: await readText(response), mediaType: type.trim().toLowerCase() };
  } catch (error) {
    throw describeFailure(error, timeoutMs);
  }
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

/** The error itself is dropped: a parser's error holds what came, and that may be of a token. */
function describeFailure(error: unknown, timeoutMs: number): Error {
  if (error instanceof UnexpectedStatusError || error instanceof RangeError) return error;
  if (read(error, 'name') === 'TimeoutError') {
    return new Error(`it did not answer within ${timeoutMs} ms`);
  }
  const code = codeOf(error);
  const detail = typeof code === 'string' ? ` (${code})` : '';
  return new Error(`the connection failed${detail}`);
}

const CLOSED: readonly unknown[] = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

function codeOf(error: unknown): unknown {
  return read(error, 'code') ?? read(read(error, 'cause'), 'code');
}

function read(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
