import { beforeEach, describe, expect, it } from '@jest/globals';
import { DEMO_ACCOUNTS, type DemoAccount } from '../../demo.config.js';
import { SoftwareAuthenticator } from '../testing/software-authenticator.js';
import { Passkeys } from './passkey.js';

const ORIGIN = 'http://localhost:4202';
const [alice, bob] = DEMO_ACCOUNTS as [DemoAccount, DemoAccount];

describe('Passkeys', () => {
  let passkeys: Passkeys;
  let authenticator: SoftwareAuthenticator;

  beforeEach(() => {
    passkeys = new Passkeys({ origin: ORIGIN, name: 'Harbour ID' });
    authenticator = new SoftwareAuthenticator(ORIGIN);
  });

  async function create(account = alice, by = authenticator, asked?: string): Promise<boolean> {
    const options = await passkeys.creationOptions(account);
    return passkeys.create(account, JSON.parse(by.create(options)), asked ?? options.challenge);
  }

  async function use(by = authenticator, asked?: string): Promise<string | undefined> {
    const options = await passkeys.requestOptions(undefined);
    return passkeys.verify(JSON.parse(by.use(options)), asked ?? options.challenge);
  }

  it('recognises whose passkey is used', async () => {
    expect(await create()).toBe(true);
    expect(await use()).toBe('alice');
  });

  it('knows who has a passkey', async () => {
    expect([passkeys.isEmpty, passkeys.has('alice')]).toEqual([true, false]);
    await create();
    expect([passkeys.isEmpty, passkeys.has('alice'), passkeys.has('bob')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('asks for user verification and names the passkeys of the account', async () => {
    await create();
    const options = await passkeys.requestOptions('alice');
    expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required' });
    expect(options.allowCredentials).toHaveLength(1);
    expect((await passkeys.requestOptions('bob')).allowCredentials).toEqual([]);
  });

  it('refuses a passkey that did not verify the user', async () => {
    const careless = new SoftwareAuthenticator(ORIGIN, { verifiesUser: false });
    expect(await create(alice, careless)).toBe(false);
  });

  it('refuses a passkey of another origin', async () => {
    const elsewhere = new SoftwareAuthenticator('http://localhost:4999');
    expect(await create(alice, elsewhere)).toBe(false);
  });

  it('refuses an answer to another challenge', async () => {
    expect(await create(alice, authenticator, 'b3RoZXI')).toBe(false);
    await create();
    expect(await use(authenticator, 'b3RoZXI')).toBeUndefined();
  });

  it('refuses a passkey that belongs to somebody already', async () => {
    await create();
    expect(await create(bob)).toBe(false);
    expect(await use()).toBe('alice');
  });

  it('refuses an unknown passkey', async () => {
    await create();
    expect(await use(new SoftwareAuthenticator(ORIGIN))).toBeUndefined();
  });

  it.each([undefined, null, 'text', {}, { id: 1 }, { id: 'x', response: {} }])(
    'refuses %j for an answer',
    async (response) => {
      expect(await passkeys.verify(response, 'Y2hhbGxlbmdl')).toBeUndefined();
      expect(await passkeys.create(alice, response, 'Y2hhbGxlbmdl')).toBe(false);
    },
  );
});
