import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Post } from '@nestjs/common';
import { Authenticated } from 'nest-stepup';
import { ADAPTERS, startApp, type StartedApp } from './start-app.js';

let runs = 0;

@Controller()
@Authenticated()
class CountingController {
  @Get()
  get() {
    runs += 1;
    return ['got'];
  }

  @Post()
  post(@Body() _body: unknown) {
    runs += 1;
    return ['posted'];
  }
}

type Adapter = (typeof ADAPTERS)[number];
/** An answer from the server, whichever: the request is not for a guarded route, or for none. */
const REFUSED = 'refused';
/** Octets to send, and the status of each answer to them. */
type Case = readonly [
  name: string,
  octets: (token: string) => string,
  statuses: typeof REFUSED | readonly number[] | Readonly<Record<Adapter, readonly number[]>>,
];

const HOST = 'Host: localhost';
const CLOSE = 'Connection: close';
const request = (method: string, target: string, lines: readonly string[], body = '') =>
  `${[`${method} ${target} HTTP/1.1`, HOST, ...lines].join('\r\n')}\r\n\r\n${body}`;
const get = (...lines: readonly string[]) => request('GET', '/', [...lines, CLOSE]);
const post = (lines: readonly string[], body: string) =>
  request('POST', '/', [...lines, CLOSE], body);
const bearer = (token: string) => `Authorization: Bearer ${token}`;
const FORM = 'Content-Type: application/x-www-form-urlencoded';
const sized = (body: string) => `Content-Length: ${body.length}`;
const CHUNKED = 'Transfer-Encoding: chunked';
const JSON_TYPE = 'Content-Type: application/json';
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const MULTIPART = 'Content-Type: multipart/form-data; boundary=b';
const multipart = (token: string) =>
  `--b\r\nContent-Disposition: form-data; name="access_token"\r\n\r\n${token}\r\n--b--\r\n`;

const HEADERS: readonly Case[] = [
  ['no space before the credentials', (t) => get(`Authorization:Bearer ${t}`), [200]],
  ['another case of the name', (t) => get(`aUTHORIZATION: Bearer ${t}`), [200]],
  ['tabs around the value', (t) => get(`Authorization:\t Bearer ${t}\t `), [200]],
  ['a folded line', (t) => get(`Authorization: Bearer\r\n ${t}`), [400]],
  ['a folded line with a tab', (t) => get(`Authorization:\r\n\tBearer ${t}`), [400]],
  ['a token that goes on in the next line', (t) => get(`${bearer(t)}\r\n x`), [400]],
  ['a space before the colon', (t) => get(`Authorization : Bearer ${t}`), [400]],
  ['a tab before the colon', (t) => get(`Authorization\t: Bearer ${t}`), [400]],
  ['a space before the name', (t) => get(` Authorization: Bearer ${t}`), [400]],
  ['a name in quotes', (t) => get(`"Authorization": Bearer ${t}`), [400]],
  ['a NUL in the name', (t) => get(`Author\0ization: Bearer ${t}`), [400]],
  ['a NUL at the end', (t) => get(`${bearer(t)}\0`), [400]],
  ['a NUL after the scheme', (t) => get(`Authorization: Bearer\0${t}`), [400]],
  ['a control character at the end', (t) => get(`${bearer(t)}\u0001`), [400]],
  ['a vertical tab after the scheme', (t) => get(`Authorization: Bearer\v${t}`), [400]],
  ['a delete at the end', (t) => get(`${bearer(t)}\u007F`), [400]],
  ['a carriage return alone', (t) => get(`${bearer(t)}\rX: y`), [400]],
  ['a line feed alone', (t) => get(`${bearer(t)}\nX: y`), [400]],
  ['lines that end with line feeds', (t) => get(bearer(t)).replaceAll('\r', ''), [400]],
  ['an octet beyond ASCII at the end', (t) => get(`${bearer(t)}\u00FF`), [400]],
  ['an octet beyond ASCII before', (t) => get(`Authorization: \u00A0Bearer ${t}`), [400]],
  ['a no-break space after the scheme', (t) => get(`Authorization: Bearer\u00A0${t}`), [400]],
  ['a byte order mark', (t) => get(`Authorization: \u00EF\u00BB\u00BFBearer ${t}`), [400]],
  ['a comma after the token', (t) => get(`${bearer(t)},`), [400]],
  ['a semicolon after the token', (t) => get(`${bearer(t)};`), [400]],
  ['the token twice', (t) => get(`${bearer(t)} ${t}`), [400]],
  ['the credentials twice, joined', (t) => get(`${bearer(t)}, Bearer ${t}`), [400]],
  ['another scheme after them', (t) => get(`${bearer(t)}, Basic YTpi`), [400]],
  ['another scheme before them', (t) => get(`Authorization: Basic YTpi, Bearer ${t}`), [401]],
  ['the line twice', (t) => get(bearer(t), bearer(t)), [400]],
  ['an empty line first', (t) => get('Authorization:', bearer(t)), [400]],
  ['a line of another scheme first', (t) => get('Authorization: Basic YTpi', bearer(t)), [400]],
  [
    'a second line after nine hundred others',
    (t) => get(bearer(t), ...many(900), bearer(t)),
    [400],
  ],
  ['the only line after nine hundred others', (t) => get(...many(900), bearer(t)), [200]],
  ['nine hundred other lines', (t) => get(bearer(t), ...many(900)), [200]],
  ['ten thousand other lines', (t) => get(bearer(t), ...many(10_000)), [431]],
  ['a header of 20 KiB', (t) => get(bearer(t), `X: ${'x'.repeat(20_480)}`), [431]],
  ['a token of 20 KiB', () => get(bearer('x'.repeat(20_480))), [431]],
  ['a target of 20 KiB', (t) => request('GET', `/?${'x'.repeat(20_480)}`, [bearer(t)]), [431]],
  ...[
    'Proxy-Authorization',
    'X-Authorization',
    'X-Forwarded-Authorization',
    'Authorization-X',
    'Authorization_',
    'HTTP_AUTHORIZATION',
    'X-Access-Token',
  ].map((name): Case => [`the header ${name}`, (t) => get(`${name}: Bearer ${t}`), [401]]),
  ['a cookie', (t) => get(`Cookie: access_token=${t}; Authorization=Bearer ${t}`), [401]],
  ['credentials in the target', (t) => request('GET', `http://x:${t}@localhost/`, [CLOSE]), [401]],
];

function many(count: number): readonly string[] {
  return Array.from({ length: count }, () => 'a:b');
}

const TWO_WAYS: readonly Case[] = [
  ['the query alone', (t) => request('GET', `/?access_token=${t}`, [CLOSE]), [401]],
  ['the form alone', (t) => post([FORM, sized(form(t))], form(t)), [401]],
  ['query and form', (t) => formTo(`/?access_token=${t}`, t, []), [401]],
  ['header and query', (t) => request('GET', `/?access_token=${t}`, [bearer(t), CLOSE]), [400]],
  ['header and form', (t) => formTo('/', t, [bearer(t)]), [400]],
  ['header, query and form', (t) => formTo(`/?access_token=${t}`, t, [bearer(t)]), [400]],
  ...[
    '/?access_token',
    '/?access_token=',
    '/?a&access_token=x',
    '/?access%5Ftoken=x',
    '/?%61%63%63%65%73%73%5f%74%6f%6b%65%6e=x',
    '/?x=%&access_token=x',
    '/??access_token=x&access_token=y',
    'http://evil.example/?access_token=x',
  ].map((target): Case => [
    `header and the query of ${target}`,
    (t) => request('GET', target, [bearer(t), CLOSE]),
    [400],
  ]),
  ...['/?access_token[]=x', '/?ACCESS_TOKEN=x', '/?access_token%00=x', '/?#access_token=x'].map(
    (target): Case => [
      `header and ${target}, which is no token`,
      (t) => request('GET', target, [bearer(t), CLOSE]),
      [200],
    ],
  ),
  [
    'header and a form in chunks',
    (t) => post([bearer(t), FORM, CHUNKED], `${chunk(form(t))}0\r\n\r\n`),
    [400],
  ],
  [
    'header and a form with a character set',
    (t) => post([bearer(t), `${FORM}; charset=utf-8`, sized(form(t))], form(t)),
    [400],
  ],
  [
    'header and a form in another case',
    (t) => post([bearer(t), FORM.toUpperCase(), sized(form(t))], form(t)),
    [400],
  ],
  [
    'header and a form with the name escaped',
    (t) => formTo('/', t, [bearer(t)]).replace('access_token', 'access%5Ft%6Fken'),
    [400],
  ],
  [
    'header and a multipart form, in which RFC 6750 knows no token',
    (t) => post([bearer(t), MULTIPART, sized(multipart(t))], multipart(t)),
    { Express: [201], Fastify: [415] },
  ],
  [
    'a multipart form',
    (t) => post([MULTIPART, sized(multipart(t))], multipart(t)),
    { Express: [401], Fastify: [415] },
  ],
  [
    'a token in JSON',
    (t) => {
      const body = JSON.stringify({ access_token: t, authorization: `Bearer ${t}` });
      return post(['Content-Type: application/json', sized(body)], body);
    },
    [401],
  ],
];

const form = (token: string) => `access_token=${token}`;
const formTo = (target: string, token: string, lines: readonly string[]) =>
  request('POST', target, [...lines, FORM, sized(form(token)), CLOSE], form(token));

/** One connection, and what a proxy before it might have taken for one request. */
const FRAMES: readonly Case[] = [
  [
    'a request with, and one without a token',
    (t) => request('GET', '/', [bearer(t)]) + get(),
    [200, 401],
  ],
  [
    'a request without, and one with a token',
    (t) => request('GET', '/', []) + get(bearer(t)),
    [401, 200],
  ],
  [
    'a request behind the end of chunks',
    (t) => request('POST', '/', [bearer(t), JSON_TYPE, CHUNKED], `${chunk('{}')}0\r\n\r\n`) + get(),
    [201, 401],
  ],
  [
    'a request behind a body of no length',
    (t) => request('POST', '/', [bearer(t), 'Content-Length: 0']) + get(),
    [201, 401],
  ],
  [
    'length and chunks',
    (t) => request('POST', '/', [bearer(t), 'Content-Length: 5', CHUNKED], `0\r\n\r\n${get()}`),
    [400],
  ],
  [
    'chunks and length',
    (t) => request('POST', '/', [bearer(t), CHUNKED, 'Content-Length: 5'], `0\r\n\r\n${get()}`),
    [400],
  ],
  ...['chunked, identity', 'identity, chunked, identity', 'chunked\u000B', 'chunked, chunked'].map(
    (coding): Case => [
      `the transfer coding ${JSON.stringify(coding)}`,
      (t) => request('POST', '/', [bearer(t), `Transfer-Encoding: ${coding}`], `0\r\n\r\n${get()}`),
      [400],
    ],
  ),
  ...['5, 5', '+5', '-1', '0x5', '5 5', '1e1', '', '99999999999999999999'].map((length): Case => [
    `a length of ${JSON.stringify(length)}`,
    (t) => request('POST', '/', [bearer(t), `Content-Length: ${length}`], 'hello'),
    [400],
  ]),
  [
    'two lengths',
    (t) => request('POST', '/', [bearer(t), 'Content-Length: 0', 'Content-Length: 5'], 'hello'),
    [400],
  ],
  [
    'a chunk of no size',
    (t) => post([bearer(t), JSON_TYPE, CHUNKED], 'zz\r\nhello\r\n0\r\n\r\n'),
    [400],
  ],
  [
    'a chunk of a negative size',
    (t) => post([bearer(t), JSON_TYPE, CHUNKED], '-1\r\nx\r\n0\r\n\r\n'),
    [400],
  ],
  [
    'a chunk that is too large',
    (t) => post([bearer(t), JSON_TYPE, CHUNKED], `${'f'.repeat(17)}\r\nx`),
    [400],
  ],
  ['chunks that never end', (t) => post([bearer(t), JSON_TYPE, CHUNKED], chunk('{}')), [400]],
  [
    'a body that never comes',
    (t) => post([bearer(t), JSON_TYPE, 'Content-Length: 100'], '{'),
    [400],
  ],
  [
    'the token in a trailer',
    (t) => post([JSON_TYPE, CHUNKED], `${chunk('{}')}0\r\n${bearer(t)}\r\n\r\n`),
    [401],
  ],
  [
    'another token in a trailer',
    (t) => post([bearer(t), JSON_TYPE, CHUNKED], `${chunk('{}')}0\r\n${bearer('x')}\r\n\r\n`),
    [201],
  ],
  [
    'a coding that is unknown',
    () => post(['Transfer-Encoding: xchunked'], `0\r\n\r\n${get()}`),
    REFUSED,
  ],
  ['a request that breaks off', (t) => `GET / HTTP/1.1\r\n${HOST}\r\n${bearer(t)}\r\n`, [400]],
  ['a request in a header', (t) => get(`X: y\r\n\r\nGET / HTTP/1.1\r\n${bearer(t)}`), [401, 400]],
];

const LINES: readonly Case[] = [
  ['HTTP/1.0', () => get().replace('1.1', '1.0'), [401]],
  ['HTTP/1.0 with a token', (t) => get(bearer(t)).replace('1.1', '1.0'), [200]],
  ['HTTP/0.9', () => 'GET /\r\n\r\n', [401]],
  ['HTTP/1.2', (t) => get(bearer(t)).replace('1.1', '1.2'), [400]],
  ['HTTP/2 without agreement', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
  [
    'no version, as in HTTP/0.9, with a token',
    (t) => get(bearer(t)).replace(' HTTP/1.1', ''),
    [200],
  ],
  ['TLS', () => '\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00FC\u0003\u0003', [400]],
  ['noise', () => '\0\u0001\u0002\u00FF\u00FE\r\n\r\n', [400]],
  ['no host', (t) => get(bearer(t)).replace(`${HOST}\r\n`, ''), [400]],
  ['a method in lower case', (t) => get(bearer(t)).replace('GET', 'get'), [400]],
  ['an unknown method', (t) => get(bearer(t)).replace('GET', 'GUARD'), [400]],
  ['two spaces before the target', () => get().replace('GET /', 'GET  /'), [401]],
  ['a tab before the target', () => get().replace('GET /', 'GET\t/'), [400]],
  ['the absolute form', () => request('GET', 'http://localhost/', [CLOSE]), [401]],
  [
    'the absolute form of another host',
    () => request('GET', 'http://evil.example/', [CLOSE]),
    [401],
  ],
  ['the asterisk form', () => request('GET', '*', [CLOSE]), [404]],
  ['the authority form', () => request('CONNECT', 'localhost:1', [CLOSE]), []],
  ['HEAD', () => request('HEAD', '/', [CLOSE]), [401]],
  ['HEAD with a token', (t) => request('HEAD', '/', [bearer(t), CLOSE]), [200]],
  ['TRACE', (t) => request('TRACE', '/', [bearer(t), CLOSE]), [404]],
  ['OPTIONS', () => request('OPTIONS', '/', [CLOSE]), [404]],
  ['PUT', () => request('PUT', '/', [CLOSE]), [404]],
  [
    'another method in a header',
    () => request('HEAD', '/', ['X-HTTP-Method-Override: GET', 'X-HTTP-Method: GET', CLOSE]),
    [401],
  ],
  ['another method in the query', () => request('GET', '/?_method=POST', [CLOSE]), [401]],
  ['an upgrade', () => get('Upgrade: websocket', 'Connection: Upgrade'), [401]],
  ['an upgrade to HTTP/2', () => get('Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'), [401]],
  [
    'an expectation',
    () => post(['Expect: 100-continue', JSON_TYPE, sized('{}')], '{}'),
    [100, 401],
  ],
  ['an unknown expectation', (t) => get(bearer(t), 'Expect: x'), [417]],
  ...['//', '/./', '/%2e', '/;', '/?', '/#', '/%00', '/%', '/\u00FF', '/..', '/.//?/', '\\'].map(
    (target): Case => [
      `the target ${JSON.stringify(target)}`,
      () => request('GET', target, [CLOSE]),
      REFUSED,
    ],
  ),
];

describe.each(ADAPTERS)('a guarded route on %s, over a raw socket', (adapter) => {
  let started: StartedApp;
  let token: string;

  beforeAll(async () => {
    started = await startApp({ adapter, controllers: [CountingController] });
    token = started.verifier.issue({ subject: 'alice' });
  });
  afterAll(() => started.close());

  it.each([...HEADERS, ...TWO_WAYS, ...FRAMES, ...LINES])(
    'gives a definite answer to: %s',
    async (_, octets, statuses) => {
      runs = 0;
      const answers = await started.sendOctets(octets(token));
      const actual = answers.map(({ status }) => status);
      if (statuses === REFUSED) {
        expect(actual).not.toEqual([]);
        expect(actual.filter((status) => status < 400 || status >= 500)).toEqual([]);
      } else {
        expect(actual).toEqual('Express' in statuses ? statuses[adapter] : statuses);
      }
      // Nothing runs without a token, and nothing twice.
      expect(runs).toBe(actual.filter((status) => status === 200 || status === 201).length);
      for (const { body } of answers) expect(body).not.toContain(token);
      expect((await started.send('/', token)).status).toBe(200);
    },
  );
});
