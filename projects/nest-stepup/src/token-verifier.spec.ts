import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BadRequestException, Controller, Get } from '@nestjs/common';
import {
  Authenticated,
  AuthorizationServerUnreachableException,
  CurrentAuthentication,
  RequireAcr,
  TokenVerifier,
  type AccessToken,
  type Authentication,
  type VerificationContext,
} from 'nest-stepup';
import { ADAPTERS, startApp, type StartedApp } from './spec/start-app.js';

@Controller('accounts')
class AccountsController {
  @Get()
  @RequireAcr('gold')
  list() {
    return ['savings'];
  }

  @Get('me')
  @Authenticated()
  me(@CurrentAuthentication() { subject }: Authentication) {
    return { subject };
  }
}

const CONTROLLERS = [AccountsController];

describe.each(ADAPTERS)('a TokenVerifier that fails on %s', (adapter) => {
  let started: StartedApp;

  beforeAll(async () => {
    started = await startApp({ adapter, controllers: CONTROLLERS });
  });
  afterAll(() => started.close());

  it('answers 503 with Retry-After and no challenge while a token cannot be judged', async () => {
    started.verifier.failWith(
      () => new AuthorizationServerUnreachableException({ retryAfterSeconds: 7.2 }),
    );
    const response = await started.send('/accounts', 'any');
    started.verifier.failWith();
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('8');
    expect(response.headers.has('www-authenticate')).toBe(false);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ status: 503, title: 'Service Unavailable' });
  });

  it.each<[string, () => Error]>([
    ['an error', () => new Error('Bearer eyJhbGciOi')],
    ['an HTTP exception of another kind', () => new BadRequestException('eyJhbGciOi')],
    ['something that is not an error', () => JSON.parse('"eyJhbGciOi"')],
  ])('answers 500 when the verifier throws %s, and keeps its text to itself', async (_, error) => {
    started.verifier.failWith(error);
    const response = await started.send('/accounts', 'any');
    started.verifier.failWith();
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('eyJ');
    expect(started.lines.error.join('\n')).not.toContain('eyJ');
  });

  it('refuses a token of a scheme that the verifier does not judge', async () => {
    const token = started.verifier.issue({ acr: 'gold' });
    const response = await started.sendRaw('/accounts', [`Authorization: DPoP ${token}`]);
    expect(response.status).toBe(401);
    expect(response.header('www-authenticate')).toBe(
      'Bearer realm="api", error="invalid_token", ' +
        'error_description="Tokens of the scheme DPoP are not accepted here"',
    );
  });
});

describe.each(ADAPTERS)('a TokenVerifier on %s', (adapter) => {
  it('that is no TokenVerifier by class, and names no schemes, judges Bearer tokens', async () => {
    const verifier = {
      verify: () => Promise.resolve({ subject: 'dave' }),
    } as unknown as TokenVerifier;
    const started = await startApp({ adapter, controllers: CONTROLLERS, options: { verifier } });
    const bearer = await started.sendRaw('/accounts/me', ['Authorization: Bearer abc']);
    const dpop = await started.sendRaw('/accounts/me', ['Authorization: DPoP abc']);
    await started.close();
    expect([bearer.status, dpop.status]).toEqual([200, 401]);
    expect(dpop.header('retry-after')).toBeUndefined();
  });

  class FixedVerifier extends TokenVerifier {
    override readonly schemes = ['DPoP'] as const;
    contexts: unknown[] = [];

    constructor(private readonly result: string) {
      super();
    }

    override verify(token: AccessToken, context: VerificationContext): Promise<Authentication> {
      this.contexts.push(token, context);
      return Promise.resolve(JSON.parse(this.result));
    }
  }

  it.each(['null', '"alice"', '["alice"]', 'true'])(
    'is answered for with 500 when it returns %s',
    async (json) => {
      const verifier = new FixedVerifier(json);
      const started = await startApp({ adapter, controllers: CONTROLLERS, options: { verifier } });
      const response = await started.sendRaw('/accounts/me', ['Authorization: DPoP abc']);
      await started.close();
      expect(response.status).toBe(500);
    },
  );

  it('gets the tokens of the schemes that it names, with time and tolerance', async () => {
    const verifier = new FixedVerifier('{"subject":"carol"}');
    const options = { verifier, clockToleranceSeconds: 30, now: () => 1000 };
    const started = await startApp({ adapter, controllers: CONTROLLERS, options });
    const accepted = await started.sendRaw('/accounts/me', ['Authorization: dPoP  abc==']);
    const refused = await started.sendRaw('/accounts/me', ['Authorization: Bearer abc']);
    await started.close();
    expect(accepted.status).toBe(200);
    expect(refused.status).toBe(401);
    expect(refused.header('www-authenticate')).toBe(
      'DPoP realm="api", error="invalid_token", ' +
        'error_description="Tokens of the scheme Bearer are not accepted here"',
    );
    expect(verifier.contexts).toEqual([
      { value: 'abc==', scheme: 'DPoP' },
      { now: 1000, clockToleranceSeconds: 30 },
    ]);
  });

  it('is not asked while the clock tells no time', async () => {
    const verifier = new FixedVerifier('{"subject":"carol"}');
    const options = { verifier, now: () => Number.NaN };
    const started = await startApp({ adapter, controllers: CONTROLLERS, options });
    const response = await started.sendRaw('/accounts/me', ['Authorization: DPoP abc']);
    await started.close();
    expect(response.status).toBe(500);
    expect(verifier.contexts).toEqual([]);
  });
});
