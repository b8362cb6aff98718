/** Where a QR session stands. Only `open` ones can be scanned. */
export type QrSessionStatus = 'open' | 'claimed' | 'expired' | 'failed' | 'cancelled';

/** A QR session, as the store keeps it. Times are in seconds since the Unix epoch. */
export interface QrSessionRecord {
  /** Of the browser that shows the code; absent only with `compatibility.unboundTransactions`. */
  readonly binding?: string;
  readonly status: Exclude<QrSessionStatus, 'expired'>;
  readonly createdAt: number;
  /** Until then it can be scanned. */
  readonly expiresAt: number;
  /** Of the browser. */
  readonly ipAddress?: string;
  readonly userAgent?: string;
  /** Seals what is above, but for the status: a store that others write to could change it. */
  readonly seal?: string;
  /** How many phones the app's rule was asked about. */
  readonly encounters?: number;
  /** The transaction that came of it, sealed. */
  readonly transaction?: string;
}

/** Writes a record as text. */
export function serializeQrSession(record: QrSessionRecord): string {
  return JSON.stringify(record);
}

/** Reads a record; `undefined` when it is not well-formed in every part. */
export function readQrSession(text: string): QrSessionRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const STATUSES: readonly unknown[] = ['open', 'claimed', 'failed', 'cancelled'];

function isRecord(value: unknown): value is QrSessionRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const record = new Map<string, unknown>(Object.entries(value));
  const isText = (name: string) => ['string', 'undefined'].includes(typeof record.get(name));
  return (
    STATUSES.includes(record.get('status')) &&
    Number.isFinite(record.get('createdAt')) &&
    Number.isFinite(record.get('expiresAt')) &&
    ['undefined', 'number'].includes(typeof record.get('encounters')) &&
    ['binding', 'ipAddress', 'userAgent', 'seal', 'transaction'].every(isText)
  );
}
