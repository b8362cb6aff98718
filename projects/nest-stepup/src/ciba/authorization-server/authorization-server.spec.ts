import { describe, expect, it } from '@jest/globals';
import { None } from 'openid-client';
import { AuthorizationServer } from './authorization-server.js';

const ISSUER = 'https://as.example';
const METADATA_URL = `${ISSUER}/.well-known/openid-configuration`;

/** A server whose metadata is the next of these each time, and whose keys are at one place only. */
function start(...metadata: readonly { readonly jwks_uri: string }[]) {
  return startAs(ISSUER, metadata);
}

function startAs(issuer: string, metadata: readonly object[]) {
  const asked: string[] = [];
  const state = { asked, time: 1_750_000_000, keysAt: `${ISSUER}/jwks` };
  let given = 0;
  const server = new AuthorizationServer({
    issuer,
    clientId: 'bank-api',
    authenticate: None(),
    deliveryMode: 'poll',
    clockToleranceSeconds: 5,
    now: () => state.time,
    fetch: (url) => {
      asked.push(url);
      if (url === state.keysAt) return Promise.resolve(Response.json({ keys: [] }));
      if (url !== METADATA_URL) return Promise.resolve(Response.json({ error: 'none' }));
      const endpoints = {
        issuer: ISSUER,
        token_endpoint: `${ISSUER}/token`,
        backchannel_authentication_endpoint: `${ISSUER}/bc-authorize`,
      };
      return Promise.resolve(Response.json({ ...endpoints, ...metadata[given++] }));
    },
  });
  return Object.assign(state, { server });
}

describe('AuthorizationServer', () => {
  it('gets metadata, then keys, and keeps them', async () => {
    const { server, asked } = start({ jwks_uri: `${ISSUER}/jwks` });
    expect((await server.connect()).serverMetadata().issuer).toBe(ISSUER);
    await server.connect();
    expect(asked).toStrictEqual([METADATA_URL, `${ISSUER}/jwks`]);
  });

  it('looks for keys that have moved', async () => {
    const moved = start({ jwks_uri: `${ISSUER}/jwks` }, { jwks_uri: `${ISSUER}/new` });
    await moved.server.connect();
    moved.time += 300;
    moved.keysAt = `${ISSUER}/new`;
    await expect(moved.server.connect()).rejects.toMatchObject({ name: 'UnreachableError' });
    await expect(moved.server.connect()).resolves.toBeDefined();
    const keys = [`${ISSUER}/jwks`, `${ISSUER}/jwks`];
    expect(moved.asked).toStrictEqual([METADATA_URL, ...keys, METADATA_URL, `${ISSUER}/new`]);
  });

  // The library does not compare the issuer when it is told where exactly the metadata is.
  it('takes no metadata that names another issuer than the configured one', async () => {
    const { server, asked } = startAs(METADATA_URL, [{ jwks_uri: `${ISSUER}/jwks` }]);
    await expect(server.connect()).rejects.toMatchObject({
      cause: {
        name: 'UnreachableError',
        message: expect.stringContaining(`of the issuer ${ISSUER} and not of ${METADATA_URL}: set`),
      },
    });
    expect(asked).toStrictEqual([METADATA_URL]);
  });

  it.each(['http://localhost:6379/', 'http://127.0.0.1/jwks', 'file:///etc/passwd', 'jwks'])(
    'gets no keys from %s for an issuer with https',
    async (jwks_uri) => {
      const { server, asked } = start({ jwks_uri });
      await expect(server.connect()).rejects.toMatchObject({ name: 'MisconfigurationError' });
      expect(asked).toStrictEqual([METADATA_URL]);
    },
  );
});
