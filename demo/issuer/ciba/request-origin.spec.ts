import { describe, expect, it } from '@jest/globals';
import { readRequestOrigin } from './request-origin.js';

describe('readRequestOrigin()', () => {
  it('reads where the browser is, and what its user is about to do', () => {
    const context = { ip_address: '192.0.2.7', user_agent: 'Firefox/140', reason: 'Pay €10' };
    expect(readRequestOrigin(JSON.stringify(context))).toStrictEqual({
      ipAddress: '192.0.2.7',
      userAgent: 'Firefox/140',
      reason: 'Pay €10',
    });
  });

  it('takes no context for an origin that is not known', () => {
    expect(readRequestOrigin(undefined)).toStrictEqual({});
  });

  it('leaves out what is no text, and cuts what is too long', () => {
    const context = { ip_address: 7, user_agent: 'x'.repeat(300), reason: '' };
    expect(readRequestOrigin(JSON.stringify(context))).toStrictEqual({
      userAgent: 'x'.repeat(200),
    });
  });

  it.each(['{', 'null', '"text"', JSON.stringify({ reason: 'x'.repeat(1100) }), 7])(
    'refuses %j',
    (parameter) => {
      expect(readRequestOrigin(parameter)).toBeUndefined();
    },
  );
});
