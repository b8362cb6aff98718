import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { CurrentAuthentication, MaxAge, RequireAcr, type Authentication } from 'nest-stepup';
import {
  introspectionTokenVerifier,
  type IntrospectionTokenVerifierOptions,
} from 'nest-stepup/introspection';
import { outcomeOf, recordLog } from '../spec/contract-harness.js';
import { INTROSPECTING_CLIENT, RealIssuer } from '../spec/real-issuer.js';
import { ADAPTERS, startApp, type StartedApp } from '../spec/start-app.js';
import { AUDIENCE } from '../spec/verifier-under-test.js';

// oidc-provider warns that it keeps its sessions in memory, and asks nobody before it introspects.
jest.spyOn(console, 'warn').mockImplementation(() => undefined);
jest.spyOn(console, 'info').mockImplementation(() => undefined);

const SIGN_IN = { subject: 'alice', acr: 'urn:okta:loa:2fa:any', amr: ['pwd', 'otp', 'mfa'] };

describe('introspectionTokenVerifier() with opaque tokens of oidc-provider', () => {
  const issuer = new RealIssuer('opaque', AUDIENCE);
  let log: ReturnType<typeof recordLog>;
  let tokens: Awaited<ReturnType<RealIssuer['tokensFor']>>;

  beforeAll(async () => {
    recordLog();
    await issuer.start();
  });
  afterAll(() => issuer.stop());
  beforeEach(async () => {
    log = recordLog();
    tokens = await issuer.tokensFor(SIGN_IN);
  });

  const create = (options: Partial<IntrospectionTokenVerifierOptions> = {}) =>
    introspectionTokenVerifier({
      issuer: issuer.issuer,
      audience: AUDIENCE,
      ...INTROSPECTING_CLIENT,
      ...options,
    });
  const judge = (token: string, options?: Partial<IntrospectionTokenVerifierOptions>, later = 0) =>
    outcomeOf(create(options), token, {
      now: Date.now() / 1000 + later,
      clockToleranceSeconds: 5,
    });

  it('reads who signed in, how, and when', async () => {
    expect(tokens.accessToken).not.toContain('.');
    const authentication = await judge(tokens.accessToken);
    expect(authentication).toMatchObject({
      ...SIGN_IN,
      claims: { iss: issuer.issuer, aud: AUDIENCE },
    });
    const authTime: unknown = Reflect.get(Object(authentication), 'authTime');
    expect(Math.abs(Number(authTime) - Date.now() / 1000)).toBeLessThan(60);
  });

  it('reads no authentication from the token of a machine', async () => {
    const authentication = await judge(await issuer.machineToken());
    expect(authentication).toHaveProperty('claims');
    expect(authentication).not.toHaveProperty('acr');
    expect(authentication).not.toHaveProperty('authTime');
  });

  it('refuses the refresh token, which the server says is active', async () => {
    expect(tokens.refreshToken).toMatch(/^[\w-]{20,}$/);
    expect(await judge(tokens.refreshToken)).toBe('refused');
    expect(log[0]?.text).toContain('the answer has no token_type');
    // What else tells it from an access token is that it has no audience yet.
    expect(await judge(tokens.refreshToken, { tokenType: 'optional' })).toBe('refused');
    expect(log[1]?.text).toContain('the answer has no aud');
  });

  it('refuses what was revoked, at once, and what never was a token', async () => {
    expect(await judge(tokens.accessToken)).toMatchObject({ subject: 'alice' });
    await issuer.revoke(tokens.accessToken);
    expect(await judge(tokens.accessToken)).toBe('refused');
    expect(await judge('never-was-a-token')).toBe('refused');
  });

  it('refuses the token for another audience, and of another issuer', async () => {
    expect(await judge(tokens.accessToken, { audience: 'api://other' })).toBe('refused');
    const { issuer: url } = issuer;
    expect(
      await judge(tokens.accessToken, {
        issuer: `${url}/other`,
        introspectionEndpoint: `${url}/v1/introspect`,
      }),
    ).toBe('refused');
  });

  it('refuses it once it has expired by the clock that it is given', async () => {
    expect(await judge(tokens.accessToken, {}, 3590)).toMatchObject({ subject: 'alice' });
    expect(await judge(tokens.accessToken, {}, 3610)).toBe('refused');
  });

  it('tells a wrong secret from a wrong token', async () => {
    expect(await judge(tokens.accessToken, { clientSecret: 'wrong' })).toBe('unreachable');
    expect(log.map(({ level }) => level)).toEqual(['error']);
    expect(log[0]?.text).toContain('check clientId, clientSecret and clientAuthentication');
  });

  describe.each(ADAPTERS)('on %s', (adapter) => {
    @Controller()
    class AccountsController {
      @Get('accounts')
      @RequireAcr(SIGN_IN.acr)
      @MaxAge(300)
      accounts(@CurrentAuthentication() { subject }: Authentication) {
        return { subject };
      }

      @Get('vault')
      @RequireAcr('phrh')
      vault() {
        return 'gold';
      }
    }

    let started: StartedApp | undefined;
    afterEach(() => started?.close());

    const start = async (options?: Partial<IntrospectionTokenVerifierOptions>) => {
      started = await startApp({
        adapter,
        controllers: [AccountsController],
        options: { verifier: create(options), now: () => Date.now() / 1000 },
      });
      return started;
    };

    it('lets through, challenges and refuses', async () => {
      const { send } = await start();
      const good = await send('/accounts', tokens.accessToken);
      expect(good.status).toBe(200);
      expect(await good.json()).toEqual({ subject: 'alice' });

      const weak = await send('/vault', tokens.accessToken);
      expect(weak.status).toBe(401);
      expect(weak.headers.get('www-authenticate')).toContain('acr_values="phrh"');

      await issuer.revoke(tokens.accessToken);
      const revoked = await send('/accounts', tokens.accessToken);
      expect(revoked.status).toBe(401);
      expect(revoked.headers.get('www-authenticate')).toContain('error="invalid_token"');
    });

    it('signs nobody out when the server does not know this API', async () => {
      const { send } = await start({ clientSecret: 'wrong' });
      const answer = await send('/accounts', tokens.accessToken);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(answer.headers.get('www-authenticate')).toBeNull();
    });
  });
});
