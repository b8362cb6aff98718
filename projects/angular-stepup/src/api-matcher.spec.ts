import { jest } from '@jest/globals';

import { defineApis } from './api-matcher';

const matches = (apis: readonly string[], url: string): boolean =>
  defineApis(apis)(url, document) !== undefined;

describe('withApis()', () => {
  const apis = ['https://api.example.com', 'https://shop.example/v1/', '/api'];

  it.each([
    'https://api.example.com',
    'https://api.example.com/',
    'https://api.example.com/accounts?x=1#y',
    'https://api.example.com:443/accounts',
    'HTTPS://API.EXAMPLE.COM/accounts',
    // A backslash is a slash to the browser: this one goes to the API.
    'https://api.example.com\\@evil.example',
    'https://shop.example/v1',
    'https://shop.example/v1/',
    'https://shop.example/v1/orders',
    'https://shop.example/v2/../v1/orders',
    'https://shop.example/v1/a%2Fb',
    '/api',
    '/api?q=1',
    '/api/x',
    'api/x',
    'http://localhost/api/x',
    '//localhost/api/x',
  ])('includes %s', (url) => {
    expect(matches(apis, url)).toBe(true);
  });

  it.each([
    'https://evil.example/?x=/api',
    'https://evil.example/api',
    'https://evil.example/https://api.example.com/',
    'https://evil.example/?https://api.example.com',
    'https://evil.example/#https://api.example.com',
    'https://api.example.com.evil.example/',
    'https://api.example.community/',
    'https://api.example.com:8443/',
    'http://api.example.com/',
    'https://api.example.com@evil.example/',
    'https://api.example.com%2f@evil.example/',
    'https://user:password@api.example.com/',
    'https://user@api.example.com/',
    'wss://api.example.com/',
    'blob:https://api.example.com/2f1c',
    'data:text/plain,https://api.example.com',
    'javascript:"https://api.example.com"',
    'https://shop.example/',
    'https://shop.example/v',
    'https://shop.example/v1x',
    'https://shop.example/V1',
    'https://shop.example/%76%31',
    'https://shop.example/v1/../admin',
    'https://shop.example/v1/%2e%2e/admin',
    'https://shop.example/v1/..%2fadmin',
    'https://shop.example/v1/%2E%2E%5cadmin',
    'https://shop.example/v1%2f..%2fadmin',
    'https://shop.example/v1/..;/admin',
    'https://shop.example//v1',
    '/apix',
    '/Api',
    '/x/api',
    '/api/../x',
    '/',
    '',
    '//evil.example/api',
    '/\\evil.example/api',
    'https://',
    'https://[',
  ])('leaves out %s', (url) => {
    expect(matches(apis, url)).toBe(false);
  });

  it('resolves relative URLs against the base of the document, and its own paths against the origin', () => {
    const foreign = {
      baseURI: 'https://cdn.example/app/',
      location: { origin: 'http://localhost' },
    } as Document;

    expect(defineApis(['/api'])('/api/x', foreign)).toBeUndefined();
    expect(defineApis(['/api'])('http://localhost/api/x', foreign)).toBeDefined();
  });

  it('does without URL.canParse(), which not each supported browser has', () => {
    const canParse = jest.spyOn(URL, 'canParse').mockImplementation(() => {
      throw new TypeError('URL.canParse is not a function');
    });
    try {
      expect(matches(apis, 'https://api.example.com/accounts')).toBe(true);
      expect(matches(apis, 'https://[')).toBe(false);
    } finally {
      canParse.mockRestore();
    }
  });

  it.each([
    ['nothing', []],
    ['an empty text', ['']],
    ['a wildcard', ['*']],
    ['a wildcard in the host', ['https://*.example.com']],
    ['a wildcard in the path', ['/api/*']],
    ['a query', ['https://api.example.com/?a=1']],
    ['an empty query', ['https://api.example.com/?']],
    ['a fragment', ['/api#top']],
    ['a user name', ['https://user@api.example.com']],
    ['a password', ['https://user:password@api.example.com']],
    ['another scheme', ['ftp://api.example.com']],
    ['a WebSocket', ['wss://api.example.com']],
    ['a relative path', ['api']],
    ['a dotted path', ['./api']],
    ['a scheme of the page', ['//api.example.com']],
    ['a backslash', ['/\\api.example.com']],
    ['a dot segment', ['/api/../x']],
    ['a space', [' https://api.example.com']],
    ['a good one and a bad one', ['/api', 'api']],
    ['a setting that is missing', [undefined as unknown as string]],
  ])('refuses %s', (_what, urls) => {
    expect(() => defineApis(urls)).toThrow(
      expect.objectContaining({ code: 'ERR_STEPUP_CONFIGURATION' }),
    );
  });

  it('keeps credentials and the query out of the message', () => {
    expect(() => defineApis(['https://user:secret@api.example.com/?key=secret'])).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
    expect(() => defineApis(['ftp://user:secret@api.example.com'])).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});
