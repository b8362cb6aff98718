import { describe, expect, it } from '@jest/globals';

import { ACCESS_TOKEN, FakeOktaAuth, REFRESH_TOKEN, idTokenWith } from './fake-okta-auth';
import { tokenRequestFor } from './okta-token-request';

const hintWith = (claims: Record<string, unknown>) =>
  tokenRequestFor({ maxAge: 60 }, new FakeOktaAuth({ idToken: idTokenWith(claims) }), 's')
    .loginHint;

describe('tokenRequestFor()', () => {
  it('sends several acr values as one extra parameter, in their order', () => {
    const request = tokenRequestFor(
      { acrValues: ['phr', 'urn:okta:loa:2fa:any'] },
      new FakeOktaAuth(),
      's',
    );
    expect(request.extraParams).toEqual({ acr_values: 'phr urn:okta:loa:2fa:any' });
  });

  it('sends one acr value the same way, so that the SDK lets a stronger one pass', () => {
    const request = tokenRequestFor({ acrValues: ['phr'] }, new FakeOktaAuth(), 's');
    expect(request).toEqual({ state: 's', acrValues: '', extraParams: { acr_values: 'phr' } });
  });

  it('keeps max_age, zero included, out of what is sent again on renewal', () => {
    expect(tokenRequestFor({ maxAge: 0 }, new FakeOktaAuth(), 's')).toEqual({
      state: 's',
      maxAge: 0,
    });
  });

  it("sends the app's own default acr value when the requirement names none", () => {
    const okta = new FakeOktaAuth({}, { acrValues: 'urn:okta:loa:1fa:any' });
    expect(tokenRequestFor({ maxAge: 60 }, okta, 's')).toEqual({
      state: 's',
      maxAge: 60,
      acrValues: '',
      extraParams: { acr_values: 'urn:okta:loa:1fa:any' },
    });
  });

  it('hints at the signed-in end-user, by username before email', () => {
    expect(hintWith({ preferred_username: 'alice', email: 'a@example.com' })).toBe('alice');
    expect(hintWith({ preferred_username: '', email: 'a@example.com' })).toBe('a@example.com');
    expect(hintWith({ preferred_username: 7 })).toBeUndefined();
  });

  it('asks for the scopes of the tokens, not for those of the configuration', () => {
    const okta = new FakeOktaAuth({ accessToken: ACCESS_TOKEN }, { scopes: ['openid', 'email'] });
    expect(tokenRequestFor({ maxAge: 60 }, okta, 's').scopes).toEqual([
      'openid',
      'profile',
      'transfers',
    ]);
  });

  it('asks for the configured scopes when there is no token', () => {
    const okta = new FakeOktaAuth({}, { scopes: ['openid', 'email'] });
    expect(tokenRequestFor({ maxAge: 60 }, okta, 's').scopes).toEqual(['openid', 'email']);
  });

  it('asks for an ID token and, with a refresh token at hand, for another one', () => {
    const okta = new FakeOktaAuth({
      accessToken: { scopes: ['transfers'] },
      refreshToken: REFRESH_TOKEN,
    });
    expect(tokenRequestFor({ maxAge: 60 }, okta, 's').scopes).toEqual([
      'openid',
      'transfers',
      'offline_access',
    ]);
  });

  it('refuses a requirement that is not valid', () => {
    expect(() => tokenRequestFor({ maxAge: -1 }, new FakeOktaAuth(), 's')).toThrow(RangeError);
  });
});
