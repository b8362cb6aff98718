import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { FakeTokenVerifier } from 'nest-stepup/testing';
import request from 'supertest';
import { readCibaConfig } from '../ciba.config.js';
import { ApiModule } from './api.module.js';
import { cibaOptions } from './ciba.js';
import { openSharedStore } from './shared-store.js';

const ISSUER = 'http://localhost:1/oauth2/default';
const ciba = readCibaConfig({}, 'http://localhost:1');
const surroundings = {
  issuer: ISSUER,
  publicUrl: 'http://localhost:4201',
  audience: 'api://default',
  scopes: ['openid', 'offline_access'],
};
const verifier = new FakeTokenVerifier();

describe('ApiModule with cibaOptions()', () => {
  let app: INestApplication;

  beforeEach(async () => {
    const testing = await Test.createTestingModule({
      imports: [ApiModule.register(verifier, cibaOptions(ciba, surroundings))],
    }).compile();
    app = testing.createNestApplication({ logger: false });
    await app.init();
  });

  afterEach(() => app.close());

  const server = (): Parameters<typeof request>[0] => app.getHttpServer() as never;

  it('offers a QR code that opens the phone’s page', async () => {
    const { body, headers } = await request(server()).post('/auth/qr').send({}).expect(201);
    expect(body.qr).toBe(`http://localhost:1/phone/scan#${body.sessionId}`);
    expect(body.cbUrl).toBe('http://localhost:4201/auth/oidc/bc-authorize');
    expect(headers['set-cookie']?.[0]).toMatch(/^stepup=.*HttpOnly/);
  });

  it('asks nobody’s phone without a valid token', async () => {
    await request(server()).post('/auth/step-up').send({}).expect(401);
  });

  it('answers 503 while the authorization server is down', async () => {
    const token = verifier.issue({ subject: 'alice' });
    const { body } = await request(server())
      .post('/auth/step-up')
      .set('Authorization', `Bearer ${token}`)
      .send({ acrValues: ['phr'] })
      .expect(503);
    expect(body.error).toBe('temporarily_unavailable');
  });
});

describe('ApiModule without cibaOptions()', () => {
  it('has no CIBA endpoints', async () => {
    const testing = await Test.createTestingModule({
      imports: [ApiModule.register(verifier)],
    }).compile();
    const app = testing.createNestApplication({ logger: false });
    await app.init();
    await request(app.getHttpServer() as never)
      .post('/auth/qr')
      .expect(404);
    await app.close();
  });
});

describe('openSharedStore()', () => {
  it('says which Redis does not answer, and not its password', async () => {
    const opened = openSharedStore('redis://user:secret@localhost:1');
    await expect(opened).rejects.toThrow(RangeError);
    await expect(opened).rejects.toThrow('current value is localhost:1');
    await expect(opened).rejects.not.toThrow('secret');
  });
});
