import { describe, expect, it } from '@jest/globals';
import type { BindingMessagePolicy } from '../authorization-server/provider-profile.js';
import { CibaException } from '../ciba.exception.js';
import { makeBindingMessage } from './binding-message.js';

const policy: BindingMessagePolicy = {
  required: false,
  maxLength: 20,
  alphabet: /^[a-zA-Z0-9\-._+]$/,
};

describe('makeBindingMessage()', () => {
  it('makes a code without characters that are taken for one another', () => {
    const messages = Array.from({ length: 300 }, () => makeBindingMessage('code', policy));
    for (const message of messages) expect(message).toMatch(/^[A-Z]{2}\d{2}-[A-Z]{2}\d{2}$/);
    expect(messages.join('')).not.toMatch(/[BGILOQSZ018]/);
    expect(new Set(messages).size).toBeGreaterThan(290);
  });

  it('makes a number of two digits', () => {
    const messages = Array.from({ length: 300 }, () => makeBindingMessage('number', policy));
    for (const message of messages) expect(message).toMatch(/^[1-9]\d$/);
    expect(new Set(messages).size).toBeGreaterThan(50);
  });

  it('keeps to the alphabet and the length that the server takes', () => {
    const narrow = { ...policy, maxLength: 6, alphabet: /[A-Z0-9]/g };
    for (let i = 0; i < 50; i++) {
      expect(makeBindingMessage('code', narrow)).toMatch(/^[A-Z]{2}\d{2}[A-Z]{2}$/);
    }
  });

  it('takes what the app makes, if the server does', () => {
    expect(makeBindingMessage(() => 'Pay.10.EUR', policy)).toBe('Pay.10.EUR');
    for (const text of ['Pay 10 EUR', '', 'x'.repeat(21), 7 as unknown as string]) {
      expect(() => makeBindingMessage(() => text, policy)).toThrow(CibaException);
    }
  });
});
