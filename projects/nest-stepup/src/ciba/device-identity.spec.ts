import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InvalidTokenException } from 'nest-stepup';
import { startCibaApp, type StartedCibaApp } from '../spec/ciba/ciba-app.js';
import { BackchannelAuthentication } from './backchannel-authentication.js';
import { DeviceIdentity } from './device-identity.js';

let app: StartedCibaApp;
beforeEach(async () => {
  app = await startCibaApp({ adapter: 'Express' });
});
afterEach(() => app.close());

describe('DeviceIdentity', () => {
  it('makes the client assertion, and gets a token with it', async () => {
    const devices = app.app.get(DeviceIdentity, { strict: false });
    await expect(devices.makeDeviceJwt()).resolves.toBe('assertion');
    await expect(devices.makeDeviceAccessToken()).resolves.toStrictEqual({
      access_token: 'at of the client',
      token_type: 'Bearer',
    });
  });
});

const authentication = () => app.app.get(BackchannelAuthentication, { strict: false });

describe('BackchannelAuthentication', () => {
  it('starts a sign-in for the app’s own code, within what the module says', async () => {
    const hint = { login_hint: 'alice' };
    await expect(authentication().start({ hint })).rejects.toThrow(
      "Cannot start a sign-in as 'binding' is missing",
    );
    const binding = 'A'.repeat(43);
    const { transactionId } = await authentication().start({ hint, binding });
    expect(app.client.latest.request).toMatchObject({ hint, scope: 'openid', resource: [] });
    app.client.approve();
    await app.poll();
    await expect(authentication().cibaStatus(transactionId)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(authentication().cibaStatus(transactionId, { binding })).resolves.toMatchObject({
      access_token: 'at auth-req-id-0',
    });
  });

  it('validates a token by the verifier of StepUpModule, on the clock of the module', async () => {
    const seen: unknown[] = [];
    const claims = { jti: 'a' };
    const verify = app.verifier.verify.bind(app.verifier);
    app.verifier.verify = (...args: readonly unknown[]) => {
      seen.push(args);
      return Reflect.apply(verify, undefined, args);
    };
    const token = app.verifier.issue({ claims });
    // The fake issues tokens that are no JWTs: they do not get as far as the verifier.
    for (const text of [token, '', 'a.b', 'a.b.', 'a b.c.d']) {
      await expect(authentication().validateJwt(text)).rejects.toThrow(InvalidTokenException);
    }
    expect(seen).toHaveLength(0);
    app.verifier.verify = (...args: readonly unknown[]) => {
      seen.push(args);
      return Promise.resolve({ claims });
    };
    await expect(authentication().validateJwt('a.b.c')).resolves.toBe(claims);
    expect(seen).toStrictEqual([
      [
        { value: 'a.b.c', scheme: 'Bearer' },
        { now: app.clock.now(), clockToleranceSeconds: 5 },
      ],
    ]);
  });
});
