import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { FakeTokenVerifier } from 'nest-stepup/testing';
import request from 'supertest';
import { ApiModule } from './api.module.js';
import { serveOpenApi } from './openapi.js';

const PASSWORD = 'urn:okta:loa:1fa:any';
const TWO_FACTORS = 'urn:okta:loa:2fa:any';
const ORDER = { to: 'Ines Calder', amount: 25, reference: 'Tickets' };

const verifier = new FakeTokenVerifier();
let app: INestApplication;

beforeEach(async () => {
  const testing = await Test.createTestingModule({
    imports: [ApiModule.register(verifier)],
  }).compile();
  app = testing.createNestApplication({ logger: false });
  serveOpenApi(app);
  await app.init();
});

afterEach(() => app.close());

const server = (): Parameters<typeof request>[0] => app.getHttpServer() as never;

/** A header for someone who authenticated so many seconds ago. */
function bearer(acr: string, secondsAgo = 0, subject = 'alice'): string {
  const authTime = Math.floor(Date.now() / 1000) - secondsAgo;
  return `Bearer ${verifier.issue({ subject, acr, authTime })}`;
}

const send = (authorization: string, order: object) =>
  request(server()).post('/transfers').set('Authorization', authorization).send(order);

const freeze = (authorization: string, id = 'debit') =>
  request(server()).post(`/cards/${id}/freeze`).set('Authorization', authorization);

describe('POST /transfers', () => {
  it.each([
    [0.01, 201],
    [1000, 201],
    [1000.01, 401],
    [5000, 401],
  ])('answers two factors and %d euros with %i', async (amount, status) => {
    await send(bearer(TWO_FACTORS), { ...ORDER, amount }).expect(status);
  });

  it('asks for two factors up to the limit, and for no recency', async () => {
    const { headers } = await send(bearer(PASSWORD), { ...ORDER, amount: 1000 }).expect(401);
    expect(headers['www-authenticate']).toContain(`acr_values="${TWO_FACTORS}"`);
    expect(headers['www-authenticate']).not.toContain('max_age');
  });

  it('asks for a phishing-resistant factor of the last five minutes above the limit', async () => {
    const order = { ...ORDER, amount: 1000.01 };
    const { headers } = await send(bearer(TWO_FACTORS), order).expect(401);
    expect(headers['www-authenticate']).toContain('acr_values="phr"');
    expect(headers['www-authenticate']).toMatch(/max_age="?300"?/);
    await send(bearer('phr', 400), order).expect(401);
    await send(bearer('phr', 200), order).expect(201);
  });

  it('lists the transfer and lowers the balance', async () => {
    const authorization = bearer(TWO_FACTORS);
    const get = (path: string) =>
      request(server()).get(path).set('Authorization', authorization).expect(200);
    const balance = async (): Promise<number> => (await get('/accounts')).body[0].balance;

    const before = await balance();
    const { body: transfer } = await send(authorization, { ...ORDER, amount: 120.35 });
    expect((await get('/transfers')).body[0]).toEqual(transfer);
    expect(await balance()).toBeCloseTo(before - 120.35, 5);
  });

  it('keeps the customers apart', async () => {
    await send(bearer(TWO_FACTORS, 0, 'alice'), ORDER).expect(201);
    const { body } = await request(server())
      .get('/transfers')
      .set('Authorization', bearer(PASSWORD, 0, 'bob'));
    expect(body[0]).not.toMatchObject(ORDER);
  });

  it.each([
    ['no receiver', { amount: 5, reference: '' }],
    ['a blank receiver', { ...ORDER, to: '  ' }],
    ['an amount that is a text', { ...ORDER, amount: '5000' }],
    ['a negative amount', { ...ORDER, amount: -5 }],
    ['nothing', { ...ORDER, amount: 0 }],
    ['fractions of a cent', { ...ORDER, amount: 1000.001 }],
    ['a reference that is too long', { ...ORDER, reference: 'x'.repeat(141) }],
  ])('answers 400 to an order with %s, before it asks anyone to step up', async (_what, order) => {
    const { body, headers } = await send(bearer(PASSWORD), order).expect(400);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(headers['www-authenticate']).toBeUndefined();
    expect(body).toMatchObject({ status: 400, title: 'Bad Request' });
  });

  it('reveals no rule to a caller without a valid token', async () => {
    const { headers } = await send('Bearer forged', { ...ORDER, amount: 0 }).expect(401);
    expect(headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('answers 422 when there is not enough money', async () => {
    await send(bearer('phr'), { ...ORDER, amount: 999_999 }).expect(422);
  });
});

describe('POST /cards/:id/freeze', () => {
  it('takes any factor, used within the last minute', async () => {
    const { headers } = await freeze(bearer('phr', 90)).expect(401);
    expect(headers['www-authenticate']).not.toContain('acr_values');
    await freeze(bearer(PASSWORD, 10)).expect(201, {
      id: 'debit',
      name: 'Debit card',
      lastDigits: '4821',
      frozen: true,
    });
  });

  it('answers 404 for a card that is not there', async () => {
    await freeze(bearer(PASSWORD), 'gold').expect(404);
  });
});

describe('GET routes', () => {
  it.each([
    ['/accounts', 200],
    ['/cards', 200],
    ['/transfers', 200],
    ['/me', 200],
    ['/messages', 401],
    ['/statements/2026-10', 401],
  ])('answers a password at %s with %i', async (path, status) => {
    await request(server()).get(path).set('Authorization', bearer(PASSWORD)).expect(status);
    await request(server()).get(path).set('Authorization', bearer('phr')).expect(200);
    await request(server()).get(path).expect(401);
  });

  it('tells at /me what the verifier read, and nothing else', async () => {
    const token = verifier.issue({
      subject: 'alice',
      acr: PASSWORD,
      authTime: 1_700_000_000,
      claims: { aud: 'api://default', iss: 'http://localhost', jti: 'secret' },
    });
    await request(server()).get('/me').set('Authorization', `Bearer ${token}`).expect(200, {
      subject: 'alice',
      acr: PASSWORD,
      authTime: 1_700_000_000,
      issuer: 'http://localhost',
      audience: 'api://default',
    });
  });
});

describe('GET /openapi.json', () => {
  it('says what each route demands', async () => {
    const { body } = await request(server()).get('/openapi.json').expect(200);
    expect(body.info.title).toBe('Harbour Bank');
    const freezing = body.paths['/cards/{id}/freeze'].post;
    expect(freezing.security).toEqual([{ bearer: [] }]);
    expect(freezing['x-step-up']).toEqual({ maxAge: 60 });
    expect(body.paths['/transfers'].post['x-step-up']).toEqual({ decidedPerRequest: true });
    expect(body.paths['/accounts'].get.security).toEqual([{ bearer: [] }]);
    const { examples } = freezing.responses['401'].headers['WWW-Authenticate'];
    expect(examples.insufficient_user_authentication.value).toContain('realm="harbour-bank"');
  });
});
