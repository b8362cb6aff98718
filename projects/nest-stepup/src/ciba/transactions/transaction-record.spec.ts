import { describe, expect, it } from '@jest/globals';
import {
  readRecord,
  serializeRecord,
  UNREADABLE,
  type TransactionRecord,
  type TransactionState,
} from './transaction-record.js';

const polling = { authReqId: 'sealed', intervalSeconds: 5, failures: 0, fallbackSeconds: 30 };

const STATES: readonly TransactionState[] = [
  { phase: 'starting', leaseUntil: 1010, earlyPing: 'a' },
  { phase: 'waiting', ...polling, dueAt: 1000.25 },
  { phase: 'redeeming', ...polling, sentAt: 990, leaseUntil: 1000, pingedMeanwhile: true },
  { phase: 'ready', tokens: 'sealed', readyUntil: 1010 },
  { phase: 'handed-over' },
  { phase: 'denied', error: 'access_denied', errorDescription: 'No' },
  { phase: 'expired', error: 'expired_token', errorDescription: 'Late' },
  { phase: 'failed', error: 'server_error', errorDescription: 'Broken' },
  { phase: 'cancelled' },
];

const recordIn = (state: TransactionState): TransactionRecord => ({
  kind: 'step-up',
  subject: 'alice',
  binding: 'b',
  requirement: { acrValues: ['phr'], maxAge: 300 },
  resource: ['https://api.example.com'],
  bindingMessage: 'AB12-CD34',
  startedAt: 900,
  expiresAt: 1020,
  attempts: 1,
  notificationHash: 'n',
  authReqIdHash: 'a',
  approvedBy: 'alice',
  state,
});

describe('readRecord()', () => {
  it.each(STATES)('reads what serializeRecord() wrote of $phase', (state) => {
    const record = recordIn(state);
    expect(readRecord(serializeRecord(record))).toStrictEqual(record);
  });

  it('reads a record without anything that it may lack', () => {
    const record: TransactionRecord = {
      kind: 'sign-in',
      resource: [],
      startedAt: 900,
      expiresAt: 1020,
      attempts: 0,
      state: { phase: 'starting', leaseUntil: 1010 },
    };
    expect(readRecord(serializeRecord(record))).toStrictEqual(record);
  });

  it.each(STATES)('takes a record of $phase for unreadable when any part is wrong', (state) => {
    const record = recordIn(state);
    for (const name of Object.keys(record)) {
      // Neither is wrong there: a resource list may be empty, and so may a requirement.
      const values = [null, true, '', [''], ...(name === 'requirement' ? [] : [{}])];
      for (const value of values) {
        expect(readRecord(JSON.stringify({ ...record, [name]: value }))).toBe(UNREADABLE);
      }
    }
    for (const name of Object.keys(state)) {
      for (const value of [null, [], {}, '', name !== 'pingedMeanwhile']) {
        const wrong = { ...record, state: { ...state, [name]: value } };
        expect(readRecord(JSON.stringify(wrong))).toBe(UNREADABLE);
      }
    }
  });

  it('takes a record with anything more in it for unreadable', () => {
    const record = recordIn({ phase: 'cancelled' });
    expect(readRecord(JSON.stringify({ ...record, more: 1 }))).toBe(UNREADABLE);
    expect(
      readRecord(JSON.stringify({ ...record, state: { phase: 'cancelled', tokens: 't' } })),
    ).toBe(UNREADABLE);
  });

  it.each(['', 'null', '[]', '1', '"x"', '{', '{"state":{"phase":"constructor"}}'])(
    'takes %p for unreadable',
    (text) => {
      expect(readRecord(text)).toBe(UNREADABLE);
    },
  );
});
