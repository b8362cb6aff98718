import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { UpstreamLog } from './upstream-log.js';

describe('UpstreamLog', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('remembers a hundred messages, and not every one that a server thinks up', () => {
    const lines: unknown[] = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line) => void lines.push(line));
    const log = new UpstreamLog(() => 1_750_000_000);
    for (let index = 0; index < 100; index += 1) log.warn(`message ${index}`);
    log.warn('message 0');
    expect(lines).toHaveLength(100);
    log.warn('message 100');
    log.warn('message 0');
    expect(lines.slice(100)).toStrictEqual(['message 100', 'message 0']);
  });
});
