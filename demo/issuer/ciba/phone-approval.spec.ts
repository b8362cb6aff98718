import { describe, expect, it } from '@jest/globals';
import { DEMO_ACCOUNTS, type DemoAccount } from '../../demo.config.js';
import { phoneApproval } from './phone-approval.js';

const ONE = 'urn:okta:loa:1fa:any';
const TWO = 'urn:okta:loa:2fa:any';

const [alice, bob, carol] = DEMO_ACCOUNTS as [DemoAccount, DemoAccount, DemoAccount];

describe('phoneApproval()', () => {
  it.each([
    [alice, ['phr'], 'phr', ['hwk', 'user', 'mfa']],
    [alice, [TWO], TWO, ['hwk', 'user', 'mfa']],
    [alice, ['phrh', TWO], TWO, ['hwk', 'user', 'mfa']],
    [bob, [TWO], TWO, ['mca', 'user', 'mfa']],
    [bob, ['phr', TWO], TWO, ['mca', 'user', 'mfa']],
    [carol, ['phr'], ONE, ['mca']],
    [carol, [ONE], ONE, ['mca']],
  ])('grants $id, asked for %j, no more than %s', (account, asked, acr, amr) => {
    expect(phoneApproval(account, asked, 'okta')).toStrictEqual({ acr, amr });
  });

  it('grants nothing where less must not be granted', () => {
    expect(phoneApproval(bob, ['phr'], 'okta')).toBeUndefined();
    expect(phoneApproval(alice, ['phrh'], 'session')).toBeUndefined();
  });

  it('says nothing about strength when none was asked, as Okta does', () => {
    expect(phoneApproval(alice, [], 'okta')?.acr).toBeUndefined();
  });

  it('says the full strength in session mode, whatever was asked', () => {
    expect(phoneApproval(alice, [ONE], 'session')?.acr).toBe('phr');
    expect(phoneApproval(bob, [], 'session')?.acr).toBe(TWO);
  });
});
