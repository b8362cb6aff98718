import { randomBytes, scrypt as scryptCallback, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { DemoAccount } from '../../demo.config.js';

const scrypt = promisify<string, Buffer, number, Buffer>(scryptCallback);
const KEY_LENGTH = 32;

interface PasswordHash {
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** First factor: passwords, of which only salted scrypt hashes are kept. */
export class Passwords {
  readonly #hashes: ReadonlyMap<string, PasswordHash>;
  readonly #nobody: PasswordHash;

  private constructor(hashes: ReadonlyMap<string, PasswordHash>, nobody: PasswordHash) {
    this.#hashes = hashes;
    this.#nobody = nobody;
  }

  static async of(accounts: readonly DemoAccount[]): Promise<Passwords> {
    const hashes = await Promise.all(
      accounts.map(async ({ id, password }) => [id, await hash(password)] as const),
    );
    return new Passwords(new Map(hashes), await hash(randomBytes(KEY_LENGTH).toString('hex')));
  }

  /** Whether the password is the account's; an unknown account takes as long as a known one. */
  async verify(accountId: string | undefined, password: string): Promise<boolean> {
    const { salt, key } = this.#hashes.get(accountId ?? '') ?? this.#nobody;
    return timingSafeEqual(await scrypt(password, salt, KEY_LENGTH), key);
  }
}

async function hash(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16);
  return { salt, key: await scrypt(password, salt, KEY_LENGTH) };
}
