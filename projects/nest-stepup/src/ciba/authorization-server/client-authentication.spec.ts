import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import { inspect } from 'node:util';
import { CLIENT_KEY, CLIENT_SECRET } from '../../spec/ciba/ciba-clients.js';
import { plainServer } from '../../spec/ciba/quirky-providers.js';
import { QuirkyServer } from '../../spec/ciba/quirky-server.js';
import {
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  privateKeyJwt,
  type ClientAuthentication,
} from './client-authentication.js';
import { OpenIdBackchannelClient } from './openid-backchannel-client.js';

const NOW = 1_750_000_000;

function client(clientAuthentication: ClientAuthentication, issuer = 'https://as.example') {
  return new OpenIdBackchannelClient({
    issuer,
    clientId: 'bank-api',
    clientAuthentication,
    timeoutSeconds: 1,
    now: () => NOW + 0.9,
  });
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('privateKeyJwt', () => {
  it('makes assertions for the issuer, each once and for a minute', async () => {
    const backchannel = client(privateKeyJwt({ key: { ...CLIENT_KEY.privateJwk } }));
    const [first, second] = [
      await backchannel.clientAssertion(),
      await backchannel.clientAssertion(),
    ];
    const key = createPublicKey({ key: { ...CLIENT_KEY.publicJwk }, format: 'jwk' });
    const { payload, protectedHeader } = await jwtVerify(first, key, {
      currentDate: new Date(NOW * 1000),
    });
    expect(protectedHeader).toStrictEqual({ alg: 'ES256', typ: 'JWT', kid: 'client-key' });
    expect(payload).toStrictEqual({
      iss: 'bank-api',
      sub: 'bank-api',
      aud: 'https://as.example',
      jti: expect.stringMatching(/^[\w-]{32}$/),
      iat: NOW,
      nbf: NOW,
      exp: NOW + 60,
    });
    expect(first).not.toBe(second);
  });

  it('waits for a remote signer no longer than it may take', async () => {
    const lines: unknown[] = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line) => void lines.push(line));
    const server = await QuirkyServer.start(plainServer);
    try {
      const backchannel = client(
        privateKeyJwt({ sign: () => new Promise(() => undefined), algorithm: 'ES256' }),
        server.issuer,
      );
      expect(await backchannel.redeem('id', [])).toStrictEqual({ outcome: 'unreachable' });
      await expect(
        backchannel.authenticate({ hint: { login_hint: 'a' }, scope: 'openid', resource: [] }),
      ).rejects.toMatchObject({ error: 'temporarily_unavailable', retryAfterSeconds: 5 });
      await expect(backchannel.clientAssertion()).rejects.toMatchObject({ status: 503 });
      expect(lines).toStrictEqual([
        'Cannot redeem an approval as the signer did not answer within 1 s',
        'Cannot ask for an authentication as the signer did not answer within 1 s',
        'Cannot make a client assertion as the signer did not answer within 1 s',
      ]);
      expect(server.requests).toHaveLength(0);
    } finally {
      await server.stop();
    }
  });
});

describe('clientSecretJwt', () => {
  it('makes assertions that the secret signs', async () => {
    const assertion = await client(clientSecretJwt(CLIENT_SECRET)).clientAssertion();
    const { protectedHeader } = await jwtVerify(assertion, Buffer.from(CLIENT_SECRET), {
      currentDate: new Date(NOW * 1000),
    });
    expect(protectedHeader.alg).toBe('HS256');
  });

  it('needs a secret of 32 octets', () => {
    expect(() => clientSecretJwt('x'.repeat(31))).toThrow(/at least 32 octets/);
  });
});

describe.each([
  ['clientSecretBasic', clientSecretBasic],
  ['clientSecretPost', clientSecretPost],
  ['clientSecretJwt', clientSecretJwt],
])('%s', (_name, make) => {
  it.each(['', undefined, null, 7])('refuses %j as a secret', (secret) => {
    expect(() => make(secret as string)).toThrow(TypeError);
  });

  it('shows the secret to nobody', () => {
    const authentication = make(CLIENT_SECRET);
    const shown = inspect(authentication, { depth: 9, showHidden: true });
    expect(shown + JSON.stringify(authentication)).not.toContain(CLIENT_SECRET);
  });
});
