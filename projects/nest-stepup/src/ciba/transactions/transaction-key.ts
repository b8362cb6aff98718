import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET = /^[\w-]{43}$/;
const NOTIFICATION_TOKEN = /^([\w-]{43})\.([\w-]{43})$/;

/** Makes a secret of 256 random bits: an id of a transaction, or half a notification token. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** The base64url SHA-256 of a text. */
export function digestOf(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** Compares two texts, also secret ones: how long it takes tells nothing about them. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'));
}

/**
 * The key of a transaction in the store, or `undefined` when that cannot be the id of one.
 *
 * The id itself opens the transaction to its browser: a store that leaks does not have it.
 */
export function keyOfTransaction(transactionId: string): string | undefined {
  if (typeof transactionId !== 'string' || !SECRET.test(transactionId)) return undefined;
  return keyOf(digestOf(transactionId));
}

/** A name for a transaction, in audit events and notification tokens, that opens nothing. */
export function referenceOf(key: string): string {
  return key.slice(PREFIX.length);
}

/** What the authorization server presents with a ping: which transaction it is for, and a secret. */
export function notificationToken(key: string, secret: string): string {
  return `${referenceOf(key)}.${secret}`;
}

/** Reads a notification token; `undefined` when it is none of ours. */
export function readNotificationToken(
  token: string,
): { readonly key: string; readonly secret: string } | undefined {
  const [, reference, secret] = (typeof token === 'string' && NOTIFICATION_TOKEN.exec(token)) || [];
  if (reference === undefined || secret === undefined) return undefined;
  return { key: keyOf(reference), secret };
}

const PREFIX = 't:';

function keyOf(reference: string): string {
  return `${PREFIX}${reference}`;
}
