import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startCibaApp, type StartedCibaApp } from '../spec/ciba/ciba-app.js';
import { CibaException, type CibaErrorCode } from './ciba.exception.js';
import { asConfigured } from './configured-request.js';

const rejected = (reason: Error): Promise<never> => Promise.reject(reason);

describe('asConfigured()', () => {
  it('passes on what succeeds', async () => {
    expect(await asConfigured(Promise.resolve('started'))).toBe('started');
  });

  it.each<CibaErrorCode>([
    'invalid_binding_message',
    'invalid_request',
    'invalid_scope',
    'invalid_target',
  ])('makes of %s a fault of this API', async (error) => {
    const cause = new CibaException(error, 'It is refused');
    await expect(asConfigured(rejected(cause))).rejects.toMatchObject({
      error: 'server_error',
      status: 500,
      cause,
    });
  });

  it.each([
    new CibaException('unknown_user_id', 'Who?'),
    new CibaException('too_many_requests', 'Slowly', { retryAfterSeconds: 7 }),
    new CibaException('temporarily_unavailable', 'Later', { retryAfterSeconds: 7 }),
    new TypeError('another'),
  ])('leaves %s as it is', async (refusal) => {
    await expect(asConfigured(rejected(refusal))).rejects.toBe(refusal);
  });
});

describe('a resource that the authorization server refuses', () => {
  let app: StartedCibaApp;
  beforeEach(async () => {
    app = await startCibaApp({ adapter: 'Express' });
    app.client.onAuthenticate = () => {
      throw new CibaException('invalid_target', 'The server does not know the resource');
    };
  });
  afterEach(() => app.close());

  it('is a fault of this API at a step-up', async () => {
    const headers = { authorization: `Bearer ${app.verifier.issue({ subject: 'alice' })}` };
    const { status, body } = await app.browser().post('/auth/step-up', { maxAge: 1 }, headers);
    expect([status, body['error']]).toStrictEqual([500, 'server_error']);
  });

  it('is one of the caller at a sign-in', async () => {
    const { status, body } = await app.browser().post('/auth/oidc/bc-authorize', {
      loginHintKind: 'LOGIN_HINT_TOKEN',
      userIdentifier: 'a-login-hint-token',
      resource: 'IDP',
      scope: 'openid',
    });
    expect([status, body['error']]).toStrictEqual([400, 'invalid_target']);
  });
});
