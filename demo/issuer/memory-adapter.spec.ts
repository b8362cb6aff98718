import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryStorage } from './memory-adapter.js';

describe('MemoryStorage', () => {
  let now: number;
  let storage: MemoryStorage;

  beforeEach(() => {
    now = 1_800_000_000;
    storage = new MemoryStorage(() => now);
  });

  it('forgets what has expired', async () => {
    const codes = storage.adapterFor('AuthorizationCode');
    await codes.upsert('1', { accountId: 'alice' }, 60);
    now += 59;
    expect(await codes.find('1')).toEqual({ accountId: 'alice' });
    now += 1;
    expect(await codes.find('1')).toBeUndefined();
  });

  it('keeps a request to a phone for ten minutes after it has expired', async () => {
    const requests = storage.adapterFor('BackchannelAuthenticationRequest');
    await requests.upsert('1', { accountId: 'alice' }, 60);
    now += 659;
    expect(await requests.find('1')).toEqual({ accountId: 'alice' });
    now += 1;
    expect(await requests.find('1')).toBeUndefined();
  });

  it('keeps models apart', async () => {
    await storage.adapterFor('Session').upsert('1', { uid: 'u' }, 60);
    expect(await storage.adapterFor('Interaction').find('1')).toBeUndefined();
    expect(await storage.adapterFor('Interaction').findByUid('u')).toBeUndefined();
    expect(await storage.adapterFor('Session').findByUid('u')).toEqual({ uid: 'u' });
  });

  it('marks what is used', async () => {
    const codes = storage.adapterFor('AuthorizationCode');
    await codes.upsert('1', {}, 60);
    await codes.consume('1');
    expect(await codes.find('1')).toEqual({ consumed: now });
  });

  it('revokes what a model issued for a grant, and nothing else', async () => {
    const tokens = storage.adapterFor('RefreshToken');
    const interactions = storage.adapterFor('Interaction');
    await tokens.upsert('1', { grantId: 'g' }, 60);
    await tokens.upsert('2', { grantId: 'h' }, 60);
    await interactions.upsert('3', { grantId: 'g' }, 60);
    await tokens.revokeByGrantId('g');
    expect(await tokens.find('1')).toBeUndefined();
    expect(await tokens.find('2')).toBeDefined();
    expect(await interactions.find('3')).toBeDefined();
  });
});
