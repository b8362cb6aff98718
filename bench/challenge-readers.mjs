/**
 * Readers of `WWW-Authenticate` on npm, each made to answer with what it read, as a list of
 * `{ scheme, params, token68? }` with names in lower case, or to throw when it refuses a header.
 */
import './packages.mjs';
import * as oauth from 'oauth4webapi';
import { parse as authHeader } from 'auth-header';
import { parseWWWAuthenticateHeader } from 'http-auth-utils';
import { createRequire } from 'node:module';

const { parseChallenges } = await import('stepup-core');
const { parsers } = createRequire(import.meta.url)('www-authenticate');

export const ours = {
  name: 'stepup-core',
  isTimed: true,
  read: parseChallenges,
  toList: (challenges) => challenges,
};

/** `read` is what is timed; `toList` puts its result into the common form. */
export const readers = [
  ours,
  {
    name: 'oauth4webapi',
    // It reads a header when it meets a response that has one, and throws what it read. The rest of
    // that takes longer than the reading.
    isTimed: false,
    async read(header) {
      const response = new Response(null, {
        status: 401,
        headers: { 'www-authenticate': header },
      });
      try {
        await oauth.processUserInfoResponse(SERVER, CLIENT, 'alice', response);
      } catch (error) {
        if (error instanceof oauth.WWWAuthenticateChallengeError) return error.cause;
      }
      throw new Error('Not read');
    },
    toList: (list) => list.map(({ parameters, ...rest }) => challenge(parameters, rest)),
  },
  {
    name: 'auth-header',
    isTimed: true,
    read: authHeader,
    toList: ({ scheme, params, token }) => [challenge(params, { scheme, token68: token })],
  },
  {
    name: 'www-authenticate',
    isTimed: true,
    read(header) {
      const result = new parsers.WWW_Authenticate(header);
      if (result.err) throw new Error('Refused');
      return result;
    },
    toList: ({ scheme, parms }) => [challenge(parms, { scheme })],
  },
  {
    name: 'http-auth-utils',
    isTimed: true,
    read: (header) => parseWWWAuthenticateHeader(header),
    toList: ({ type, data }) => [challenge(data, { scheme: type })],
  },
];

const SERVER = { issuer: 'https://as.example.com' };
const CLIENT = { client_id: 'bench' };

function challenge(params, { scheme, token68 }) {
  const lowered = Object.entries(params).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    scheme: scheme.toLowerCase(),
    params: Object.fromEntries(lowered),
    ...(token68 && { token68: String(token68) }),
  };
}

/** Whether a reader reads a header as what it means. */
export async function readsRight({ read, toList }, header, challenges) {
  try {
    return (
      JSON.stringify(inOrder(toList(await read(header)))) === JSON.stringify(inOrder(challenges))
    );
  } catch {
    return false;
  }
}

/** Whether a reader refuses a header. */
export async function refuses({ read }, header) {
  try {
    await read(header);
    return false;
  } catch {
    return true;
  }
}

function inOrder(challenges) {
  return challenges.map(({ scheme, params, token68 }) => [
    scheme,
    Object.entries(params).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    token68,
  ]);
}
