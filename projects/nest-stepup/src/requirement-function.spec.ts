import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BadRequestException, Body, Controller, Post, type ExecutionContext } from '@nestjs/common';
import { MaxAge, RequireAcr, RequireStepUp, type Authentication } from 'nest-stepup';
import { ADAPTERS, startApp, type StartedApp } from './spec/start-app.js';

let calls = 0;

@Controller('transfers')
@MaxAge(3600)
class TransfersController {
  @Post()
  @RequireStepUp(async (context: ExecutionContext) => {
    calls += 1;
    const { amount }: { amount?: unknown } = context.switchToHttp().getRequest().body ?? {};
    await Promise.resolve();
    if (amount === undefined) throw new BadRequestException('amount is missing');
    if (amount === 13) throw new Error('text of the database');
    if (amount === 14) return JSON.parse('{"maxAge":"soon"}');
    return Number(amount) > 1000 ? { acrValues: ['gold'], maxAge: 300 } : undefined;
  })
  transfer(@Body() { amount }: { amount: number }) {
    return { amount };
  }

  @Post('own')
  @RequireAcr('silver')
  @RequireStepUp((_, { claims }) => (claims?.['admin'] ? { acrValues: ['gold'] } : undefined))
  own() {
    return ['own'];
  }
}

const unmet = (description: string, parameters: string) =>
  'Bearer realm="api", error="insufficient_user_authentication", ' +
  `error_description="${description}", ${parameters}`;

describe.each(ADAPTERS)('@RequireStepUp with a function on %s', (adapter) => {
  let started: StartedApp;
  const issue = (differences: Authentication = {}) =>
    started.verifier.issue({ authTime: started.clock.now(), subject: 'alice', ...differences });
  const transfer = (token: string, amount?: number) =>
    started.send('/transfers', token, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ amount }),
    });

  beforeAll(async () => {
    started = await startApp({ adapter, controllers: [TransfersController] });
  });
  afterAll(() => started.close());

  it('lets a function of the request decide, besides what is declared', async () => {
    const silver = issue({ acr: 'silver', authTime: started.clock.now() - 1000 });
    expect((await transfer(silver, 1000)).status).toBe(201);

    const response = await transfer(silver, 1001);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      unmet(
        'A different authentication level is required. More recent authentication is required',
        'acr_values="gold", max_age="300"',
      ),
    );
    expect((await transfer(issue({ acr: 'gold' }), 1001)).status).toBe(201);
  });

  it('does not ask the function before the token is verified', async () => {
    const before = calls;
    expect((await transfer('unknown', 1)).status).toBe(401);
    expect(calls).toBe(before);
  });

  it('answers 500 without its text when the function throws or returns nonsense', async () => {
    for (const amount of [13, 14]) {
      const response = await transfer(issue(), amount);
      expect(response.status).toBe(500);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(await response.json()).toEqual({
        type: 'about:blank',
        title: 'Internal Server Error',
        status: 500,
        detail: 'The access token could not be judged',
      });
    }
    const log = started.lines.error.join('\n');
    expect(log).toContain(
      'Cannot decide on a request to TransfersController.transfer as an unexpected error was thrown: ' +
        'current error is Error',
    );
    expect(log).toContain('requirement-function.spec.ts');
    expect(log).not.toContain('text of the database');
  });

  it('passes an HTTP exception of the function on', async () => {
    const response = await transfer(issue());
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: 'amount is missing' });
  });

  it('hands the verified authentication to the function', async () => {
    const silver = { acr: 'silver', authTime: started.clock.now() };
    const send = (authentication: Authentication) =>
      started.send('/transfers/own', issue(authentication), { method: 'POST' });
    expect((await send({ ...silver, claims: { admin: false } })).status).toBe(201);
  });

  it('answers 500 when nothing satisfies both the function and the decorators', async () => {
    const token = issue({ acr: 'gold', claims: { admin: true } });
    const response = await started.send('/transfers/own', token, { method: 'POST' });
    expect(response.status).toBe(500);
    expect(response.headers.has('www-authenticate')).toBe(false);
  });
});
