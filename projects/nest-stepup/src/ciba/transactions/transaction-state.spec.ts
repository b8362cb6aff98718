import { describe, expect, it } from '@jest/globals';
import type { RecordEvent } from './record-event.js';
import type {
  TransactionPhase,
  TransactionRecord,
  TransactionState,
} from './transaction-record.js';
import { advanceRecord, dueAt, isDue, isOver, overAt } from './transaction-state.js';

const polling = { authReqId: 'sealed', intervalSeconds: 5, failures: 0 };

/** One record of each phase, at 1000: everything that can be due is due, nothing is over. */
const RECORDS = {
  starting: recordIn({ phase: 'starting', leaseUntil: 1010 }),
  waiting: recordIn({ phase: 'waiting', ...polling, fallbackSeconds: 30, dueAt: 1000 }),
  redeeming: recordIn({
    phase: 'redeeming',
    ...polling,
    fallbackSeconds: 30,
    sentAt: 990,
    leaseUntil: 1000,
  }),
  ready: recordIn({ phase: 'ready', tokens: 'sealed', readyUntil: 1010 }),
  'handed-over': recordIn({ phase: 'handed-over' }),
  denied: recordIn({ phase: 'denied', error: 'access_denied' }),
  expired: recordIn({ phase: 'expired', error: 'expired_token' }),
  failed: recordIn({ phase: 'failed', error: 'server_error' }),
  cancelled: recordIn({ phase: 'cancelled' }),
} satisfies Record<TransactionPhase, TransactionRecord>;

function recordIn(state: TransactionState, changes: Partial<TransactionRecord> = {}) {
  const record: TransactionRecord = {
    kind: 'step-up',
    subject: 'alice',
    binding: 'b',
    resource: [],
    startedAt: 900,
    expiresAt: 1020,
    attempts: 1,
    notificationHash: 'n',
    authReqIdHash: 'a',
    state,
    ...changes,
  };
  return record;
}

const EVENTS = {
  accepted: {
    type: 'accepted',
    now: 1000,
    authReqId: 'sealed',
    authReqIdHash: 'a',
    expiresAt: 1020,
    intervalSeconds: 5,
  },
  pinged: { type: 'pinged', now: 1000, authReqIdHash: 'a' },
  claimed: { type: 'claimed', now: 1000, leaseUntil: 1035 },
  postponed: { type: 'postponed', attempt: 1, now: 1000, outcome: 'pending' },
  'postponed by another claim': { type: 'postponed', attempt: 2, now: 1000, outcome: 'pending' },
  approved: { type: 'approved', attempt: 1, tokens: 'sealed', readyUntil: 1060 },
  'approved by another claim': { type: 'approved', attempt: 2, tokens: 's', readyUntil: 1060 },
  ended: {
    type: 'ended',
    attempt: 1,
    phase: 'denied',
    error: 'access_denied',
    errorDescription: 'No',
  },
  'ended by another claim': {
    type: 'ended',
    attempt: 2,
    phase: 'denied',
    error: 'access_denied',
    errorDescription: 'No',
  },
  'lapsed too soon': { type: 'lapsed', now: 1000 },
  lapsed: { type: 'lapsed', now: 1100 },
  cancelled: { type: 'cancelled' },
  asked: { type: 'asked', now: 1000 },
  spoiled: { type: 'spoiled' },
  'handed-over': { type: 'handed-over', now: 1000 },
  'handed-over too late': { type: 'handed-over', now: 1010 },
} satisfies Record<string, RecordEvent>;

/** Which phase each event leads to. What is not here changes nothing. */
const CHANGES: Record<TransactionPhase, Partial<Record<keyof typeof EVENTS, TransactionPhase>>> = {
  starting: {
    accepted: 'waiting',
    pinged: 'starting',
    ended: 'denied',
    'ended by another claim': 'denied',
    lapsed: 'failed',
    cancelled: 'cancelled',
    spoiled: 'failed',
  },
  waiting: {
    pinged: 'waiting',
    claimed: 'redeeming',
    lapsed: 'expired',
    cancelled: 'cancelled',
    spoiled: 'failed',
  },
  redeeming: {
    pinged: 'redeeming',
    claimed: 'redeeming',
    postponed: 'waiting',
    approved: 'ready',
    ended: 'denied',
    lapsed: 'expired',
    cancelled: 'cancelled',
    spoiled: 'failed',
  },
  ready: {
    lapsed: 'expired',
    cancelled: 'cancelled',
    spoiled: 'failed',
    'handed-over': 'handed-over',
  },
  'handed-over': {},
  denied: {},
  expired: {},
  failed: {},
  cancelled: {},
};

describe('advanceRecord()', () => {
  const cases = Object.entries(RECORDS).flatMap(([phase, record]) =>
    Object.entries(EVENTS).map(([name, event]) => {
      const changes: Record<string, TransactionPhase | undefined> =
        CHANGES[phase as TransactionPhase];
      return { phase, name, record, event, expected: changes[name] };
    }),
  );

  it.each(cases)('leads from $phase by $name to $expected', ({ record, event, expected }) => {
    const before = JSON.stringify(record);
    const after = advanceRecord(record, event);
    expect(JSON.stringify(record)).toBe(before);
    if (expected === undefined) {
      expect(after).toBe(record);
    } else {
      expect(after).not.toBe(record);
      expect(after.state.phase).toBe(expected);
    }
  });

  it('counts claims, so that an answer to an earlier one is told from this one’s', () => {
    const claimed = advanceRecord(RECORDS.redeeming, EVENTS.claimed);
    expect(claimed.attempts).toBe(2);
    expect(advanceRecord(claimed, EVENTS.approved)).toBe(claimed);
    expect(advanceRecord(claimed, EVENTS.postponed)).toBe(claimed);
    expect(advanceRecord(claimed, EVENTS.ended)).toBe(claimed);
  });

  it('does not claim what is not due, nor what somebody else has claimed', () => {
    const early: RecordEvent = { type: 'claimed', now: 999, leaseUntil: 1035 };
    expect(advanceRecord(RECORDS.waiting, early)).toBe(RECORDS.waiting);
    expect(advanceRecord(RECORDS.redeeming, early)).toBe(RECORDS.redeeming);
  });

  it('takes tokens out of the record whatever ends it', () => {
    const endings = [EVENTS['handed-over'], EVENTS.lapsed, EVENTS.cancelled, EVENTS.spoiled];
    for (const event of endings) {
      expect(JSON.stringify(advanceRecord(RECORDS.ready, event))).not.toContain('sealed');
    }
  });

  it('makes the first token request due when somebody asks, and no other', () => {
    const fresh: TransactionRecord = { ...RECORDS.waiting, attempts: 0 };
    const asked = advanceRecord(fresh, { type: 'asked', now: 995 });
    expect(asked).toStrictEqual({ ...fresh, state: { ...fresh.state, dueAt: 995 } });
    expect(advanceRecord(asked, { type: 'asked', now: 996 })).toBe(asked);
    expect(advanceRecord(RECORDS.waiting, { type: 'asked', now: 995 })).toBe(RECORDS.waiting);
    expect(advanceRecord(fresh, { type: 'asked', now: 1022 })).toBe(fresh);
  });

  it('counts only the first ping', () => {
    const pinged = advanceRecord(RECORDS.waiting, EVENTS.pinged);
    expect(advanceRecord(pinged, EVENTS.pinged)).toBe(pinged);
    const early = advanceRecord(RECORDS.starting, EVENTS.pinged);
    expect(advanceRecord(early, { ...EVENTS.pinged, authReqIdHash: 'other' })).toBe(early);
  });

  it('has an early ping count when it was about the same request', () => {
    const accepted: RecordEvent = { ...EVENTS.accepted, fallbackSeconds: 30 };
    const pinged = (authReqIdHash: string) =>
      advanceRecord(advanceRecord(RECORDS.starting, { ...EVENTS.pinged, authReqIdHash }), accepted);
    expect(dueAt(pinged('a'))).toBe(1000);
    expect(dueAt(pinged('other'))).toBe(1020);
    expect(dueAt(advanceRecord(RECORDS.starting, accepted))).toBe(1020);
  });

  it('polls on by the interval, never sooner than it allows', () => {
    const record = recordIn({ ...polling, phase: 'redeeming', sentAt: 1000, leaseUntil: 1035 });
    expect(dueAt(advanceRecord(record, EVENTS.postponed))).toBe(1005);
    const slower = advanceRecord(record, { ...EVENTS.postponed, outcome: 'slow_down' });
    expect(slower.state).toMatchObject({ intervalSeconds: 10, dueAt: 1010 });
    const after = advanceRecord(record, { ...EVENTS.postponed, retryAfterSeconds: 12 });
    expect(dueAt(after)).toBe(1012);
    expect(dueAt(advanceRecord(RECORDS.redeeming, EVENTS.postponed))).toBe(1020);
  });

  it('counts the interval from an answer that comes soon, as the request was sent by then', () => {
    const record = recordIn({ ...polling, phase: 'redeeming', sentAt: 1000, leaseUntil: 1035 });
    const answeredAt = (now: number) => dueAt(advanceRecord(record, { ...EVENTS.postponed, now }));
    expect(answeredAt(1000.25)).toBe(1005.25);
    expect(answeredAt(1003)).toBe(1006);
    expect(answeredAt(1009)).toBe(1009);
  });

  it('waits for its expiry when there is no time for another request', () => {
    const record = recordIn({ ...polling, phase: 'redeeming', sentAt: 1018, leaseUntil: 1053 });
    const waiting = advanceRecord(record, { ...EVENTS.postponed, now: 1018 });
    expect(waiting.state).toStrictEqual({ phase: 'waiting', ...polling });
    expect(dueAt(waiting)).toBe(1022);
    expect(isDue(waiting, 1021)).toBe(false);
    expect(isOver(waiting, 1022)).toBe(true);
  });

  it('notes who approved where nobody in particular was expected', () => {
    const approved = advanceRecord(RECORDS.redeeming, { ...EVENTS.approved, subject: 'carol' });
    expect([approved.subject, approved.approvedBy]).toStrictEqual(['alice', 'carol']);
  });
});

describe('overAt()', () => {
  it.each([
    ['starting', 1010],
    ['waiting', 1022],
    ['redeeming', 1022],
    ['ready', 1010],
    ['handed-over', undefined],
    ['denied', undefined],
    ['expired', undefined],
    ['failed', undefined],
    ['cancelled', undefined],
  ] as const)('is, for %s, %p', (phase, expected) => {
    expect(overAt(RECORDS[phase])).toBe(expected);
  });

  it('waits for an answer that is on its way', () => {
    const record = recordIn({ ...polling, phase: 'redeeming', sentAt: 1020, leaseUntil: 1055 });
    expect(overAt(record)).toBe(1055);
  });
});
