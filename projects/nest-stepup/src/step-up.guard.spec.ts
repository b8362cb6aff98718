import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import {
  Authenticated,
  CurrentAuthentication,
  MaxAge,
  RequireAcr,
  StepUpExempt,
  StepUpGuard,
  type Authentication,
  type StepUpDecision,
} from 'nest-stepup';
import { defineAcrRanking } from 'stepup-core';
import { ADAPTERS, startApp, type StartedApp } from './spec/start-app.js';

@Controller('accounts')
@RequireAcr('silver', 'gold')
class AccountsController {
  @Get()
  list() {
    return ['savings'];
  }

  @Get('audit')
  @RequireAcr('gold')
  @MaxAge(60)
  audit() {
    return ['audited'];
  }

  @Get('me')
  @StepUpExempt()
  me(@CurrentAuthentication() { subject }: Authentication) {
    return { subject };
  }
}

@Controller()
class BaseController {
  @Get('inherited')
  @MaxAge(600)
  inherited() {
    return ['inherited'];
  }
}

@Controller('derived')
@RequireAcr('gold')
class DerivedController extends BaseController {}

@Controller()
class PlainController {
  @Get('open')
  open() {
    return ['open'];
  }

  @Get('authenticated')
  @Authenticated()
  authenticated(@CurrentAuthentication() { subject }: Authentication) {
    return { subject };
  }

  @Get('unguarded')
  unguarded(@CurrentAuthentication() authentication: Authentication) {
    return authentication;
  }
}

const CONTROLLERS = [AccountsController, DerivedController, PlainController];
const unmet = (description: string, parameters: string) =>
  'Bearer realm="api", error="insufficient_user_authentication", ' +
  `error_description="${description}", ${parameters}`;

describe.each(ADAPTERS)('StepUpGuard on %s', (adapter) => {
  let started: StartedApp;
  const issue = (differences: Authentication = {}) =>
    started.verifier.issue({ authTime: started.clock.now(), subject: 'alice', ...differences });

  beforeAll(async () => {
    started = await startApp({ adapter, controllers: CONTROLLERS });
  });
  afterAll(() => started.close());

  it('answers a request without credentials with a challenge that names no error', async () => {
    const response = await started.send('/accounts');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="api"');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-expose-headers')).toBe('WWW-Authenticate');
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toEqual({
      type: 'https://www.rfc-editor.org/rfc/rfc6750#section-3',
      title: 'Access token required',
      status: 401,
      detail: 'The request has no access token in its Authorization header',
    });
  });

  it('verifies the token before it reveals a requirement', async () => {
    const response = await started.send('/accounts', 'unknown');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer realm="api", error="invalid_token", ' +
        'error_description="The access token is invalid"',
    );
    expect(await response.json()).toMatchObject({ status: 401, title: 'Invalid access token' });
  });

  it('names what an authentication lacks', async () => {
    const response = await started.send('/accounts', issue({ acr: 'bronze' }));
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      unmet('A different authentication level is required', 'acr_values="silver gold"'),
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-expose-headers')).toBe('WWW-Authenticate');
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toEqual({
      type: 'https://www.rfc-editor.org/rfc/rfc9470#section-3',
      title: 'Insufficient user authentication',
      status: 401,
      detail: 'A different authentication level is required',
    });
  });

  it('lets a request through that satisfies any one of acr_values', async () => {
    for (const acr of ['silver', 'gold']) {
      const response = await started.send('/accounts', issue({ acr }));
      expect(response.status).toBe(200);
      expect(response.headers.has('www-authenticate')).toBe(false);
      expect(await response.json()).toEqual(['savings']);
    }
  });

  it('enforces what class and handler demand together', async () => {
    const authTime = started.clock.now() - 66;
    const response = await started.send('/accounts/audit', issue({ acr: 'silver', authTime }));
    expect(response.headers.get('www-authenticate')).toBe(
      unmet(
        'A different authentication level is required. More recent authentication is required',
        'acr_values="gold", max_age="60"',
      ),
    );
    expect((await started.send('/accounts/audit', issue({ acr: 'gold' }))).status).toBe(200);
  });

  it('allows the clock tolerance, and not a second more', async () => {
    const aged = (age: number) => issue({ acr: 'gold', authTime: started.clock.now() - age });
    expect((await started.send('/accounts/audit', aged(65))).status).toBe(200);
    expect((await started.send('/accounts/audit', aged(66))).status).toBe(401);
  });

  it('evaluates on every request against the current clock', async () => {
    const token = issue({ acr: 'gold' });
    expect((await started.send('/accounts/audit', token)).status).toBe(200);
    started.clock.advance(66);
    expect((await started.send('/accounts/audit', token)).status).toBe(401);
  });

  it('drops what the class demands from an exempt handler, not the token', async () => {
    const response = await started.send('/accounts/me', issue());
    expect(await response.json()).toEqual({ subject: 'alice' });
    expect((await started.send('/accounts/me')).status).toBe(401);
  });

  it('enforces what a derived class demands on the handlers that it inherits', async () => {
    const response = await started.send('/derived/inherited', issue({ acr: 'silver' }));
    expect(response.headers.get('www-authenticate')).toBe(
      unmet('A different authentication level is required', 'acr_values="gold", max_age="600"'),
    );
  });

  it('leaves a route without a decorator alone, whatever credentials come', async () => {
    expect((await started.send('/open')).status).toBe(200);
    expect((await started.send('/open', 'unknown')).status).toBe(200);
  });

  it('guards HEAD requests as it does GET requests', async () => {
    const response = await started.send('/accounts', undefined, { method: 'HEAD' });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="api"');
  });

  it('injects the authentication, and fails where no token was verified', async () => {
    const token = issue({ subject: 'bob' });
    expect(await (await started.send('/authenticated', token)).json()).toEqual({ subject: 'bob' });
    expect((await started.send('/unguarded', token)).status).toBe(500);
  });

  it('refuses contexts that are not HTTP', () => {
    const guard = started.app.get(StepUpGuard);
    const handler: unknown = Reflect.get(AccountsController.prototype, 'list');
    if (typeof handler !== 'function') throw new TypeError('there is no handler');
    const context = new ExecutionContextHost([], AccountsController, handler);
    context.setType('graphql');
    expect(() => guard.canActivate(context)).toThrow(
      'Cannot guard AccountsController.list as step-up guards HTTP routes only: ' +
        "current context is 'graphql'",
    );
  });
});

describe.each(ADAPTERS)('a global StepUpGuard on %s', (adapter) => {
  it.each(['APP_GUARD', 'useGlobalGuards'] as const)(
    'decides once for a request when it is there by %s as well',
    async (way) => {
      const decisions: StepUpDecision[] = [];
      const started = await startApp({
        adapter,
        controllers: CONTROLLERS,
        options: {
          onDecision: (decision) => decisions.push(decision),
          acrRanking: defineAcrRanking(['silver', 'gold', 'platinum']),
        },
        ...(way === 'APP_GUARD' && {
          module: { providers: [{ provide: APP_GUARD, useExisting: StepUpGuard }] },
        }),
        ...(way === 'useGlobalGuards' && {
          configure: (app) => app.useGlobalGuards(app.get(StepUpGuard)),
        }),
      });
      let verifications = 0;
      const verify = started.verifier.verify.bind(started.verifier);
      started.verifier.verify = (token) => {
        verifications += 1;
        return verify(token);
      };
      const token = started.verifier.issue({ acr: 'platinum', authTime: started.clock.now() });

      const responses = [
        await started.send('/accounts/audit', token),
        await started.send('/accounts', 'unknown'),
        await started.send('/derived/inherited', token),
        await started.send('/open'),
      ];
      await started.close();

      expect(responses.map(({ status }) => status)).toEqual([200, 401, 200, 200]);
      expect(verifications).toBe(3);
      expect(decisions).toHaveLength(3);
    },
  );
});
