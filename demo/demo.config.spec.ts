import { describe, expect, it } from '@jest/globals';
import { readDemoConfig, webConfigOf } from './demo.config.js';

describe('readDemoConfig()', () => {
  it('uses ports 4200 to 4202 and the embedded issuer by itself', () => {
    expect(readDemoConfig({})).toMatchObject({
      webOrigin: 'http://localhost:4200',
      apiUrl: 'http://localhost:4201',
      issuer: 'http://localhost:4202/oauth2/default',
      clientId: 'spa',
      audience: 'api://default',
      acrMode: 'okta',
      oktaOrg: false,
    });
  });

  it('derives addresses from the ports', () => {
    const env = { DEMO_WEB_PORT: '5200', DEMO_API_PORT: '5201', DEMO_ISSUER_PORT: '5202' };
    expect(readDemoConfig(env)).toMatchObject({
      webOrigin: 'http://localhost:5200',
      apiUrl: 'http://localhost:5201',
      issuer: 'http://localhost:5202/oauth2/default',
      issuerOrigin: 'http://localhost:5202',
    });
  });

  it('uses a real Okta org, which has its own accounts, when one is named', () => {
    const env = { OKTA_ISSUER: 'https://bank.okta.example/oauth2/aus1', OKTA_CLIENT_ID: '0oa1' };
    expect(readDemoConfig(env)).toMatchObject({
      issuer: 'https://bank.okta.example/oauth2/aus1',
      issuerOrigin: 'https://bank.okta.example',
      clientId: '0oa1',
      oktaOrg: true,
      accounts: [],
      ciba: undefined,
    });
  });

  it.each([
    [{ DEMO_API_PORT: '0' }, 'DEMO_API_PORT'],
    [{ DEMO_API_PORT: '65536' }, 'DEMO_API_PORT'],
    [{ DEMO_API_PORT: '4201x' }, 'DEMO_API_PORT'],
    [{ DEMO_ACR_MODE: 'other' }, 'DEMO_ACR_MODE'],
    [{ OKTA_ISSUER: 'https://bank.okta.example' }, 'OKTA_CLIENT_ID'],
    [{ OKTA_ISSUER: 'bank', OKTA_CLIENT_ID: '0oa1' }, 'OKTA_ISSUER'],
  ])('refuses %j', (env, named) => {
    expect(() => readDemoConfig(env)).toThrow(RangeError);
    expect(() => readDemoConfig(env)).toThrow(named);
  });
});

describe('webConfigOf()', () => {
  it('names no phone where an Okta org has its own', () => {
    const env = { OKTA_ISSUER: 'https://bank.okta.example/oauth2/aus1', OKTA_CLIENT_ID: '0oa1' };
    expect(webConfigOf(readDemoConfig(env))).not.toHaveProperty('phoneUrl');
  });

  it('leaves out the accounts, their passwords and every key', () => {
    expect(Object.keys(webConfigOf(readDemoConfig({}))).toSorted()).toEqual([
      'apiUrl',
      'clientId',
      'issuer',
      'issuerOrigin',
      'oktaOrg',
      'phoneUrl',
      'scopes',
    ]);
  });
});
