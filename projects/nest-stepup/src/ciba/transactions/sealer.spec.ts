import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { MemoryTransactionStore } from './memory-transaction-store.js';
import { Sealer } from './sealer.js';

const store = new MemoryTransactionStore();
const newKey = () => randomBytes(32).toString('base64url');

describe('Sealer', () => {
  it.each([['a text'], [{ accessToken: 'at', list: [1, null] }], [0], [false], [null]])(
    'opens %p in the context that it was sealed for',
    async (value) => {
      const sealer = new Sealer({ store, sealingKeys: [newKey()] });
      const sealed = await sealer.seal(value, 'tokens t:1');
      expect(sealed).not.toContain('accessToken');
      await expect(sealer.open(sealed, 'tokens t:1')).resolves.toStrictEqual(value);
    },
  );

  it('opens nothing in another context: another record, or another kind of thing', async () => {
    const sealer = new Sealer({ store, sealingKeys: [newKey()] });
    const sealed = await sealer.seal('secret', 'tokens t:1');
    for (const context of ['tokens t:2', 'auth_req_id t:1', '']) {
      await expect(sealer.open(sealed, context)).resolves.toBeUndefined();
    }
  });

  it('opens nothing that was changed, context included', async () => {
    const sealer = new Sealer({ store, sealingKeys: [newKey()] });
    const other = await sealer.seal('secret', 'tokens t:2');
    const parts = (await sealer.seal('secret', 'tokens t:1')).split('.');
    const [header = ''] = other.split('.');
    await expect(sealer.open([header, ...parts.slice(1)].join('.'), 'tokens t:2')).resolves.toBe(
      undefined,
    );
    for (const index of [0, 2, 3, 4]) {
      const changed = parts.map((part, i) => (i === index ? flip(part) : part)).join('.');
      await expect(sealer.open(changed, 'tokens t:1')).resolves.toBeUndefined();
    }
  });

  it.each(['', '.', '....', 'a.b.c.d.e', '{}', 'eyJhbGciOiJub25lIn0..x.x.x'])(
    'opens nothing of %p, and does not reject',
    async (text) => {
      const sealer = new Sealer({ store, sealingKeys: [newKey()] });
      await expect(sealer.open(text, 'tokens t:1')).resolves.toBeUndefined();
    },
  );

  it('seals by the first key and opens by all', async () => {
    const [old, current] = [newKey(), newKey()];
    const before = new Sealer({ store, sealingKeys: [old] });
    const during = new Sealer({ store, sealingKeys: [current, old] });
    const after = new Sealer({ store, sealingKeys: [current] });
    const sealedBefore = await before.seal(1, 'c');
    const sealedDuring = await during.seal(2, 'c');
    await expect(during.open(sealedBefore, 'c')).resolves.toBe(1);
    await expect(after.open(sealedDuring, 'c')).resolves.toBe(2);
    await expect(after.open(sealedBefore, 'c')).resolves.toBeUndefined();
  });

  it('is a JWE that names its key and does not hold it', async () => {
    const key = newKey();
    const sealed = await new Sealer({ store, sealingKeys: [key] }).seal('secret', 'c');
    const header = decodeProtectedHeader(sealed);
    expect(header).toMatchObject({ alg: 'dir', enc: 'A256GCM' });
    expect(key).not.toContain(header.kid);
  });

  it('makes a key of its own, unless processes share the store', async () => {
    const one = new Sealer({ store, sealingKeys: [] });
    const sealed = await one.seal('secret', 'c');
    await expect(one.open(sealed, 'c')).resolves.toBe('secret');
    await expect(new Sealer({ store, sealingKeys: [] }).open(sealed, 'c')).resolves.toBe(undefined);
    const shared = Object.defineProperty(new MemoryTransactionStore(), 'shared', { value: true });
    expect(() => new Sealer({ store: shared, sealingKeys: [] })).toThrow(TypeError);
  });

  it.each(['', 'short', `${newKey()}=`, randomBytes(31).toString('base64url'), `!${newKey()}`])(
    'refuses %p as a key, without quoting it',
    (key) => {
      const make = () => new Sealer({ store, sealingKeys: [key] });
      expect(make).toThrow(TypeError);
      expect(make).toThrow(/^Cannot seal as each of 'sealingKeys' must be 32 bytes in base64url$/);
    },
  );

  it('refuses what JSON does not have', async () => {
    const sealer = new Sealer({ store, sealingKeys: [newKey()] });
    await expect(sealer.seal(undefined, 'c')).rejects.toThrow(TypeError);
  });
});

/** Changes the first character: every bit of it counts. */
function flip(part: string): string {
  return (part.startsWith('A') ? 'B' : 'A') + part.slice(1);
}
