import { describe, expect, it } from '@jest/globals';
import { addressInWords, browserInWords } from './where.js';

describe('browserInWords()', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
      'Chrome on Windows',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      'Edge on Windows',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1',
      'Chrome on an iPhone',
    ],
    ['curl/8.5.0', 'an unknown browser'],
    [undefined, 'an unknown browser'],
    ['Mozilla/5.0 (Windows NT 10.0)', 'a browser on Windows'],
  ])('says of %s: %s', (userAgent, words) => {
    expect(browserInWords(userAgent)).toBe(words);
  });
});

describe('addressInWords()', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['127.0.0.1', '127.0.0.1 (this computer)'],
    ['::1', '::1 (this computer)'],
    ['2001:db8::1', '2001:db8::1'],
    [undefined, 'not known'],
  ])('says of %s: %s', (address, words) => {
    expect(addressInWords(address)).toBe(words);
  });
});
