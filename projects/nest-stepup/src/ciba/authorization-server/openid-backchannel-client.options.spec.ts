import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { clientSecretBasic, privateKeyJwt } from './client-authentication.js';
import {
  readSettings,
  type OpenIdBackchannelClientOptions,
} from './openid-backchannel-client.options.js';
import { keycloakProfile } from './profiles/keycloak.js';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const OPTIONS: OpenIdBackchannelClientOptions = {
  issuer: 'https://as.example/tenant',
  clientId: 'bank-api',
  clientAuthentication: clientSecretBasic('secret'),
};

describe('readSettings', () => {
  it('has defaults', () => {
    const settings = readSettings(OPTIONS);
    expect(settings).toMatchObject({
      profile: { name: 'standard' },
      deliveryMode: 'poll',
      dpop: false,
      requestSigner: undefined,
      timeoutSeconds: 10,
      clockToleranceSeconds: 5,
    });
    expect(Math.abs(settings.now() - Date.now() / 1000)).toBeLessThan(5);
  });

  it.each(['http://localhost:9000', 'http://127.0.0.1:9000/x', 'http://[::1]:9000', 'https://a.b'])(
    'takes the issuer %s',
    (issuer) => {
      expect(readSettings({ ...OPTIONS, issuer }).issuer).toBe(issuer);
    },
  );

  it.each([
    'http://as.example',
    'http://127.0.0.1.as.example',
    'http://localhost@as.example',
    'https://user:password@as.example',
    'https://:password@as.example',
    'https://:password@as.example/?x=1',
    'https://as.example/?x=1',
    'https://as.example/#x',
    'as.example',
    '',
    undefined,
  ])('refuses the issuer %s', (issuer) => {
    const read = () => readSettings({ ...OPTIONS, issuer: issuer as string });
    expect(read).toThrow(/^Cannot use CIBA as 'issuer' must be a URL/);
    expect(read).not.toThrow(/password/);
  });

  it.each<[string, Partial<OpenIdBackchannelClientOptions>, RegExp]>([
    ['no client', { clientId: '' }, /'clientId'/],
    ['credentials that are text', { clientAuthentication: 'x' as never }, /'clientAuthentication'/],
    ['push', { deliveryMode: 'push' as never }, /'deliveryMode'/],
    ['no time', { timeoutSeconds: 0 }, /'timeoutSeconds'/],
    ['endless time', { timeoutSeconds: Infinity }, /'timeoutSeconds'/],
    ['a negative tolerance', { clockToleranceSeconds: -1 }, /'clockToleranceSeconds'/],
    ['signed requests without a key', { signedRequests: true }, /'signedRequests' must be a key/],
  ])('refuses %s', (_name, difference, message) => {
    expect(() => readSettings({ ...OPTIONS, ...difference })).toThrow(message);
  });

  it('signs requests with the key of the client, or with another', () => {
    const clientAuthentication = privateKeyJwt({ key: privateKey });
    const same = readSettings({ ...OPTIONS, clientAuthentication, signedRequests: true });
    expect(same.requestSigner).toBe(clientAuthentication.signer);
    const other = readSettings({ ...OPTIONS, signedRequests: { key: privateKey } });
    expect(other.requestSigner?.algorithm).toBe('ES256');
  });

  it('takes a key pair for DPoP, and none that is not one', async () => {
    const { privateKey: secret, publicKey } = await crypto.subtle.generateKey(
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['sign', 'verify'],
    );
    const pair = { privateKey: secret, publicKey };
    expect(readSettings({ ...OPTIONS, dpop: pair }).dpop).toBe(pair);
    const swapped = { privateKey: publicKey, publicKey: secret };
    expect(() => readSettings({ ...OPTIONS, dpop: swapped })).toThrow(/'dpop' must be/);
  });

  it('goes by what the profile can', () => {
    const profile = keycloakProfile({ deliveryModes: ['poll'] });
    expect(() => readSettings({ ...OPTIONS, profile, deliveryMode: 'ping' })).toThrow(/Keycloak/);
  });
});
