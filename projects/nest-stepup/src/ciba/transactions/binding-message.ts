import { randomInt } from 'node:crypto';
import type { BindingMessagePolicy } from '../authorization-server/provider-profile.js';
import { CibaException } from '../ciba.exception.js';
import type { CibaSettings } from '../ciba.settings.js';

// Without characters that are taken for one another: B and 8, I, L and 1, O, Q and 0, S and 5 …
const LETTERS = Array.from('ACDEFHJKMNPRTUVWXY');
const DIGITS = Array.from('2345679');
const CODE = [LETTERS, LETTERS, DIGITS, DIGITS, ['-'], LETTERS, LETTERS, DIGITS, DIGITS];

/**
 * Makes the text that both screens show: new for each transaction, and one that the authorization
 * server takes.
 *
 * @throws {CibaException} `server_error` when a function of the app's returns one that it does not.
 * @see [CIBA §7.1](https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#auth_request)
 */
export function makeBindingMessage(
  kind: CibaSettings['bindingMessage'],
  policy: BindingMessagePolicy,
): string {
  const message = draw(kind, policy);
  if (typeof message === 'string' && message !== '' && isAccepted(message, policy)) return message;
  throw new CibaException(
    'server_error',
    "Cannot make a binding message as the authorization server's profile does not allow it",
  );
}

function draw(kind: CibaSettings['bindingMessage'], policy: BindingMessagePolicy): string {
  if (typeof kind === 'function') return kind();
  if (kind === 'number') return String(randomInt(10, 100));
  return CODE.map((pool) => pick(pool.filter((character) => isAccepted(character, policy))))
    .join('')
    .slice(0, policy.maxLength);
}

function pick(pool: readonly string[]): string {
  return pool.length === 0 ? '' : (pool[randomInt(pool.length)] ?? '');
}

function isAccepted(message: string, { alphabet, maxLength }: BindingMessagePolicy): boolean {
  if (message.length > maxLength) return false;
  // By search(), which does not go by what an expression remembers of its last use.
  return Array.from(message).every((character) => character.search(alphabet) === 0);
}
