import { hash, randomBytes, webcrypto } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { compactDecrypt, CompactEncrypt, type CompactDecryptGetKey } from 'jose';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';

const ALGORITHMS = {
  keyManagementAlgorithms: ['dir'],
  contentEncryptionAlgorithms: ['A256GCM'],
};

interface SealingKey {
  readonly kid: string;
  readonly key: Promise<webcrypto.CryptoKey>;
}

/**
 * Encrypts what is secret before it leaves this process for a store or a browser.
 *
 * A sealed value opens only in the context that it was sealed for: moved to another record, or used
 * as another kind of thing, it is worth nothing.
 *
 * @see [RFC 7516](https://www.rfc-editor.org/rfc/rfc7516)
 */
@Injectable()
export class Sealer {
  private readonly keys: ReadonlyMap<string, SealingKey>;
  private readonly first: SealingKey;

  /** @throws {TypeError} When a key is not 32 bytes in base64url, or a shared store has none. */
  constructor(
    @Inject(CIBA_SETTINGS)
    { sealingKeys, store }: Pick<CibaSettings, 'sealingKeys' | 'store'>,
  ) {
    if (sealingKeys.length === 0 && store.shared) {
      throw new TypeError(
        "Cannot seal as processes that share a store need a key that they share: set 'sealingKeys'",
      );
    }
    const [first = importKey(randomBytes(32)), ...others] = sealingKeys.map(readKey);
    this.first = first;
    this.keys = new Map([first, ...others].map((key) => [key.kid, key]));
  }

  /**
   * Encrypts a value that JSON can express.
   *
   * @param context What the value is, and of what: it opens nowhere else.
   */
  async seal(value: unknown, context: string): Promise<string> {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError('Cannot seal a value that JSON does not have');
    return new CompactEncrypt(new TextEncoder().encode(text))
      .setProtectedHeader({
        alg: 'dir',
        enc: 'A256GCM',
        kid: this.first.kid,
        ctx: nameOf(context),
      })
      .encrypt(await this.first.key);
  }

  /**
   * Decrypts what {@link seal} made in the same context; anything else is `undefined`.
   *
   * It does not reject.
   */
  async open(text: string, context: string): Promise<unknown> {
    try {
      const { plaintext, protectedHeader } = await compactDecrypt(text, this.keyFor, ALGORITHMS);
      // The header is authenticated together with the content.
      if (protectedHeader['ctx'] !== nameOf(context)) return undefined;
      return JSON.parse(new TextDecoder().decode(plaintext));
    } catch {
      // Not a JWE, not of a key that we have, or changed: what does not open is not ours.
      return undefined;
    }
  }

  private readonly keyFor: CompactDecryptGetKey = ({ kid }) => {
    const found = this.keys.get(kid ?? '');
    if (!found) throw new RangeError('Cannot open a sealed value as its key is not known');
    return found.key;
  };
}

function readKey(text: string): SealingKey {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 32 || bytes.toString('base64url') !== text) {
    throw new TypeError("Cannot seal as each of 'sealingKeys' must be 32 bytes in base64url");
  }
  return importKey(bytes);
}

function importKey(bytes: Buffer): SealingKey {
  const key = webcrypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { kid: nameOf(`kid:${bytes.toString('base64url')}`).slice(0, 8), key };
}

function nameOf(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
