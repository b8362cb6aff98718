import type { TransactionStatus } from 'stepup-core';

import { CibaFailure } from './ciba-failure';

/** A transaction that the API has just started. */
export interface StartedTransaction {
  readonly transactionId: string;
  readonly bindingMessage?: string;
  readonly expiresAt: number;
}

/** Where a transaction stands. */
export interface TransactionState {
  readonly status: TransactionStatus;
  readonly bindingMessage?: string;
  readonly expiresAt: number;
  /** Why it did not end well: a code. */
  readonly error?: string;
}

/** A QR session that the API has just made. */
export interface QrSession {
  readonly sessionId: string;
  /** What the QR code is to say. */
  readonly qr: string;
  readonly expiresAt: number;
}

/** Where a QR session stands. */
export interface QrState {
  readonly status: 'open' | 'claimed' | 'expired' | 'failed' | 'cancelled';
  readonly expiresAt: number;
  /** The transaction that the phone started. */
  readonly authRequestId?: string;
}

/** Tokens, as the API hands them over. */
export interface TokenAnswer {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly idToken?: string;
  readonly expiresInSeconds?: number;
}

type Fields = Readonly<Record<string, unknown>>;

const STATUSES = ['pending', 'approved', 'denied', 'expired', 'failed', 'cancelled'] as const;
const QR_STATUSES = ['open', 'claimed', 'expired', 'failed', 'cancelled'] as const;
// One path segment that is not `..`: an id becomes a part of a URL.
const ID = /^[\w-]{1,256}$/;
const CODE = /^\w{1,64}$/;
// RFC 6750 §2.1, and nothing that a header could not carry.
const TOKEN = /^[\x21-\x7e]+$/;

export function readStartedTransaction(value: unknown): StartedTransaction {
  const fields = fieldsOf(value);
  return {
    transactionId: textOf(fields, 'transactionId', ID),
    expiresAt: timeOf(fields, 'expiresAt'),
    ...optional('bindingMessage', textIn(fields, 'bindingMessage')),
  };
}

export function readTransactionState(value: unknown): TransactionState {
  const fields = fieldsOf(value);
  const { error } = fields;
  return {
    status: oneOf(STATUSES, fields['status']),
    expiresAt: timeOf(fields, 'expiresAt'),
    ...optional('bindingMessage', textIn(fields, 'bindingMessage')),
    ...optional('error', readCode(error)),
  };
}

export function readQrSession(value: unknown): QrSession {
  const fields = fieldsOf(value);
  return {
    sessionId: textOf(fields, 'sessionId', ID),
    qr: textOf(fields, 'qr'),
    expiresAt: timeOf(fields, 'expiresAt'),
  };
}

export function readQrState(value: unknown): QrState {
  const fields = fieldsOf(value);
  return {
    status: oneOf(QR_STATUSES, fields['status']),
    expiresAt: timeOf(fields, 'expiresAt'),
    ...optional('authRequestId', textIn(fields, 'authRequestId', ID)),
  };
}

/** @see [RFC 6749 §5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1) */
export function readTokens(value: unknown): TokenAnswer {
  const fields = fieldsOf(value);
  const { token_type: type = 'Bearer', expires_in: expiresIn } = fields;
  // A token that is bound to a key of the API's would be refused wherever this page sends it.
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') refuse();
  const hasEnd = typeof expiresIn === 'number' && Number.isFinite(expiresIn) && expiresIn > 0;
  if (expiresIn !== undefined && !hasEnd) refuse();
  return {
    accessToken: textOf(fields, 'access_token', TOKEN),
    ...optional('refreshToken', textIn(fields, 'refresh_token', TOKEN)),
    ...optional('idToken', textIn(fields, 'id_token', TOKEN)),
    ...(hasEnd && { expiresInSeconds: expiresIn }),
  };
}

/** The code of a refusal; `undefined` for what is none. */
export function readCode(error: unknown): string | undefined {
  return typeof error === 'string' && CODE.test(error) ? error : undefined;
}

/** Whether a value is an object, to be read with care. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : refuse();
}

function textOf(fields: Fields, name: string, pattern?: RegExp): string {
  return textIn(fields, name, pattern) ?? refuse();
}

function textIn(fields: Fields, name: string, pattern = /^.+$/s): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' && pattern.test(value) ? value : refuse();
}

function timeOf(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : refuse();
}

function oneOf<Value extends string>(values: readonly Value[], value: unknown): Value {
  return values.find((each) => each === value) ?? refuse();
}

function optional<Name extends string>(
  name: Name,
  value: string | undefined,
): { readonly [Key in Name]?: string } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- A computed name loses its type.
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: string };
}

function refuse(): never {
  throw new CibaFailure('malformed');
}
