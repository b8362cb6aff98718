import { describe, expect, it } from '@jest/globals';
import { addressKey, hintKey } from './limit-key.js';

describe('addressKey()', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::3:0:0:0:1', '2001:db8:0:3::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['a proxy’s own name', 'a proxy’s own name'],
    [undefined, 'unknown'],
  ])('counts %s as %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});

describe('hintKey()', () => {
  it('counts all spellings of a user name as one', () => {
    const spellings = ['alice', 'Alice', ' ALICE\t', '\uFF21lice', 'alice\u00A0'];
    const keys = spellings.map((login_hint) => hintKey({ login_hint }));
    expect(new Set(keys)).toStrictEqual(new Set(['login_hint alice']));
  });

  it('keeps tokens as they are, and apart from user names', () => {
    expect(hintKey({ login_hint_token: 'Alice' })).toBe('login_hint_token Alice');
    expect(hintKey({ id_token_hint: 'Alice' })).toBe('id_token_hint Alice');
  });
});
