import { describe, expect, it } from '@jest/globals';
import { banner } from './banner.js';
import { readDemoConfig } from './demo.config.js';

describe('banner()', () => {
  it('names the phone, and the command for two instances', () => {
    const text = banner(readDemoConfig({}));
    expect(text).toContain('http://localhost:4202/phone');
    expect(text).toContain('DEMO_API_INSTANCES=2 REDIS_URL=redis://127.0.0.1:6379 npm start');
  });

  it('says where several instances keep what they share, without its password', () => {
    const env = { DEMO_API_INSTANCES: '2', REDIS_URL: 'redis://user:secret@127.0.0.1:6379' };
    const text = banner(readDemoConfig(env));
    expect(text).toContain('2 instances, Redis at 127.0.0.1:6379');
    expect(text).not.toContain('secret');
  });

  it('has no phone with an Okta org', () => {
    const env = { OKTA_ISSUER: 'https://bank.okta.example/oauth2/aus1', OKTA_CLIENT_ID: '0oa1' };
    const text = banner(readDemoConfig(env));
    expect(text).not.toContain('Phone');
    expect(text).not.toContain('DEMO_API_INSTANCES');
  });

  it('holds no key', () => {
    const config = readDemoConfig({});
    expect(banner(config)).not.toContain(config.ciba?.key.d);
    expect(banner(config)).not.toContain(config.ciba?.sealingKey);
  });
});
