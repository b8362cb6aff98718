import { digestOf } from './transaction-key.js';
import type { TransactionRecord } from './transaction-record.js';

/**
 * A digest over what never changes in a transaction: whose it is, what it is for, and who must
 * approve it.
 *
 * What is secret in a record is sealed together with it. Whoever can write to the store, but has no
 * key, could change these parts of a record; what was sealed for it is then worth nothing there.
 */
export function digestOfRecord(key: string, record: TransactionRecord): string {
  const { kind, subject, binding, requirement, resource, bindingMessage, startedAt } = record;
  // By position, and with null for what is absent: no two records have the same text.
  const parts = [
    key,
    kind,
    subject ?? null,
    binding ?? null,
    requirement?.acrValues ?? null,
    requirement?.maxAge ?? null,
    resource,
    bindingMessage ?? null,
    startedAt,
  ];
  return digestOf(JSON.stringify(parts));
}
