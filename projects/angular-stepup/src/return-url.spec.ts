import { isReturnUrl } from './return-url';

describe('isReturnUrl()', () => {
  it.each(['/', '/a', '/a/b?c=d#e', '/a(aux:b)', '/%C3%BC', '/ü', '/a//b'])('accepts %j', (url) => {
    expect(isReturnUrl(url)).toBe(true);
  });

  it.each([
    '',
    'a',
    '//evil.example',
    '/\\evil.example',
    '\\evil.example',
    '/a\\b',
    '/\t/evil.example',
    '/\n/evil.example',
    ' /a',
    'https://evil.example/',
    'javascript:alert(1)',
    undefined,
    null,
    7,
  ])('refuses %j', (url) => {
    expect(isReturnUrl(url)).toBe(false);
  });
});
