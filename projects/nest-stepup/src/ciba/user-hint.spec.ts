import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Authentication } from 'nest-stepup';
import { startCibaApp } from '../spec/ciba/ciba-app.js';
import { oktaProfile } from './authorization-server/profiles/okta.js';
import { standardProfile } from './authorization-server/profiles/standard.js';
import type { CibaSettings } from './ciba.settings.js';
import { stepUpHint } from './user-hint.js';

const ALICE: Authentication = { subject: 'alice', claims: { email: 'alice@example.com' } };

let errors: string[];
beforeEach(() => {
  errors = [];
  jest.spyOn(Logger.prototype, 'error').mockImplementation((line: unknown) => {
    errors.push(String(line));
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** What a function of an app returns, that no compiler has seen. */
const returning =
  (value: unknown): CibaSettings['hint'] =>
  () =>
    value as never;

describe('stepUpHint()', () => {
  it('is the subject where the module has no hint', () => {
    const settings = { hint: undefined, profile: standardProfile() };
    expect(stepUpHint(settings, ALICE)).toStrictEqual({ login_hint: 'alice' });
  });

  it.each([
    { login_hint: 'alice@example.com' },
    { login_hint_token: 'a.b.c' },
    { id_token_hint: 'a.b.c' },
  ])('is %j where the module makes it of the token', (value) => {
    const hint = jest.fn(() => value);
    expect(stepUpHint({ hint, profile: standardProfile() }, ALICE)).toStrictEqual(value);
    expect(hint.mock.calls).toStrictEqual([[ALICE]]);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a text', 'alice', 'a string'],
    ['a promise', Promise.resolve({ login_hint: 'alice' }), 'a promise'],
    ['no member', {}, 'an object without any of them'],
    ['a member that is no hint', { email: 'alice' }, 'an object without any of them'],
    ['two hints', { login_hint: 'alice', id_token_hint: 'a.b.c' }, 'an object of 2 members'],
    ['a hint and more', { login_hint: 'alice', email: 'alice' }, 'an object of 2 members'],
    ['an empty hint', { login_hint: '' }, 'a blank login_hint'],
    ['a blank hint', { login_hint: ' \t' }, 'a blank login_hint'],
    ['a claim that is missing', { login_hint: undefined }, 'a login_hint of type undefined'],
    ['a claim that is a number', { id_token_hint: 7 }, 'a id_token_hint of type number'],
    ['a list', ['alice'], 'an object without any of them'],
  ])('refuses %s, and has the log name the option', (_, value, shown) => {
    const settings = { hint: returning(value), profile: standardProfile() };
    expect(() => stepUpHint(settings, ALICE)).toThrow(
      expect.objectContaining({ error: 'server_error', status: 500 }),
    );
    expect(errors).toStrictEqual([
      "Cannot start a step-up as 'hint' of CibaModule must return one of { login_hint }, " +
        `{ login_hint_token }, { id_token_hint } with a text in it: current value is ${shown}`,
    ]);
  });

  it('refuses a kind that the authorization server does not take', () => {
    const hint = returning({ login_hint_token: 'a.b.c' });
    expect(() => stepUpHint({ hint, profile: oktaProfile() }, ALICE)).toThrow(
      expect.objectContaining({ error: 'server_error' }),
    );
    expect(errors).toStrictEqual([
      expect.stringContaining('{ login_hint }, { id_token_hint } with'),
    ]);
  });

  it('has nothing sent when it is refused, and counts for no limit', async () => {
    let name = '';
    const app = await startCibaApp({
      adapter: 'Express',
      ciba: {
        hint: () => ({ login_hint: name }),
        limits: { perUser: { limit: 1, windowSeconds: 300 } },
      },
    });
    try {
      const headers = { authorization: `Bearer ${app.verifier.issue({ subject: 'alice' })}` };
      const ask = () => app.browser().post('/auth/step-up', { maxAge: 300 }, headers);
      const { status, body } = await ask();
      expect([status, body['error']]).toStrictEqual([500, 'server_error']);
      expect(app.client.requests).toHaveLength(0);
      name = 'alice@example.com';
      expect((await ask()).status).toBe(201);
    } finally {
      await app.close();
    }
  });
});
