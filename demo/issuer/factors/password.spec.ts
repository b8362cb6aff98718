import { beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_ACCOUNTS } from '../../demo.config.js';
import { Passwords } from './password.js';

describe('Passwords', () => {
  let passwords: Passwords;

  beforeAll(async () => {
    passwords = await Passwords.of(DEMO_ACCOUNTS);
  });

  it.each([
    ['alice', 'harbour-alice', true],
    ['alice', 'harbour-bob', false],
    ['alice', '', false],
    ['nobody', 'harbour-alice', false],
    [undefined, 'harbour-alice', false],
  ])('says of %s with %j: %s', async (accountId, password, expected) => {
    expect(await passwords.verify(accountId, password)).toBe(expected);
  });
});
