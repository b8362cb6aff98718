import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Post } from '@nestjs/common';
import { Authenticated } from 'nest-stepup';
import {
  assertWellFormed,
  keepForConnection,
  readAccessToken,
  type HttpRequest,
} from './access-token.js';
import { ADAPTERS, startApp, type StartedApp } from './spec/start-app.js';

@Controller()
@Authenticated()
class TokenController {
  @Get()
  get() {
    return ['got'];
  }

  @Post()
  post(@Body() body: unknown) {
    return { body };
  }
}

const PLAIN = 'Bearer realm="api"';
const invalidRequest = (description: string) =>
  `Bearer realm="api", error="invalid_request", error_description="${description}"`;
const MALFORMED = invalidRequest('The Authorization header is malformed');
const NO_TOKEN = invalidRequest('The Authorization header has no well-formed access token');
const REPEATED = invalidRequest('The request has more than one Authorization header');
const TWO_WAYS = invalidRequest('The request presents an access token in more than one way');
const UNKNOWN =
  'Bearer realm="api", error="invalid_token", error_description="The access token is invalid"';

describe.each(ADAPTERS)('readAccessToken() on %s', (adapter) => {
  let started: StartedApp;
  let token: string;

  beforeAll(async () => {
    started = await startApp({ adapter, controllers: [TokenController] });
    token = started.verifier.issue({ subject: 'alice' });
  });
  afterAll(() => started.close());

  it.each<[string, readonly string[], number, string]>([
    ['no header at all', [], 401, PLAIN],
    ['a header of another scheme', ['Authorization: Basic YWxpY2U6c2VjcmV0'], 401, PLAIN],
    ['a scheme that only begins like Bearer', ['Authorization: BearerX abc'], 401, PLAIN],
    ['a token without a scheme', ['Authorization: eyJhbGciOiJub25lIn0.e30.'], 401, PLAIN],
    [
      'a list of schemes that begins with another one',
      ['Authorization: Basic a, Bearer b'],
      401,
      PLAIN,
    ],
    ['an unknown token', ['Authorization: Bearer unknown'], 401, UNKNOWN],
    [
      'a token that is structured like a JWT',
      ['Authorization: Bearer header.payload.'],
      401,
      UNKNOWN,
    ],
    ['a token that is only dots', ['Authorization: Bearer ..'], 401, UNKNOWN],
    [
      'a token of every character that one may have',
      ['Authorization: Bearer aZ09-._~+/=='],
      401,
      UNKNOWN,
    ],
    ['an empty header', ['Authorization:'], 400, MALFORMED],
    ['a header of spaces', ['Authorization:    '], 400, MALFORMED],
    ['a scheme that is quoted', ['Authorization: "Bearer" abc'], 400, MALFORMED],
    ['a scheme followed by a colon', ['Authorization: Bearer: abc'], 400, MALFORMED],
    ['a tab after the scheme', ['Authorization: Bearer\tabc'], 400, MALFORMED],
    ['a scheme beyond ASCII', ['Authorization: B\u00E9arer abc'], 400, MALFORMED],
    ['a scheme alone', ['Authorization: Bearer'], 400, NO_TOKEN],
    ['a scheme and spaces', ['Authorization: Bearer   '], 400, NO_TOKEN],
    ['two tokens', ['Authorization: bearer x y'], 400, NO_TOKEN],
    ['two tokens with a comma', ['Authorization: Bearer x, Bearer y'], 400, NO_TOKEN],
    ['a token in quotes', ['Authorization: Bearer "x"'], 400, NO_TOKEN],
    ['a token beyond ASCII', ['Authorization: Bearer t\u00F6ken'], 400, NO_TOKEN],
    ['padding alone', ['Authorization: Bearer =='], 400, NO_TOKEN],
    ['padding inside', ['Authorization: Bearer a=b'], 400, NO_TOKEN],
    ['a percent sign', ['Authorization: Bearer a%20b'], 400, NO_TOKEN],
    ['a parameter', ['Authorization: Bearer token="abc"'], 400, NO_TOKEN],
    ['the scheme twice', ['Authorization: Bearer Bearer abc'], 400, NO_TOKEN],
    ['two header lines', ['Authorization: Bearer x', 'Authorization: Bearer y'], 400, REPEATED],
    ['the same line twice', ['Authorization: Bearer x', 'authorization: Bearer x'], 400, REPEATED],
    [
      'a second line of another scheme',
      ['Authorization: Bearer x', 'AUTHORIZATION: Basic y'],
      400,
      REPEATED,
    ],
    ['a second line that is empty', ['Authorization: Bearer x', 'Authorization:'], 400, REPEATED],
  ])('answers %s', async (_, headerLines, status, challenge) => {
    const response = await started.sendRaw('/', headerLines);
    expect(response.status).toBe(status);
    expect(response.header('www-authenticate')).toBe(challenge);
    expect(response.header('access-control-expose-headers')).toBe('WWW-Authenticate');
    expect(response.header('cache-control')).toBe('no-store');
    // Alive, and none the worse for it.
    expect((await started.send('/', token)).status).toBe(200);
  });

  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('takes %s as the scheme', async (scheme) => {
    const response = await started.sendRaw('/', [`Authorization: ${scheme}   ${token}  `]);
    expect(response.status).toBe(200);
  });

  it('does not hand a token to the verifier that is longer than any token is', async () => {
    const longest = await started.sendRaw('/', [`Authorization: Bearer ${'x'.repeat(15_000)}`]);
    expect(longest.header('www-authenticate')).toBe(UNKNOWN);
    const response = await started.sendRaw('/', [`Authorization: Bearer ${'x'.repeat(60_000)}`]);
    // Node itself refuses headers of more than 16 KiB unless it was told otherwise.
    expect(response.status).toBe(431);
    expect((await started.send('/', token)).status).toBe(200);
  });

  it.each(['/?access_token=x', '/?a=b&access%5Ftoken=', '/?access_token'])(
    'refuses a second token in the query: %s',
    async (path) => {
      const response = await started.sendRaw(path, [`Authorization: Bearer ${token}`]);
      expect(response.status).toBe(400);
      expect(response.header('www-authenticate')).toBe(TWO_WAYS);
    },
  );

  it.each(['/?token=x', '/?my_access_token=x', '/?', '/?%E0%A4%A=&%', '/?&&=&a'])(
    'is not misled by the query %s',
    async (path) => {
      const response = await started.sendRaw(path, [`Authorization: Bearer ${token}`]);
      expect(response.status).toBe(200);
    },
  );

  it('takes no token from the query or from a form', async () => {
    expect((await started.send(`/?access_token=${token}`)).status).toBe(401);
    const body = new URLSearchParams({ access_token: token });
    const response = await started.send('/', undefined, { method: 'POST', body });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(PLAIN);
  });

  it('refuses a second token in a form, and only there', async () => {
    const form = new URLSearchParams({ access_token: token });
    const refused = await started.send('/', token, { method: 'POST', body: form });
    expect(refused.status).toBe(400);
    expect(refused.headers.get('www-authenticate')).toBe(TWO_WAYS);

    const json = await started.send('/', token, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ access_token: 'of another kind' }),
    });
    expect(json.status).toBe(201);
  });
});

/** A request that Node's own parser would not let through. */
const request = (authorization: string) => ({
  raw: Object.assign(Object.create(null), {
    headers: { authorization },
    rawHeaders: ['Authorization', authorization],
    url: '/',
  }),
});

const readWellFormed = (from: HttpRequest) => {
  const token = readAccessToken(from);
  if (token) assertWellFormed(token);
  return token;
};

/** What an adapter may hand over of a request, apart from its Authorization header. */
const requestWith = (more: object, body?: unknown): HttpRequest => ({
  raw: Object.assign(Object.create(null), {
    headers: { authorization: 'Bearer abc', ...more },
    rawHeaders: ['Authorization', 'Bearer abc', 'Cache-Control', 'a', 'Cache-Control', 'b'],
    url: '/',
  }),
  body,
});

describe('readAccessToken()', () => {
  it('counts no other header of the same length', () => {
    expect(readAccessToken(requestWith({}))?.value).toBe('abc');
  });

  it.each<[string, object, unknown]>([
    ['a form without fields', { 'content-type': 'application/x-www-form-urlencoded' }, null],
    ['a form that is not parsed', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=b'],
    ['a body of no type', {}, { access_token: 'abc' }],
  ])('finds no second token in %s', (_, headers, body) => {
    expect(readAccessToken(requestWith(headers, body))?.value).toBe('abc');
  });

  it('reads a request that no server received', () => {
    const bare = {
      raw: Object.assign(Object.create(null), { headers: { authorization: 'Bearer abc' } }),
    };
    const token = readAccessToken(bare);
    expect(token?.value).toBe('abc');
    expect(() => keepForConnection(bare, token!)).not.toThrow();
  });

  it('refuses tokens of more than 16 KiB', () => {
    const longest = 'x'.repeat(16_384);
    expect(readWellFormed(request(`Bearer ${longest}`))?.value).toBe(longest);
    expect(() => readAccessToken(request(`Bearer ${longest}x`))).toThrow(
      'The access token is too long',
    );
  });

  it('takes linear time on a hostile header', () => {
    const hostile = `Bearer ${' '.repeat(1_000_000)}=${'='.repeat(15_000)}!`;
    const start = performance.now();
    expect(() => readWellFormed(request(hostile))).toThrow();
    expect(performance.now() - start).toBeLessThan(500);
  });
});
