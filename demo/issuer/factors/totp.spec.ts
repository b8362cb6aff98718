import { beforeEach, describe, expect, it } from '@jest/globals';
import { DEMO_ACCOUNTS } from '../../demo.config.js';
import { OneTimeCodes } from './totp.js';

describe('OneTimeCodes', () => {
  let now: number;
  let codes: OneTimeCodes;

  beforeEach(() => {
    now = 1_800_000_010;
    codes = new OneTimeCodes(DEMO_ACCOUNTS, () => now);
  });

  function shown(accountId: string): string {
    return codes.show(accountId)?.code ?? '';
  }

  it('shows six digits and when they change', () => {
    expect(codes.show('alice')).toEqual({
      code: expect.stringMatching(/^\d{6}$/),
      expiresAt: 1_800_000_030,
    });
  });

  it.each([0, 30, -30])('accepts a code %i seconds after its step', (seconds) => {
    const code = shown('alice');
    now += seconds;
    expect(codes.verify('alice', code)).toBe(true);
  });

  it.each([60, -60])('refuses a code %i seconds after its step', (seconds) => {
    const code = shown('alice');
    now += seconds;
    expect(codes.verify('alice', code)).toBe(false);
  });

  it('accepts a code with spaces in it', () => {
    const code = shown('alice');
    expect(codes.verify('alice', ` ${code.slice(0, 3)} ${code.slice(3)} `)).toBe(true);
  });

  it.each(['', '12345', '1234567', 'abcdef', '１２３４５６'])('refuses %j', (typed) => {
    expect(codes.verify('alice', typed)).toBe(false);
  });

  it('refuses the code of another account', () => {
    expect(codes.verify('bob', shown('alice'))).toBe(false);
  });

  it('has no code for an account without an authenticator app', () => {
    expect(codes.show('carol')).toBeUndefined();
    expect(codes.verify('carol', '000000')).toBe(false);
  });
});
