import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { plainServer } from '../../spec/ciba/quirky-providers.js';
import {
  QUIRKY_CLIENT_ID,
  QuirkyServer,
  type QuirkyAnswer,
} from '../../spec/ciba/quirky-server.js';
import { CibaException } from '../ciba.exception.js';
import type { BackchannelRequest, RevocationOutcome } from './backchannel-client.js';
import { clientSecretBasic, clientSecretPost } from './client-authentication.js';
import { OpenIdBackchannelClient } from './openid-backchannel-client.js';
import type { OpenIdBackchannelClientOptions } from './openid-backchannel-client.options.js';

const SECRET = 'client-secret-that-nobody-may-see';
const AUTH_REQ_ID = 'auth-req-id-that-nobody-may-see';
const REQUEST: BackchannelRequest = {
  hint: { login_hint: 'alice' },
  scope: 'openid',
  resource: [],
};
const NOT_UNDERSTOOD = 'The authorization server and this API do not understand each other';

const jsonError = (error: unknown, status = 400, headers = {}): QuirkyAnswer => ({
  status,
  headers,
  body: { error, error_description: `description with ${AUTH_REQ_ID} and ${SECRET}` },
});

let server: QuirkyServer;
let lines: string[];
let errors: string[];
beforeEach(async () => {
  server = await QuirkyServer.start(plainServer);
  lines = [];
  errors = [];
  for (const level of ['log', 'warn', 'error', 'debug'] as const) {
    jest.spyOn(Logger.prototype, level).mockImplementation((...line: unknown[]) => {
      lines.push(line.map(String).join(' '));
      if (level === 'error') errors.push(line.map(String).join(' '));
    });
  }
});
afterEach(async () => {
  await server.stop();
  jest.restoreAllMocks();
  for (const line of lines) {
    for (const secret of [SECRET, AUTH_REQ_ID, 'access-token-of', 'eyJ']) {
      expect(line).not.toContain(secret);
    }
  }
});

function client(options: Partial<OpenIdBackchannelClientOptions> = {}) {
  return new OpenIdBackchannelClient({
    issuer: server.issuer,
    clientId: QUIRKY_CLIENT_ID,
    clientAuthentication: clientSecretBasic(SECRET),
    timeoutSeconds: 5,
    ...options,
  });
}

async function redeem(answer: QuirkyAnswer, options?: Partial<OpenIdBackchannelClientOptions>) {
  server.tokenAnswer = answer;
  const timeoutSeconds = answer === 'hang' ? 1 : 5;
  return await client({ timeoutSeconds, ...options }).redeem(AUTH_REQ_ID, []);
}

async function refusalOf(answer: QuirkyAnswer): Promise<CibaException> {
  server.requestAnswer = answer;
  const refusal: unknown = await client({ timeoutSeconds: answer === 'hang' ? 1 : 5 })
    .authenticate(REQUEST)
    .catch((error: unknown) => error);
  if (!(refusal instanceof CibaException)) throw new Error('It was not refused');
  const { message, description, cause } = refusal;
  expect(`${message} ${description} ${String(cause)}`).not.toMatch(/nobody-may-see/);
  return refusal;
}

describe('redeem', () => {
  it.each<[string, QuirkyAnswer, object]>([
    ['authorization_pending', jsonError('authorization_pending'), { outcome: 'pending' }],
    ['slow_down', jsonError('slow_down'), { outcome: 'slow_down' }],
    [
      'slow_down with a delay',
      jsonError('slow_down', 429, { 'retry-after': '12' }),
      { outcome: 'slow_down', retryAfterSeconds: 12 },
    ],
    [
      'authorization_pending with status 200',
      jsonError('authorization_pending', 200),
      { outcome: 'pending' },
    ],
    [
      'authorization_pending with status 403',
      jsonError('authorization_pending', 403),
      { outcome: 'pending' },
    ],
    [
      'slow_down with an interval that is no number',
      { status: 400, body: { error: 'slow_down', interval: 'soon' } },
      { outcome: 'slow_down' },
    ],
    [
      'slow_down with an interval in text',
      { status: 400, body: { error: 'slow_down', interval: '15' } },
      { outcome: 'slow_down', intervalSeconds: 15 },
    ],
    ['429', { status: 429, body: '' }, { outcome: 'unreachable' }],
    [
      '503 with a delay',
      { status: 503, headers: { 'retry-after': '30' }, body: 'down' },
      { outcome: 'unreachable', retryAfterSeconds: 30 },
    ],
    ...['later', '9'.repeat(300), '-30', ''].map((value): [string, QuirkyAnswer, object] => [
      `503 with the nonsensical delay ${value}`,
      { status: 503, headers: { 'retry-after': value }, body: 'down' },
      { outcome: 'unreachable' },
    ]),
    ['500 with an error', jsonError('invalid_grant', 500), { outcome: 'unreachable' }],
    ['server_error', jsonError('server_error'), { outcome: 'unreachable' }],
    ['text', { status: 200, body: 'hello' }, { outcome: 'unreachable' }],
    ['nothing', { status: 200, body: '' }, { outcome: 'unreachable' }],
    ['a list', { status: 200, body: [] }, { outcome: 'unreachable' }],
    ['a page', { status: 404, body: '<html>' }, { outcome: 'unreachable' }],
    [
      'a redirect',
      { status: 307, headers: { location: 'http://127.0.0.1:1/token' }, body: '' },
      { outcome: 'unreachable' },
    ],
    ['a huge body', { status: 400, body: 'x'.repeat(3_000_000) }, { outcome: 'unreachable' }],
    ['silence', 'hang', { outcome: 'unreachable' }],
    ['a broken line', 'drop', { outcome: 'unreachable' }],
  ])('goes on after %s', async (_name, answer, expected) => {
    expect(await redeem(answer)).toStrictEqual(expected);
  });

  it('reads a delay that is a date', async () => {
    const headers = { 'retry-after': 'Thu, 01 Jan 2026 00:00:20 GMT' };
    const time = Date.parse('2026-01-01T00:00:00Z') / 1000;
    const outcome = await redeem({ status: 503, headers, body: '' }, { now: () => time });
    expect(outcome).toStrictEqual({
      outcome: 'unreachable',
      retryAfterSeconds: 20,
    });
  });

  it.each([
    ['access_denied', 'denied', 'access_denied'],
    ['expired_token', 'expired', 'expired_token'],
    ['invalid_grant', 'failed', 'invalid_grant'],
    ['invalid_request', 'failed', 'invalid_request'],
    ['invalid_scope', 'failed', 'invalid_scope'],
    ['invalid_target', 'failed', 'invalid_target'],
    ['transaction_failed', 'failed', 'transaction_failed'],
    ['unmet_authentication_requirements', 'failed', 'unmet_authentication_requirements'],
    ['unauthorized_client', 'failed', 'server_error'],
    ['unsupported_grant_type', 'failed', 'server_error'],
    ['invalid_client', 'failed', 'server_error'],
    ['constructor', 'failed', 'server_error'],
    [`x ${AUTH_REQ_ID}\n`, 'failed', 'server_error'],
  ])('ends after %j as %s, with %s', async (upstream, outcome, error) => {
    const result = await redeem(jsonError(upstream));
    expect(result).toStrictEqual({ outcome, error, description: expect.any(String) });
    expect(JSON.stringify(result)).not.toContain('nobody-may-see');
  });

  it.each<[string, Record<string, string>]>([
    ['without a challenge', {}],
    ['with a challenge', { 'www-authenticate': 'Basic realm="x", error="invalid_client"' }],
  ])('ends when the client is not accepted, %s', async (_name, headers) => {
    for (const body of ['no JSON', { error: 'invalid_client' }]) {
      expect(await redeem({ status: 401, headers, body })).toStrictEqual({
        outcome: 'failed',
        error: 'server_error',
        description: NOT_UNDERSTOOD,
      });
    }
    expect(lines).toStrictEqual(
      Array(2).fill(
        'Cannot redeem an approval as the authorization server refuses with invalid_client: ' +
          "compare 'clientId' and 'clientAuthentication' with how the client is registered",
      ),
    );
  });

  it.each(['constructor', '__proto__', 'toString'])(
    'knows nothing to say of the error %s',
    async (error) => {
      await redeem(jsonError(error));
      expect(lines).toStrictEqual([
        expect.stringMatching(/refuses with (constructor|an error that has no name)$/),
      ]);
    },
  );

  it('tells the log of one trouble once a minute', async () => {
    let time = 1_750_000_000;
    const backchannel = client({ now: () => time });
    server.tokenAnswer = { status: 503, body: '' };
    await backchannel.redeem(AUTH_REQ_ID, []);
    await backchannel.redeem(AUTH_REQ_ID, []);
    expect(lines).toHaveLength(1);
    time += 61;
    await backchannel.redeem(AUTH_REQ_ID, []);
    expect(lines).toHaveLength(2);
  });

  it('does not say in the log what happens to users', async () => {
    await redeem(jsonError('access_denied'));
    await redeem(jsonError('authorization_pending'));
    expect(lines).toStrictEqual([]);
  });

  describe('of an approval', () => {
    const FAILED = { outcome: 'failed', error: 'server_error', description: NOT_UNDERSTOOD };

    it('takes tokens that are right', async () => {
      expect(await redeem(server.tokens(await server.idToken()))).toMatchObject({
        outcome: 'approved',
        result: { authentication: { subject: 'alice', acr: 'phr' } },
      });
    });

    it('leaves out of the authentication what is missing or ill-typed', async () => {
      const idToken = await server.idToken({ acr: 7, auth_time: undefined, amr: 'hwk' });
      const outcome = await redeem(server.tokens(idToken));
      if (outcome.outcome !== 'approved') throw new Error(outcome.outcome);
      expect(Object.keys(outcome.result.authentication)).toStrictEqual(['subject', 'claims']);
    });

    it.each<[string, Record<string, unknown>]>([
      ['of another issuer', { iss: 'https://other.example' }],
      ['for another client', { aud: 'other' }],
      ['for several clients', { aud: [QUIRKY_CLIENT_ID, 'other'] }],
      ['that has expired', { exp: 1_750_000_000 }],
      ['that is not yet valid', { nbf: 4_000_000_000 }],
      ['without a subject', { sub: undefined }],
      ['with an empty subject', { sub: '' }],
      ['for several clients, with another as its party', { aud: [QUIRKY_CLIENT_ID], azp: 'other' }],
      ['that another client asked for', { azp: 'other' }],
      ['of another request', { 'urn:openid:params:jwt:claim:auth_req_id': 'other' }],
      ['without an expiry', { exp: undefined }],
      ['with a subject that is a number', { sub: 7 }],
      ['with an auth_time that is text', { auth_time: 'now' }],
    ])('refuses an ID token %s', async (_name, claims) => {
      expect(await redeem(server.tokens(await server.idToken(claims)))).toStrictEqual(FAILED);
    });

    it('takes an ID token that names this client and this request', async () => {
      const idToken = await server.idToken({
        aud: [QUIRKY_CLIENT_ID, 'other'],
        azp: QUIRKY_CLIENT_ID,
        'urn:openid:params:jwt:claim:auth_req_id': AUTH_REQ_ID,
      });
      expect(await redeem(server.tokens(idToken))).toMatchObject({ outcome: 'approved' });
    });

    it('refuses an ID token with another signature', async () => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const idToken = await server.idToken({}, { key: privateKey });
      expect(await redeem(server.tokens(idToken))).toStrictEqual(FAILED);
    });

    it('refuses an ID token signed with the secret', async () => {
      const key = createSecretKey(Buffer.from(SECRET));
      const idToken = await server.idToken({}, { key, header: { alg: 'HS256' } });
      expect(await redeem(server.tokens(idToken))).toStrictEqual(FAILED);
    });

    it('refuses an ID token without a signature', async () => {
      const [, claims] = (await server.idToken()).split('.');
      const header = Buffer.from('{"alg":"none"}').toString('base64url');
      expect(await redeem(server.tokens(`${header}.${claims}.`))).toStrictEqual(FAILED);
    });

    it.each(['', 'x', 'a.b.c', '..', 'eyJhbGciOiJFUzI1NiJ9.%.%', 'a.b.c.d.e'])(
      'refuses %j as an ID token',
      async (idToken) => {
        expect(await redeem(server.tokens(idToken))).toStrictEqual(FAILED);
      },
    );

    it('refuses tokens without an ID token', async () => {
      expect(await redeem(server.tokens(undefined))).toStrictEqual(FAILED);
      expect(lines).toStrictEqual([expect.stringMatching(/there is no ID token in its answer/)]);
    });

    it('takes tokens that have an error beside them', async () => {
      const answer = server.tokens(await server.idToken());
      if (typeof answer === 'string') throw new Error(answer);
      const body = { ...Object(answer.body), error: 'none' };
      expect(await redeem({ ...answer, body })).toMatchObject({ outcome: 'approved' });
    });

    it.each([
      ['unsupported_token_type', 0],
      ['invalid_client', 1],
    ])('logs %s from the revocation %d times', async (error, times) => {
      server.metadata = { revocation_endpoint: `${server.issuer}/revoke` };
      server.tokenAnswer = jsonError(error);
      const backchannel = client();
      await backchannel.revoke('access', 'access_token');
      await backchannel.revoke('access', 'access_token');
      expect(server.requests).toHaveLength(2);
      expect(lines).toHaveLength(times);
    });

    it('revokes tokens that it does not take', async () => {
      server.metadata = { revocation_endpoint: `${server.issuer}/revoke` };
      const body = { access_token: 'access', token_type: 'Bearer', refresh_token: 'refresh' };
      expect(await redeem({ status: 200, body })).toStrictEqual(FAILED);
      const revoked = server.requests.filter(({ path }) => path === '/revoke');
      expect(new Set(revoked.map(({ parameters }) => parameters['token']))).toStrictEqual(
        new Set(['access', 'refresh']),
      );
    });

    it.each<[string, object]>([
      ['no access token', { token_type: 'Bearer' }],
      ['an access token that is a number', { access_token: 7, token_type: 'Bearer' }],
      ['no type', { access_token: 'a' }],
      ['an unknown type', { access_token: 'a', token_type: 'mac' }],
      ['an endless life', { access_token: 'a', token_type: 'Bearer', expires_in: 'x' }],
    ])('refuses tokens with %s', async (_name, body) => {
      const idToken = await server.idToken();
      const answer = { status: 200, body: { id_token: idToken, ...body } };
      expect(await redeem(answer)).toStrictEqual(FAILED);
    });
  });
});

describe('authenticate', () => {
  it.each([
    'access_denied',
    'expired_login_hint_token',
    'invalid_binding_message',
    'invalid_request',
    'invalid_scope',
    'invalid_target',
    'unknown_user_id',
    'unmet_authentication_requirements',
  ])('passes %s on', async (error) => {
    const refusal = await refusalOf(jsonError(error, error === 'access_denied' ? 403 : 400));
    expect(refusal.error).toBe(error);
    expect(refusal.getStatus()).toBe(400);
  });

  it.each([
    ['invalid_request', /'deliveryMode'.*grant types/],
    ['invalid_scope', /'scope'/],
    ['invalid_target', /'resource'/],
    ['invalid_binding_message', /'bindingMessage'/],
    ['invalid_client', /'clientAuthentication'/],
    ['unauthorized_client', /urn:openid:params:grant-type:ciba/],
  ])('has an error name the setting that can be behind %s', async (error, setting) => {
    await refusalOf(jsonError(error));
    expect(errors).toStrictEqual([expect.stringMatching(setting)]);
  });

  it.each([
    'invalid_client',
    'unauthorized_client',
    'missing_user_code',
    'invalid_user_code',
    'something_else',
  ])('answers %s with 500, and logs it', async (error) => {
    expect(await refusalOf(jsonError(error))).toMatchObject({ error: 'server_error' });
    expect(lines).toStrictEqual([expect.stringContaining(error)]);
  });

  it.each<[string, QuirkyAnswer, string, number]>([
    ['503', { status: 503, headers: { 'retry-after': '30' }, body: '' }, '503', 30],
    ['a page', { status: 200, body: '<html>' }, 'not a JSON object', 5],
    ['a broken line', 'drop', 'failed (ECONNRESET)', 5],
    ['silence', 'hang', 'did not answer within 1 s', 5],
  ])('answers %s with 503', async (_name, answer, line, retryAfterSeconds) => {
    expect(await refusalOf(answer)).toMatchObject({
      error: 'temporarily_unavailable',
      retryAfterSeconds,
    });
    expect(lines).toStrictEqual([expect.stringContaining(line)]);
  });

  it('passes on that there were too many requests', async () => {
    const answer = jsonError('too_many', 429, { 'retry-after': '60' });
    expect(await refusalOf(answer)).toMatchObject({
      error: 'too_many_requests',
      retryAfterSeconds: 60,
    });
  });

  it.each([
    [5, 5],
    [1, 1],
    ['7', 7],
    [0, 5],
    [-1, 5],
    ['soon', 5],
    [null, 5],
    [undefined, 5],
  ])('reads the interval %j as %d s', async (interval, intervalSeconds) => {
    server.requestAnswer = {
      status: 201,
      body: { auth_req_id: 'id', expires_in: '60', interval },
    };
    expect(await client().authenticate(REQUEST)).toStrictEqual({
      authReqId: 'id',
      expiresInSeconds: 60,
      intervalSeconds,
    });
  });

  it.each([
    { auth_req_id: 'id' },
    { auth_req_id: 'id', expires_in: 'soon' },
    { auth_req_id: '', expires_in: 60 },
    { auth_req_id: 7, expires_in: 60 },
    { expires_in: 60 },
  ])('refuses the answer %j', async (body) => {
    expect(await refusalOf({ status: 200, body })).toMatchObject({ error: 'server_error' });
  });

  it.each<[string, Partial<BackchannelRequest>, string]>([
    ['no hint', { hint: {} as never }, 'invalid_request'],
    ['two hints', { hint: { login_hint: 'a', id_token_hint: 'b' } }, 'invalid_request'],
    ['an empty hint', { hint: { login_hint: '' } }, 'invalid_request'],
    ['a hint that is no text', { hint: { login_hint: 7 as never } }, 'invalid_request'],
    ['a scope without openid', { scope: 'api:read' }, 'invalid_scope'],
    ['a binding message over lines', { bindingMessage: 'a\nb' }, 'invalid_binding_message'],
  ])('sends nothing with %s', async (_name, difference, error) => {
    await expect(client().authenticate({ ...REQUEST, ...difference })).rejects.toMatchObject({
      error,
    });
    expect(server.requests).toHaveLength(0);
    expect(errors).toStrictEqual([
      expect.stringMatching(/^Cannot ask for an authentication as it would be refused: /),
    ]);
  });

  it('has to have a notification token in ping mode', async () => {
    await expect(client({ deliveryMode: 'ping' }).authenticate(REQUEST)).rejects.toThrow(TypeError);
  });
});

describe('the metadata', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['without CIBA', { backchannel_authentication_endpoint: undefined }, /enable CIBA/],
    ['without keys', { jwks_uri: undefined }, /no jwks_uri/],
    [
      'without the delivery mode',
      { backchannel_token_delivery_modes_supported: ['push'] },
      /'deliveryMode'/,
    ],
  ])('%s is a wrong setting, until it is mended', async (_name, metadata, line) => {
    const backchannel = client();
    server.metadata = metadata;
    await expect(backchannel.authenticate(REQUEST)).rejects.toMatchObject({
      error: 'server_error',
    });
    expect(lines).toStrictEqual([expect.stringMatching(line)]);
    expect(await backchannel.redeem(AUTH_REQ_ID, [])).toStrictEqual({ outcome: 'unreachable' });
    server.metadata = {};
    await expect(backchannel.authenticate(REQUEST)).resolves.toBeDefined();
  });

  it.each<[string, QuirkyAnswer, string]>([
    ['nothing there', { status: 404, body: '<html>' }, 'it answered with status 404'],
    ['an error', { status: 404, body: { error: 'not_found' } }, 'it answered with status 404'],
    ['a refusal', { status: 401, body: '' }, 'it answered with status 401'],
    ['a way elsewhere', { status: 301, body: '' }, 'it answered with status 301'],
    ['a page', { status: 200, body: '<html>' }, 'its answer is not a JSON object'],
  ])('that is %s has an error say what was asked, until it is mended', async (_, answer, what) => {
    const backchannel = client();
    server.metadataAnswer = answer;
    await expect(backchannel.authenticate(REQUEST)).rejects.toMatchObject({
      error: 'temporarily_unavailable',
      status: 503,
      retryAfterSeconds: 5,
    });
    expect(errors).toStrictEqual([
      'Cannot ask for an authentication as the authorization server cannot be reached: its metadata ' +
        `was asked for at ${server.issuer}/.well-known/openid-configuration, and ${what}: ` +
        "set 'issuer' to that of the server",
    ]);
    expect(await backchannel.redeem(AUTH_REQ_ID, [])).toStrictEqual({ outcome: 'unreachable' });
    server.metadataAnswer = undefined;
    await expect(backchannel.authenticate(REQUEST)).resolves.toBeDefined();
  });

  it.each([429, 500, 503])('that cannot be had now (%d) is no wrong setting', async (status) => {
    server.metadataAnswer = { status, body: '' };
    await expect(client().authenticate(REQUEST)).rejects.toBeInstanceOf(CibaException);
    expect(errors).toStrictEqual([]);
    expect(lines).toStrictEqual([expect.stringContaining(`answered with status ${status}`)]);
  });

  it.each([
    ['https://other.example', 'https://other.example'],
    [`https://other.example/${'x'.repeat(300)}`, `https://other.example/${'x'.repeat(178)}`],
    ['https://other.example/\n\u202eforged', 'https://other.example/%E2%80%AEforged'],
    ['no address', 'something else'],
    [undefined, 'something else'],
  ])('of the issuer %j has an error name both', async (issuer, shown) => {
    server.metadata = { issuer };
    const backchannel = client();
    await expect(backchannel.authenticate(REQUEST)).rejects.toMatchObject({
      error: 'temporarily_unavailable',
      status: 503,
    });
    expect(errors).toStrictEqual([
      'Cannot ask for an authentication as the authorization server cannot be reached: the metadata ' +
        `at ${server.issuer}/.well-known/openid-configuration is of the issuer ${shown} and not of ` +
        `${server.issuer}: set 'issuer' to exactly what the metadata says`,
    ]);
    expect(await backchannel.redeem(AUTH_REQ_ID, [])).toStrictEqual({ outcome: 'unreachable' });
    server.metadata = {};
    await expect(backchannel.authenticate(REQUEST)).resolves.toBeDefined();
  });

  it('of a server that is not there has the log name where it was looked for', async () => {
    const backchannel = client({ issuer: 'http://127.0.0.1:1/realms/bank' });
    await expect(backchannel.authenticate(REQUEST)).rejects.toMatchObject({ status: 503 });
    expect(lines).toStrictEqual([
      'Cannot ask for an authentication as the authorization server cannot be reached: the ' +
        'connection to http://127.0.0.1:1 failed (ECONNREFUSED)',
    ]);
  });

  it('does not lead to an address without https', async () => {
    server.metadata = { token_endpoint: 'http://192.0.2.1/token' };
    expect(await client().redeem(AUTH_REQ_ID, [])).toStrictEqual({ outcome: 'unreachable' });
    expect(lines).toStrictEqual([expect.stringMatching(/not https/)]);
  });
});

describe('a server that wants a DPoP nonce', () => {
  const nonce = { 'dpop-nonce': 'nonce-of-the-server' };
  it.each<[string, QuirkyAnswer]>([
    ['in the body', jsonError('use_dpop_nonce', 400, nonce)],
    [
      'in a challenge',
      {
        status: 401,
        headers: { ...nonce, 'www-authenticate': 'DPoP error="use_dpop_nonce"' },
        body: '',
      },
    ],
  ])('%s, is asked once more with it', async (_name, answer) => {
    const idToken = await server.idToken();
    let asked = 0;
    Object.defineProperty(server, 'tokenAnswer', {
      get: () => (asked++ === 0 ? answer : server.tokens(idToken, 'DPoP')),
    });
    const outcome = await client({ dpop: true }).redeem(AUTH_REQ_ID, []);
    expect(outcome).toMatchObject({ outcome: 'approved' });
    expect(asked).toBe(2);
    const proof = String(server.last('/token').headers.dpop);
    expect(Buffer.from(String(proof.split('.')[1]), 'base64url').toString()).toContain(
      'nonce-of-the-server',
    );
  });

  it('and never has enough, is given up', async () => {
    server.tokenAnswer = jsonError('use_dpop_nonce', 400, nonce);
    expect(await client({ dpop: true }).redeem(AUTH_REQ_ID, [])).toMatchObject({
      outcome: 'failed',
      error: 'server_error',
    });
    expect(server.requests).toHaveLength(2);
  });
});

describe('the type of tokens', () => {
  it.each([
    [true, 'DPoP'],
    [true, 'dpop'],
    [false, 'Bearer'],
    [false, 'bearer'],
  ])('with dpop: %p may be %s', async (dpop, type) => {
    const answer = server.tokens(await server.idToken(), type);
    expect(await redeem(answer, { dpop })).toMatchObject({ outcome: 'approved' });
    await expect(client({ dpop }).refresh('token')).resolves.toBeDefined();
    await expect(client({ dpop }).clientCredentials()).resolves.toBeDefined();
  });

  it('is of one key for all requests of a client', async () => {
    const backchannel = client({ dpop: true });
    server.tokenAnswer = server.tokens(await server.idToken(), 'DPoP');
    await backchannel.redeem(AUTH_REQ_ID, []);
    await backchannel.refresh('token');
    await backchannel.clientCredentials();
    const keys = server.requests.map(({ headers }) => {
      const header = Buffer.from(String(headers.dpop).split('.')[0] ?? '', 'base64url');
      return JSON.stringify(JSON.parse(header.toString()).jwk);
    });
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it.each([
    [true, 'Bearer', /are not bound to a key: enable DPoP there/],
    [false, 'DPoP', /are bound to a key: set 'dpop'/],
  ])('with dpop: %p must not be %s', async (dpop, type, line) => {
    expect(await redeem(server.tokens(await server.idToken(), type), { dpop })).toMatchObject({
      outcome: 'failed',
      error: 'server_error',
    });
    await expect(client({ dpop }).refresh('token')).rejects.toMatchObject({
      error: 'server_error',
    });
    await expect(client({ dpop }).clientCredentials()).rejects.toMatchObject({
      error: 'server_error',
    });
    expect(lines).toHaveLength(3);
    for (const text of lines) expect(text).toMatch(line);
  });
});

describe('refresh', () => {
  it.each([
    ['invalid_grant', 'invalid_grant'],
    ['invalid_scope', 'invalid_scope'],
    ['invalid_client', 'server_error'],
  ])('passes %s on as %s', async (upstream, error) => {
    server.tokenAnswer = jsonError(upstream);
    const refresh = client({ clientAuthentication: clientSecretPost(SECRET) }).refresh('token');
    await expect(refresh).rejects.toMatchObject({ error });
  });

  it('is refused with 503 while the server is down', async () => {
    server.tokenAnswer = 'drop';
    await expect(client().refresh('token')).rejects.toMatchObject({
      error: 'temporarily_unavailable',
      retryAfterSeconds: 5,
    });
  });
});

describe('revoke', () => {
  it('does nothing where there is no endpoint for it', async () => {
    expect(await client().revoke('token')).toStrictEqual({ outcome: 'refused' });
    expect(server.requests).toHaveLength(0);
  });

  it('takes an answer with nothing in it', async () => {
    server.metadata = { revocation_endpoint: `${server.issuer}/token` };
    server.tokenAnswer = { status: 200, body: '' };
    expect(await client().revoke('token', 'refresh_token')).toStrictEqual({ outcome: 'revoked' });
    expect(server.last('/token').parameters).toMatchObject({
      token: 'token',
      token_type_hint: 'refresh_token',
    });
    expect(lines).toStrictEqual([]);
  });

  it.each<[string, QuirkyAnswer, RevocationOutcome]>([
    ['a refusal of the token', jsonError('unsupported_token_type'), { outcome: 'refused' }],
    ["another client's token", jsonError('invalid_request'), { outcome: 'refused' }],
    ['a refusal of this client', jsonError('invalid_client', 401), { outcome: 'unreachable' }],
    ['a refusal without a body', { status: 401, body: '' }, { outcome: 'unreachable' }],
    [
      'a delay',
      { status: 503, headers: { 'retry-after': '30' }, body: '' },
      { outcome: 'unreachable', retryAfterSeconds: 30 },
    ],
    [
      'a delay for all',
      jsonError('too_many', 429, { 'retry-after': '12' }),
      { outcome: 'unreachable', retryAfterSeconds: 12 },
    ],
    ['a hangup', 'drop', { outcome: 'unreachable' }],
  ])('tells whether to try again after %s', async (_, answer, outcome) => {
    server.metadata = { revocation_endpoint: `${server.issuer}/token` };
    server.tokenAnswer = answer;
    expect(await client().revoke('token')).toStrictEqual(outcome);
  });
});
