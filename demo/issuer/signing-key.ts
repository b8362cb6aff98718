import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { JWK } from 'jose';

/** The key pair that tokens are signed with. */
export interface SigningKey {
  readonly privateKey: JWK & { readonly kty: 'RSA' };
  readonly publicKey: JWK & { readonly kty: 'RSA' };
}

/**
 * Makes a new RSA key.
 *
 * Clients keep keys by `kid` for a day: a key of an earlier run must not be taken for this one.
 */
export function generateSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const attributes = { kty: 'RSA', kid: randomUUID(), alg: 'RS256', use: 'sig' } as const;
  return {
    privateKey: { ...privateKey.export({ format: 'jwk' }), ...attributes } as const,
    publicKey: { ...publicKey.export({ format: 'jwk' }), ...attributes } as const,
  };
}
