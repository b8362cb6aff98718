import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JwtTokenVerifierOptions, TokenVerifier } from 'nest-stepup';
import { outcomeOf, recordLog } from './contract-harness.js';
import { RealIssuer } from './real-issuer.js';
import { AUDIENCE } from './verifier-under-test.js';

const SIGN_IN = { subject: 'alice', acr: 'urn:okta:loa:2fa:any', amr: ['pwd', 'otp', 'mfa'] };

/** What every verifier does with tokens of a real authorization server. */
export function describeRealTokensContract(subject: {
  readonly name: string;
  readonly shape: 'rfc9068' | 'okta';
  create(options: JwtTokenVerifierOptions): TokenVerifier;
}): void {
  describe(`${subject.name} with tokens of oidc-provider, shape ${subject.shape}`, () => {
    const issuer = new RealIssuer(subject.shape, AUDIENCE);
    let startedAt = 0;
    let accessToken = '';
    let idToken = '';

    beforeAll(async () => {
      recordLog();
      startedAt = Math.floor(Date.now() / 1000);
      await issuer.start();
      ({ accessToken, idToken } = await issuer.tokensFor(SIGN_IN));
    });
    afterAll(() => issuer.stop());

    const create = (options: Partial<JwtTokenVerifierOptions> = {}) =>
      subject.create({ issuer: issuer.issuer, audience: AUDIENCE, ...options });

    it('reads who signed in, how, and when', async () => {
      const authentication = await judge(create(), accessToken);
      expect(authentication).toMatchObject(SIGN_IN);
      const authTime: unknown = Reflect.get(Object(authentication), 'authTime');
      expect(authTime).toBeGreaterThanOrEqual(startedAt);
      expect(authTime).toBeLessThanOrEqual(Date.now() / 1000);
    });

    it('hands on all claims, which nobody can change', async () => {
      const verifier = create();
      const authentication = await judge(verifier, accessToken);
      expect(authentication).toMatchObject({ claims: { iss: issuer.issuer, aud: AUDIENCE } });
      expect(await judge(verifier, accessToken)).toBe(authentication);
      const claims: unknown = Reflect.get(Object(authentication), 'claims');
      expect(Object.isFrozen(authentication) && Object.isFrozen(claims)).toBe(true);
      expect(Object.isFrozen(Reflect.get(Object(authentication), 'amr'))).toBe(true);
    });

    it('reads no authentication from the token of a machine', async () => {
      const authentication = await judge(create(), await issuer.machineToken());
      expect(authentication).toHaveProperty('claims');
      expect(authentication).not.toHaveProperty('acr');
      expect(authentication).not.toHaveProperty('authTime');
    });

    it('refuses the ID token, also when the audience would fit', async () => {
      expect(idToken.split('.')).toHaveLength(3);
      expect(await judge(create(), idToken)).toBe('refused');
      expect(await judge(create({ audience: 'spa' }), idToken)).toBe('refused');
    });

    it('refuses the token for another audience, and of another issuer', async () => {
      expect(await judge(create({ audience: 'api://other' }), accessToken)).toBe('refused');
      const { issuer: url } = issuer;
      const other = create({ issuer: `${url}/other`, jwksUri: `${url}/v1/keys` });
      expect(await judge(other, accessToken)).toBe('refused');
    });

    it('refuses it once it has expired by the clock that it is given', async () => {
      const verifier = create();
      expect(await judge(verifier, accessToken, 3590)).toMatchObject({ subject: 'alice' });
      expect(await judge(verifier, accessToken, 3602)).toMatchObject({ subject: 'alice' });
      expect(await judge(verifier, accessToken, 3606)).toBe('refused');
      expect(await judge(verifier, accessToken, -60)).toBe('refused');
    });
  });
}

function judge(verifier: TokenVerifier, token: string, later = 0) {
  return outcomeOf(verifier, token, { now: Date.now() / 1000 + later, clockToleranceSeconds: 5 });
}
