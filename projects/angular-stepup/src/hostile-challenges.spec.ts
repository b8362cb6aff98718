import { HttpErrorResponse } from '@angular/common/http';
import { TestBed } from '@angular/core/testing';
import { jest } from '@jest/globals';
import * as fc from 'fast-check';
import { tap, throwError } from 'rxjs';
import type { AuthenticationRequirement } from 'stepup-core';

import {
  API,
  TWO_FACTORS,
  challenge,
  forgetAll,
  refuse,
  send,
  server,
  setUp,
  stepUp,
  stepUps,
  tokenOf,
} from './spec/interceptor-under-test';

const URL_IN_USE = `${API}/messages`;

/** What came from the API, before the interceptor saw it. */
let received: unknown;

beforeEach(() => {
  forgetAll();
  setUp(
    [],
    [(request, next) => next(request).pipe(tap({ error: (error: unknown) => (received = error) }))],
  );
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => jest.restoreAllMocks());

/** Has the API refuse a request with this header, and expects its caller to get just that. */
function expectPassedOn(header: string | string[], status = 401): void {
  const result = send();
  refuse(header, undefined, status);
  expect(result.error).toBeInstanceOf(HttpErrorResponse);
  expect(result.error).toBe(received);
  stepUps.expectNone();
  expect(stepUp.transaction()).toBeUndefined();
  expect(stepUp.error()).toBeUndefined();
}

const named = (
  headers: readonly (string | string[])[],
): [name: string, header: string | string[]][] =>
  headers.map((header) => [JSON.stringify(header).slice(0, 90), header]);

describe('stepUpInterceptor on a challenge that is none', () => {
  it.each(
    named([
      'Bearer error=insufficient_user_authentication_, acr_values="2fa"',
      'Bearer error="insufficient_user_authentication ", acr_values="2fa"',
      'Bearer error="INSUFFICIENT_USER_AUTHENTICATION", acr_values="2fa"',
      'Bearer error="insufficient-user-authentication", acr_values="2fa"',
      'Bearer error="insufficient_user_authentic\u0430tion", acr_values="2fa"',
      'Bearer error_description="error=insufficient_user_authentication, acr_values=2fa"',
      'Bearer error="invalid_token", error_description="\\"Bearer error=\\"insufficient_user_authentication\\""',
      'Bearer x-error="insufficient_user_authentication", acr_values="2fa"',
      'Bearer "error"="insufficient_user_authentication", acr_values="2fa"',
      'error="insufficient_user_authentication", acr_values="2fa"',
      'Bearer: error="insufficient_user_authentication", acr_values="2fa"',
      'Be\u200Barer error="insufficient_user_authentication", acr_values="2fa"',
      'Digest error="insufficient_user_authentication", acr_values="2fa"',
      'MAC error="insufficient_user_authentication", acr_values="2fa"',
      'Bearer,error="insufficient_user_authentication",acr_values="2fa',
      '{"error":"insufficient_user_authentication","acr_values":"2fa"}',
      'insufficient_user_authentication',
    ]),
  )('passes it on: %s', (_, header) => expectPassedOn(header));
});

describe('stepUpInterceptor on a challenge that repeats a parameter', () => {
  it.each(
    named([
      challenge('acr_values="2fa", acr_values="2fa"'),
      challenge('acr_values="2fa", ACR_VALUES="phr"'),
      challenge('max_age="300", acr_values="2fa", max_age="0"'),
      challenge('acr_values="2fa", error="invalid_token"'),
      challenge('acr_values="2fa", scope="a", scope="b"'),
      challenge('acr_values="2fa", __proto__="a", __PROTO__="b"'),
      challenge('acr_values="2fa", constructor="a", constructor="b"'),
    ]),
  )('passes it on: %s', (_, header) => expectPassedOn(header));
});

describe('stepUpInterceptor on a challenge that nobody could answer', () => {
  it.each(
    named([
      'Bearer error="insufficient_user_authentication"',
      challenge('scope="transfer"'),
      challenge('acr_values=""'),
      challenge('acr_values="   "'),
      challenge('acr_values="\\"\\\\"'),
      challenge('acr_values="\u00e9\u00e8"'),
      challenge('max_age=""'),
      challenge('max_age="-1"'),
      challenge('max_age="+5"'),
      challenge('max_age="5.0"'),
      challenge('max_age="1e3"'),
      challenge('max_age="0x10"'),
      challenge('max_age="5 "'),
      challenge('max_age="5,6"'),
      challenge('max_age="\u00b2"'),
      challenge('max_age="NaN"'),
      challenge('max_age="Infinity"'),
      challenge('max_age="9007199254740992"'),
      challenge(`max_age="${'9'.repeat(10_000)}"`),
      challenge('__proto__="acr_values", constructor="max_age"'),
      challenge(`acr_values="${'a'.repeat(2049)}"`),
      challenge(`acr_values="${Array.from({ length: 500 }, (_, i) => `acr${i}`).join(' ')}"`),
    ]),
  )('passes it on: %s', (_, header) => expectPassedOn(header));

  it.each([200, 204, 302, 400, 402, 403, 407, 419, 429, 500, 503])(
    'lets a response with status %d be, whatever its header says',
    (status) => {
      const result = send();
      server.expectOne(URL_IN_USE).flush(status === 204 ? null : 'body', {
        status,
        statusText: 'Status',
        headers: { 'WWW-Authenticate': TWO_FACTORS },
      });
      expect(result.values.length + Number(result.error === received)).toBeGreaterThan(0);
      stepUps.expectNone();
    },
  );
});

describe('stepUpInterceptor on a response that was redirected from elsewhere', () => {
  it.each([
    'https://evil.example/messages',
    'http://api.example.com/messages',
    'https://api.example.com:8443/messages',
    'https://api.example.com.evil.example/messages',
    'https://user:password@api.example.com/messages',
    'https://api.example.com/%2e%2e%2fmessages',
    'blob:https://api.example.com/2f1c',
    'data:text/plain,https://api.example.com',
    'http://localhost/api/messages',
    'about:blank',
    'https://[',
  ])('passes it on: %s', (url) => {
    const refusal = new HttpErrorResponse({
      status: 401,
      url,
      headers: new HttpErrorResponse({}).headers.set('WWW-Authenticate', TWO_FACTORS),
    });
    TestBed.resetTestingModule();
    setUp([], [() => throwError(() => refusal)]);
    const result = send();
    expect(result.error).toBe(refusal);
    stepUps.expectNone();
  });
});

describe('stepUpInterceptor on a challenge with something hidden in it', () => {
  const cases: [name: string, header: string | string[], asked: AuthenticationRequirement][] = [
    [
      'a second challenge in a quoted string',
      challenge('error_description="x\\", acr_values=\\"1fa\\", max_age=\\"0", acr_values="2fa"'),
      { acrValues: ['2fa'] },
    ],
    [
      'a second step-up challenge: the first one counts, and nothing of the other',
      `${challenge('acr_values="2fa"')}, ${challenge('acr_values="phr", max_age="0"')}`,
      { acrValues: ['2fa'] },
    ],
    [
      'a second field line: the first one counts',
      [challenge('acr_values="2fa"'), challenge('acr_values="phr"')],
      { acrValues: ['2fa'] },
    ],
    [
      'a neighbour that breaks off',
      [`Basic realm="x, ${TWO_FACTORS.replaceAll('"', "'")}`, TWO_FACTORS],
      { acrValues: ['2fa'] },
    ],
    [
      'a comma within a value, which separates nothing',
      challenge('acr_values="2fa,1fa"'),
      { acrValues: ['2fa,1fa'] },
    ],
    [
      'values that would end a parameter of a URL',
      challenge('acr_values="2fa&prompt=none&redirect_uri=https://evil.example #x"'),
      { acrValues: ['2fa&prompt=none&redirect_uri=https://evil.example', '#x'] },
    ],
    [
      'values that no request can carry, which are left out',
      challenge('acr_values="\\"phr\\" 2fa \u00e9 1\\\\fa"'),
      { acrValues: ['2fa'] },
    ],
    [
      'a value that is named a thousand times',
      challenge(`acr_values="${'2fa '.repeat(1000)}"`),
      { acrValues: ['2fa'] },
    ],
    [
      'an age that is none, which is left out',
      challenge('acr_values="2fa", max_age="-300"'),
      { acrValues: ['2fa'] },
    ],
    ['an age with zeros in front', challenge('max_age="000000000000000000300"'), { maxAge: 300 }],
    [
      'parameters named as members of objects are',
      challenge('__proto__="{}", toString="x", hasOwnProperty="y", acr_values="2fa"'),
      { acrValues: ['2fa'] },
    ],
    [
      'a thousand parameters that it does not know',
      challenge(
        `${Array.from({ length: 1000 }, (_, i) => `p${i}="${i}"`).join(', ')}, acr_values="2fa"`,
      ),
      { acrValues: ['2fa'] },
    ],
  ];

  it.each(cases)('asks for what it says outside of it: %s', (_, header, asked) => {
    const result = send();
    refuse(header);
    stepUps.expectOne(asked);
    expect(result.error).toBeUndefined();
    stepUp.cancel();
  });
});

describe('stepUpInterceptor on very many challenges', () => {
  it('finds the one step-up challenge behind ten thousand field lines of others', async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => `Scheme${i} realm="${i}"`);
    const result = send();
    refuse([...lines, TWO_FACTORS]);
    await stepUps.expectOne({ acrValues: ['2fa'] }).complete();
    tokenOf();
    expect(result.values).toEqual(['yes']);
  });

  it('answers the first of ten thousand step-up challenges, and no other', async () => {
    const all = Array.from({ length: 10_000 }, (_, i) =>
      challenge(`acr_values="2fa", max_age="${i}"`),
    );
    const result = send();
    refuse(all.join(', '));
    await stepUps.expectOne({ acrValues: ['2fa'], maxAge: 0 }).complete();
    refuse(all.slice(1).join(', '));
    await stepUps.expectOne({ acrValues: ['2fa'], maxAge: 1 }).complete();
    refuse(all.slice(2).join(', '));
    await Promise.resolve();
    expect(result.error).toMatchObject({ code: 'ERR_STEPUP_UNMET' });
    stepUps.expectNone();
  });

  it('prompts for one of a thousand requests at a time, and lets the end-user stop all of them', () => {
    const results = Array.from({ length: 1000 }, () => send());
    server.match(URL_IN_USE).forEach((request, i) =>
      request.flush(null, {
        status: 401,
        statusText: 'Unauthorized',
        headers: { 'WWW-Authenticate': challenge(`max_age="${i}"`) },
      }),
    );
    stepUps.expectOne({ maxAge: 0 });
    stepUp.cancel();
    expect(
      results.every(({ error }) => Reflect.get(Object(error), 'code') === 'ERR_STEPUP_CANCELLED'),
    ).toBe(true);
    stepUps.expectNone();
    server.verify();
  });
});

describe('stepUpInterceptor on any header at all', () => {
  // What a header is made of, so that the made-up ones come close to real ones.
  const piece = fc.oneof(
    fc.constantFrom('Bearer ', 'DPoP ', 'Basic ', ', ', ',', '=', '"', '\\', ' ', '\t'),
    fc.constantFrom('error', 'acr_values', 'max_age', 'insufficient_user_authentication'),
    fc.constantFrom(TWO_FACTORS, 'error="insufficient_user_authentication"', 'max_age="0"'),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const header = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

  it('either passes the very same error on, or asks for something that a request can carry', () => {
    const seen = { asked: 0, passedOn: 0 };
    fc.assert(
      fc.property(fc.array(header, { minLength: 1, maxLength: 3 }), (lines) => {
        const result = send();
        refuse(lines);
        const [asked, ...others] = stepUps.pending();
        expect(others).toEqual([]);
        if (asked) {
          seen.asked += 1;
          const { acrValues = [], maxAge = 0 } = asked.requirement;
          expect(acrValues.join(' ')).toMatch(/^[!#-[\]-~ ]{0,2048}$/);
          expect(Number.isSafeInteger(maxAge) && maxAge >= 0).toBe(true);
          expect(acrValues.length > 0 || asked.requirement.maxAge !== undefined).toBe(true);
          stepUp.cancel();
        } else {
          seen.passedOn += 1;
          expect(result.error).toBe(received);
        }
      }),
      { numRuns: 500 },
    );
    // Otherwise the made-up headers are none.
    expect(Math.min(seen.asked, seen.passedOn)).toBeGreaterThan(20);
  });
});
