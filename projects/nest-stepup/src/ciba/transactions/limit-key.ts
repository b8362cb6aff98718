import { isIPv6 } from 'node:net';
import type { BackchannelHint } from '../authorization-server/backchannel-client.js';

/**
 * What the limit per address counts: an IPv4 address, or the 64 bits that an IPv6 network has in
 * common. A single subscriber has all the addresses of such a network, and could use a new one for
 * each request.
 *
 * @param address As the HTTP adapter tells it; absent when the client has gone already.
 */
export function addressKey(address: string | undefined): string {
  const [plain = ''] = (address ?? 'unknown').split('%');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = canonical(plain).split('::');
  const groups = head === '' ? [] : head.split(':');
  const last = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - groups.length - last.length;
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...last];
  return isMapped(all) ? ipv4(all) : `${all.slice(0, 4).join(':')}::/64`;
}

/**
 * What the limit per user counts where nobody is signed in. One user name has many spellings, and
 * most authorization servers take them all.
 */
export function hintKey(hint: BackchannelHint): string {
  if (!('login_hint' in hint)) return Object.entries(hint).flat().join(' ');
  return `login_hint ${hint.login_hint.normalize('NFKC').trim().toLowerCase()}`;
}

/** In hexadecimal, with the longest run of zeros left out. */
function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** An IPv4 address, as a socket for both has it: ::ffff:192.0.2.1. */
function isMapped(groups: readonly string[]): boolean {
  return groups[5] === 'ffff' && groups.slice(0, 5).every((group) => group === '0');
}

function ipv4(groups: readonly string[]): string {
  const bytes = Buffer.from(
    groups
      .slice(6)
      .map((group) => group.padStart(4, '0'))
      .join(''),
    'hex',
  );
  return [...bytes].join('.');
}
