import { describe, expect, it } from '@jest/globals';
import { DEMO_ACCOUNTS } from '../../demo.config.js';
import type { ProvenFactor } from '../acr-ladder.js';
import { nextStep, type NextStep } from './next-step.js';

const [alice, bob, carol] = DEMO_ACCOUNTS;
const ONE = 'urn:okta:loa:1fa:any';
const TWO = 'urn:okta:loa:2fa:any';

type Row = readonly [
  asked: readonly string[],
  who: typeof alice,
  hasPasskey: boolean,
  proven: readonly ProvenFactor[],
  expected: NextStep,
];

const ROWS: readonly Row[] = [
  // Nothing asked: one factor, whichever.
  [[], undefined, false, [], 'password'],
  [[], alice, false, [], 'password'],
  [[], alice, false, ['pwd'], 'done'],
  [[], alice, true, ['swk'], 'done'],
  [[], alice, false, ['otp'], 'password'],
  // Two factors.
  [[TWO], undefined, false, [], 'password'],
  [[TWO], alice, false, ['pwd'], 'otp'],
  [[TWO], alice, false, ['otp'], 'password'],
  [[TWO], alice, false, ['pwd', 'otp'], 'done'],
  [[TWO], alice, true, ['swk'], 'done'],
  [[TWO], alice, true, ['pwd'], 'otp'],
  [[TWO], bob, false, ['pwd'], 'otp'],
  // A passkey, which is created after two other factors only.
  [['phr'], alice, true, [], 'passkey'],
  [['phr'], alice, true, ['pwd', 'otp'], 'passkey'],
  [['phr'], alice, true, ['swk'], 'done'],
  [['phr'], alice, false, [], 'password'],
  [['phr'], alice, false, ['pwd'], 'otp'],
  [['phr'], alice, false, ['pwd', 'otp'], 'createPasskey'],
  [['phr'], bob, false, ['pwd'], 'unmet'],
  // Several: the first that the account can reach.
  [['phr', TWO], bob, false, ['pwd'], 'otp'],
  [['phr', TWO], alice, true, ['pwd', 'otp'], 'passkey'],
  [[ONE, 'phr'], alice, true, ['pwd'], 'done'],
  [['phrh', ONE], alice, false, ['pwd'], 'done'],
  // Out of everybody's reach: nobody is made to sign in for nothing.
  [['phrh'], undefined, false, [], 'unmet'],
  [['phrh'], alice, true, ['swk'], 'unmet'],
  // An account that gets less, and is not told.
  [[TWO], carol, false, [], 'password'],
  [[TWO], carol, false, ['pwd'], 'done'],
  [['phr'], carol, false, ['pwd'], 'done'],
];

describe('nextStep()', () => {
  it.each(
    ROWS.map(([acrValues, account, hasPasskey, proven, expected]) => ({
      asked: acrValues.join(' ') || 'nothing',
      who: account?.id ?? 'nobody yet',
      passkey: hasPasskey ? 'with' : 'without',
      has: proven.join('+') || 'nothing',
      expected,
      standing: { acrValues, account, hasPasskey, proven: new Set(proven) },
    })),
  )(
    'is $expected when $asked is asked of $who $passkey a passkey who has proven $has',
    ({ standing, expected }) => {
      expect(nextStep(standing)).toBe(expected);
    },
  );
});
