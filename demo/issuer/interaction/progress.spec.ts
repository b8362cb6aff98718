import { describe, expect, it } from '@jest/globals';
import { ProgressStore } from './progress.js';

describe('ProgressStore', () => {
  it('remembers an interaction until it ends', () => {
    const store = new ProgressStore(() => 100);
    store.of('a', 200).proven.add('pwd');
    expect(store.of('a', 200).proven).toEqual(new Set(['pwd']));
    store.end('a');
    expect(store.of('a', 200).proven).toEqual(new Set());
  });

  it('keeps interactions apart', () => {
    const store = new ProgressStore(() => 100);
    store.of('a', 200).proven.add('pwd');
    expect(store.of('b', 200).proven).toEqual(new Set());
  });

  it('forgets an interaction that has expired', () => {
    let now = 100;
    const store = new ProgressStore(() => now);
    store.of('a', 200).proven.add('pwd');
    now = 200;
    expect(store.of('a', 300).proven).toEqual(new Set());
  });
});
