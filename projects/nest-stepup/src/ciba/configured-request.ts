import { CibaException, type CibaErrorCode } from './ciba.exception.js';

/** What the authorization server refuses in parameters that are configured. */
const CONFIGURED: ReadonlySet<CibaErrorCode> = new Set<CibaErrorCode>([
  'invalid_binding_message',
  'invalid_request',
  'invalid_scope',
  'invalid_target',
]);

/**
 * Takes what comes of starting a step-up. Its scope, resource, hint and binding message are this
 * API's own, and its requirement is one that this API demands: where the authorization server
 * refuses one of them, nobody at a browser can do anything about it.
 *
 * The client of the authorization server has told the log which setting to change.
 *
 * @throws {CibaException} `server_error` for such a refusal; any other as it is.
 */
export async function asConfigured<T>(start: Promise<T>): Promise<T> {
  try {
    return await start;
  } catch (cause) {
    if (!(cause instanceof CibaException) || !CONFIGURED.has(cause.error)) throw cause;
    const description = 'The authorization server does not take what this API is configured to ask';
    throw new CibaException('server_error', description, { cause });
  }
}
