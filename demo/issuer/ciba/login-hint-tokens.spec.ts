import { beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT, importJWK } from 'jose';
import { errors } from 'oidc-provider';
import { generateSigningKey } from '../signing-key.js';
import { LoginHintTokens } from './login-hint-tokens.js';

const ISSUER = 'http://localhost:4202/oauth2/default';
const key = generateSigningKey();

describe('LoginHintTokens', () => {
  let now: number;
  let tokens: LoginHintTokens;

  beforeEach(() => {
    now = 1_700_000_000;
    tokens = new LoginHintTokens(ISSUER, key, () => now);
  });

  it('names the account of a phone, once', async () => {
    const token = await tokens.issue('alice');
    expect(await tokens.redeem(token)).toBe('alice');
    expect(await tokens.redeem(token)).toBeUndefined();
  });

  it('refuses a token that comes after a minute', async () => {
    const token = await tokens.issue('alice');
    now += 61;
    await expect(tokens.redeem(token)).rejects.toThrow(errors.ExpiredLoginHintToken);
  });

  it('takes no token of another key, nor another kind of token of its own', async () => {
    const others = new LoginHintTokens(ISSUER, generateSigningKey(), () => now);
    expect(await tokens.redeem(await others.issue('alice'))).toBeUndefined();
    const idToken = await new SignJWT({ sub: 'alice', jti: '1' })
      .setProtectedHeader({ alg: 'RS256', kid: key.privateKey.kid ?? '' })
      .setIssuer(ISSUER)
      .setAudience(ISSUER)
      .setExpirationTime(now + 60)
      .sign(await importJWK(key.privateKey));
    expect(await tokens.redeem(idToken)).toBeUndefined();
    expect(await tokens.redeem('no token')).toBeUndefined();
  });
});
