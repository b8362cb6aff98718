import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import {
  Authenticated,
  MaxAge,
  RequireAcr,
  type Authentication,
  type StepUpDecision,
} from 'nest-stepup';
import { ADAPTERS, startApp, type StartedApp } from './spec/start-app.js';

@Controller('accounts')
class AccountsController {
  @Get()
  @RequireAcr('silver', 'gold')
  list() {
    return ['savings'];
  }

  @Get('audit')
  @RequireAcr('gold')
  @MaxAge(60)
  audit() {
    return ['audited'];
  }

  @Get('observed')
  @Authenticated()
  observed() {
    return ['observed'];
  }

  @Get('audited')
  @Authenticated()
  audited() {
    return ['audited'];
  }
}

/** An error with frames of its own, and a line that is none. */
function withStack(error: Error, head: string): Error {
  return Object.assign(error, { stack: `${head}\n    at a\n[no frame] at c\n    at b\n` });
}

function named(name: string): Error {
  return Object.assign(new Error('eyJ'), { name, stack: undefined });
}

describe.each(ADAPTERS)('DecisionLog on %s', (adapter) => {
  let started: StartedApp;
  const decisions: StepUpDecision[] = [];
  const issue = (differences: Authentication = {}) =>
    started.verifier.issue({ authTime: started.clock.now(), subject: 'alice', ...differences });

  beforeAll(async () => {
    started = await startApp({
      adapter,
      controllers: [AccountsController],
      options: {
        onDecision: (decision) => {
          decisions.push(decision);
          if (decision.handler === 'AccountsController.observed') throw new Error('observer');
          if (decision.handler !== 'AccountsController.audited') return undefined;
          // A promise of another realm is one as well.
          if (decision.refusal) return runInNewContext('Promise.reject(1)');
          return Promise.reject(new RangeError('observer'));
        },
      },
    });
  });
  afterAll(() => started.close());

  it('says once in the log which claim its tokens lack, and where to add it', async () => {
    const token = started.verifier.issue({ subject: 'alice' });
    await started.send('/accounts/audit', token);
    await started.send('/accounts/audit', token);
    expect(started.lines.warn.filter((line) => line.includes('no usable'))).toEqual([
      'Cannot let a request through to AccountsController.audit as its access token has no usable ' +
        'acr: have the authorization server include acr in access tokens (this is told once)',
      'Cannot let a request through to AccountsController.audit as its access token has no usable ' +
        'auth_time: have the authorization server include auth_time in access tokens ' +
        '(this is told once)',
    ]);
  });

  it('says nothing of a claim that is there and does not do, nor of a refused token', async () => {
    started.lines.warn.length = 0;
    started.lines.error.length = 0;
    await started.send('/accounts', issue({ acr: 'bronze' }));
    await started.send('/accounts', 'forged');
    expect(started.lines.warn).toEqual([]);
    expect(started.lines.error).toEqual([]);
  });

  it.each<[string, () => Error, string]>([
    [
      'an error',
      () => withStack(new RangeError('eyJ'), 'RangeError: eyJ'),
      'RangeError\n    at a\n    at b\nStepUp',
    ],
    [
      'an error of several lines',
      () => withStack(new Error('x\n    at eyJ'), 'Error: x\n    at eyJ'),
      'Error\n    at a\n    at b\nStepUp',
    ],
    ['an error with a name that is none', () => named('eyJ: no name'), 'Error\nundefined\nStepUp'],
    ['an error with a long name', () => named('x'.repeat(61)), 'Error\nundefined\nStepUp'],
    ['an error without a stack', () => named('TypeError'), 'TypeError\nundefined\nStepUp'],
    ['what is no error', () => JSON.parse('"eyJ"'), 'a thrown string\nundefined\nStepUp'],
  ])('says of %s where it was thrown, and not its text', async (_, error, shown) => {
    started.lines.error.length = 0;
    started.verifier.failWith(error);
    await started.send('/accounts', 'any');
    started.verifier.failWith();
    expect(started.lines.error).toEqual([
      'Cannot decide on a request to AccountsController.list as an unexpected error was thrown: ' +
        `current error is ${shown}`,
    ]);
  });

  it('tells the observer of each decision what was demanded and answered', async () => {
    decisions.length = 0;
    await started.send('/accounts', issue({ acr: 'gold' }));
    await started.send('/accounts', issue({ acr: 'bronze' }));
    await started.send('/accounts');
    expect(decisions.map(({ refusal, ...decision }) => [refusal?.name, decision])).toEqual([
      [
        undefined,
        { handler: 'AccountsController.list', requirement: { acrValues: ['silver', 'gold'] } },
      ],
      [
        'InsufficientUserAuthenticationException',
        { handler: 'AccountsController.list', requirement: { acrValues: ['silver', 'gold'] } },
      ],
      ['MissingTokenException', { handler: 'AccountsController.list' }],
    ]);
  });

  it('does not let an observer that throws decide', async () => {
    const response = await started.send('/accounts/observed', issue());
    expect(response.status).toBe(200);
    expect(started.lines.error.join('\n')).toContain(
      "Cannot report a decision as 'onDecision' threw an error: current error is Error",
    );
  });

  // Jest listens for rejections that nobody handles, and fails the test.
  it('does not let an asynchronous observer that rejects end the process', async () => {
    expect((await started.send('/accounts/audited', issue())).status).toBe(200);
    expect((await started.send('/accounts/audited')).status).toBe(401);
    for (const kind of ['RangeError', 'a thrown number']) {
      expect(started.lines.error.filter((line) => line.includes(kind))).toHaveLength(1);
    }
  });
});
