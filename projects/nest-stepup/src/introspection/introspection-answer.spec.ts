import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { TokenRefusal } from '../token-refusal.js';
import { checkAnswer } from './introspection-answer.js';

const NOW = 1_000_000;
const EXPECTED = {
  issuer: 'https://as.example',
  audience: ['https://api.example'],
  tokenType: 'required',
} as const;
type Members = Readonly<Record<string, unknown>> & { readonly active: boolean };

const GOOD: Members = {
  active: true,
  token_type: 'Bearer',
  iss: EXPECTED.issuer,
  aud: 'https://api.example',
  sub: 'alice',
  exp: NOW + 60,
  iat: NOW - 60,
};

function isAccepted(answer: Members): boolean {
  try {
    checkAnswer(answer, EXPECTED, { now: NOW, clockToleranceSeconds: 5 });
    return true;
  } catch (error) {
    if (error instanceof TokenRefusal) return false;
    throw error;
  }
}

/** Values that a member may have: likely ones, nearly right ones, and any JSON. */
const values = (...likely: readonly unknown[]) =>
  fc.oneof(fc.constantFrom(...likely), fc.jsonValue({ maxDepth: 2 }));

const MEMBERS = {
  active: fc.boolean(),
  token_type: values('Bearer', 'bearer', 'DPoP', 'Refresh', ['Bearer']),
  iss: values(EXPECTED.issuer, `${EXPECTED.issuer}/`, [EXPECTED.issuer]),
  aud: values(...EXPECTED.audience, EXPECTED.audience, ['other'], [[...EXPECTED.audience]]),
  exp: values(NOW + 60, NOW, NOW - 6, '9999999999', Infinity, NaN),
  nbf: values(NOW, NOW + 6, '0'),
  iat: values(NOW, NOW + 6, -Infinity),
  sub: values('alice', 1),
  cnf: values({ jkt: 'x' }, {}, null),
  typ: values('Bearer', 'Refresh', 'ID'),
  token_use: values('access_token', 'refresh_token'),
  nonce: values('n'),
  at_hash: values('x'),
};

describe('checkAnswer()', () => {
  it('accepts the answer that the others are made from', () => {
    expect(isAccepted(GOOD)).toBe(true);
  });

  it('accepts no answer that lacks one thing, whatever else it says', () => {
    const answers = fc.record(MEMBERS, { requiredKeys: ['active'] }).chain((changed) =>
      fc.subarray(Object.keys(changed)).map((names): Members => {
        const picked = Object.entries(changed).filter(([name]) => names.includes(name));
        return { ...GOOD, ...Object.fromEntries<unknown>(picked) };
      }),
    );
    let accepted = 0;
    fc.assert(
      fc.property(answers, (answer) => {
        if (!isAccepted(answer)) return;
        accepted += 1;
        expect(answer.active).toBe(true);
        expect(String(answer['token_type'])).toMatch(/^bearer$/i);
        expect(answer['iss']).toBe(EXPECTED.issuer);
        expect([answer['aud']].flat()).toContain('https://api.example');
        expect(Number.isFinite(answer['exp']) && Number(answer['exp']) > NOW - 5).toBe(true);
        for (const time of ['nbf', 'iat']) expect(Number(answer[time] ?? 0) <= NOW + 5).toBe(true);
        expect(answer).not.toHaveProperty('cnf');
        expect(answer).not.toHaveProperty('at_hash');
        expect([undefined, 'access_token', 'access']).toContain(answer['token_use']);
        expect(['Refresh', 'ID']).not.toContain(answer['typ']);
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});
