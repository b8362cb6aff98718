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
