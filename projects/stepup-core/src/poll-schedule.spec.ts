import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { advancePolling, startPolling, type PollAnswer, type PollSchedule } from 'stepup-core';

const NOW = 1_750_000_000;
const schedule: PollSchedule = {
  intervalSeconds: 5,
  nextAt: NOW,
  expiresAt: NOW + 120,
  failures: 0,
};
/** An answer that came half a second after its request. */
const answered = (outcome: PollAnswer['outcome'], more: Partial<PollAnswer> = {}): PollAnswer => ({
  outcome,
  sentAt: NOW,
  now: NOW + 0.5,
  ...more,
});

describe('startPolling()', () => {
  it('waits one interval of five seconds unless told otherwise (CIBA §7.3)', () => {
    expect(startPolling({ now: NOW, expiresAt: NOW + 120 })).toStrictEqual({
      intervalSeconds: 5,
      nextAt: NOW + 5,
      expiresAt: NOW + 120,
      failures: 0,
    });
  });

  it('keeps to the interval of the authorization server', () => {
    const started = startPolling({ now: NOW, expiresAt: NOW + 120, intervalSeconds: 2 });

    expect(started).toMatchObject({ intervalSeconds: 2, nextAt: NOW + 2 });
  });

  it.each([
    { intervalSeconds: 0.01, minimumIntervalSeconds: undefined, interval: 1 },
    { intervalSeconds: 2, minimumIntervalSeconds: 3, interval: 3 },
    { intervalSeconds: 4, minimumIntervalSeconds: 3, interval: 4 },
  ])(
    'goes by $interval s when told $intervalSeconds s and no less than $minimumIntervalSeconds s',
    ({ interval, ...told }) => {
      const started = startPolling({ now: NOW, expiresAt: NOW + 120, ...told });

      expect(started).toMatchObject({ intervalSeconds: interval, nextAt: NOW + interval });
    },
  );

  it('asks once at expiry when the transaction is shorter than the interval', () => {
    expect(startPolling({ now: NOW, expiresAt: NOW + 3 }).nextAt).toBe(NOW + 3);
  });

  it('is never due before now', () => {
    expect(startPolling({ now: NOW, expiresAt: NOW - 3 }).nextAt).toBe(NOW);
  });

  it.each([
    [{ now: NaN }, RangeError],
    [{ expiresAt: Infinity }, RangeError],
    [{ expiresAt: '120' }, TypeError],
    [{ intervalSeconds: 0 }, RangeError],
    [{ intervalSeconds: -1 }, RangeError],
    [{ intervalSeconds: NaN }, RangeError],
    [{ intervalSeconds: '5' }, TypeError],
    [{ minimumIntervalSeconds: 0 }, RangeError],
  ])('refuses %j', (wrong, kind) => {
    const start = () => startPolling({ now: NOW, expiresAt: NOW + 120, ...(wrong as object) });

    expect(start).toThrow(kind);
    expect(start).toThrow('Cannot start polling as');
  });
});

describe('startPolling() and advancePolling()', () => {
  it.each<[string, () => unknown]>([
    [
      "Cannot start polling as 'now' must be a finite number of seconds: current value is NaN",
      () => startPolling({ now: NaN, expiresAt: NOW }),
    ],
    [
      "Cannot start polling as 'expiresAt' must be a finite number of seconds: current value is NaN",
      () => startPolling({ now: NOW, expiresAt: NaN }),
    ],
    [
      "Cannot start polling as 'intervalSeconds' must be positive: current value is 0",
      () => startPolling({ now: NOW, expiresAt: NOW, intervalSeconds: 0 }),
    ],
    [
      "Cannot start polling as 'minimumIntervalSeconds' must be positive: current value is -1",
      () => startPolling({ now: NOW, expiresAt: NOW, minimumIntervalSeconds: -1 }),
    ],
    [
      "Cannot advance polling as 'sentAt' must be a finite number of seconds: current value is NaN",
      () => advancePolling(schedule, answered('pending', { sentAt: NaN })),
    ],
    [
      "Cannot advance polling as 'now' must be a finite number of seconds: current value is NaN",
      () => advancePolling(schedule, answered('pending', { now: NaN })),
    ],
    [
      "Cannot advance polling as 'expiresAt' must be a finite number of seconds: current value is NaN",
      () => advancePolling({ ...schedule, expiresAt: NaN }, answered('pending')),
    ],
    [
      "Cannot advance polling as 'intervalSeconds' must be positive: current value is 0",
      () => advancePolling({ ...schedule, intervalSeconds: 0 }, answered('pending')),
    ],
    [
      'Cannot advance polling as there is no such outcome: current value is "approved"',
      () => advancePolling(schedule, { ...answered('pending'), outcome: 'approved' } as never),
    ],
  ])('say: %s', (message, call) => {
    expect(call).toThrow(new Error(message));
  });
});

describe('advancePolling()', () => {
  it('counts the interval from when the request was sent (CIBA §10.1)', () => {
    expect(advancePolling(schedule, answered('pending'))?.nextAt).toBe(NOW + 5);
  });

  it('asks at once after an answer that took longer than the interval (CIBA §10.1)', () => {
    const late = answered('pending', { now: NOW + 30 });

    expect(advancePolling(schedule, late)?.nextAt).toBe(NOW + 30);
  });

  it('adds five seconds to every later wait after slow_down (CIBA §11)', () => {
    const slower = advancePolling(schedule, answered('slow_down'));
    const later = slower && advancePolling(slower, answered('pending'));
    const slowest = later && advancePolling(later, answered('slow_down'));

    expect(slower).toMatchObject({ intervalSeconds: 10, nextAt: NOW + 10 });
    expect(later).toMatchObject({ intervalSeconds: 10, nextAt: NOW + 10 });
    expect(slowest).toMatchObject({ intervalSeconds: 15, nextAt: NOW + 15 });
  });

  it.each([
    { outcome: 'slow_down', intervalSeconds: 30, interval: 30 },
    { outcome: 'slow_down', intervalSeconds: 6, interval: 10 },
    { outcome: 'pending', intervalSeconds: 8, interval: 8 },
    { outcome: 'pending', intervalSeconds: 2, interval: 5 },
    { outcome: 'pending', intervalSeconds: NaN, interval: 5 },
    { outcome: 'slow_down', intervalSeconds: -20, interval: 10 },
  ] as const)(
    'goes on with $interval s when $outcome comes with an interval of $intervalSeconds s',
    ({ outcome, intervalSeconds, interval }) => {
      const next = advancePolling(schedule, answered(outcome, { intervalSeconds }));

      expect(next).toMatchObject({ intervalSeconds: interval, nextAt: NOW + interval });
    },
  );

  it.each(['pending', 'unreachable'] as const)(
    'waits out a longer Retry-After, counted from the answer, after %s (RFC 9110 §10.2.3)',
    (outcome) => {
      const next = advancePolling(schedule, answered(outcome, { retryAfterSeconds: 70 }));

      expect(next).toMatchObject({ intervalSeconds: 5, nextAt: NOW + 70.5 });
    },
  );

  it.each([1, 0, -60, NaN, Infinity])(
    'is not made to ask sooner by a Retry-After of %p',
    (value) => {
      const next = advancePolling(schedule, answered('pending', { retryAfterSeconds: value }));

      expect(next?.nextAt).toBe(NOW + 5);
    },
  );

  it('doubles its waits while the server cannot be reached, up to a minute', () => {
    const waits: number[] = [];
    let current: PollSchedule | undefined = { ...schedule, expiresAt: NOW + 1000 };
    for (let request = 0; request < 5; request += 1) {
      const { nextAt }: PollSchedule = current;
      const failed = answered('unreachable', { sentAt: nextAt, now: nextAt + 1 });
      const next = advancePolling(current, failed);
      if (!next) break;
      waits.push(next.nextAt - failed.now);
      current = next;
    }

    expect(waits).toStrictEqual([10, 20, 40, 60, 60]);
    expect(current).toMatchObject({ intervalSeconds: 5, failures: 5 });
  });

  it('is back at the interval with the first answer', () => {
    const next = advancePolling({ ...schedule, failures: 4 }, answered('pending'));

    expect(next).toMatchObject({ nextAt: NOW + 5, failures: 0 });
  });

  it('waits no less than an interval that is longer than a minute', () => {
    const slow = { ...schedule, intervalSeconds: 90, expiresAt: NOW + 1000 };

    expect(advancePolling(slow, answered('unreachable'))?.nextAt).toBe(NOW + 90.5);
  });

  it('sends a last request at expiry when the interval leaves room for it', () => {
    const ending = { ...schedule, expiresAt: NOW + 5 };

    expect(advancePolling(ending, answered('pending'))?.nextAt).toBe(NOW + 5);
    expect(advancePolling(ending, answered('unreachable'))?.nextAt).toBe(NOW + 5);
  });

  it.each([
    ['the interval', answered('pending', { sentAt: NOW + 0.1 })],
    ['a longer interval', answered('slow_down')],
    ['Retry-After', answered('pending', { retryAfterSeconds: 5 })],
    ['a late answer', answered('pending', { now: NOW + 5.1 })],
  ])('stops when %s leaves no room before expiry', (_, answer) => {
    expect(advancePolling({ ...schedule, expiresAt: NOW + 5 }, answer)).toBeUndefined();
  });

  it.each([
    [{ now: NaN }, RangeError],
    [{ sentAt: Infinity }, RangeError],
    [{ sentAt: undefined }, TypeError],
    [{ outcome: 'approved' }, RangeError],
    [{ outcome: '__proto__' }, RangeError],
  ])('refuses %j', (wrong, kind) => {
    const advance = () =>
      advancePolling(schedule, { ...answered('pending'), ...wrong } as PollAnswer);

    expect(advance).toThrow(kind);
    expect(advance).toThrow('Cannot advance polling as');
  });

  it.each([
    [{ intervalSeconds: NaN }, RangeError],
    [{ intervalSeconds: 0 }, RangeError],
    [{ intervalSeconds: undefined }, TypeError],
    [{ expiresAt: Infinity }, RangeError],
    [{ expiresAt: undefined }, TypeError],
  ])('refuses a schedule with %p', (wrong, kind) => {
    const advance = () =>
      advancePolling({ ...schedule, ...wrong } as PollSchedule, answered('pending'));

    expect(advance).toThrow(kind);
    expect(advance).toThrow('Cannot advance polling as');
  });

  it('loses no request to a number of failures that is none', () => {
    const after = advancePolling({ ...schedule, failures: NaN }, answered('unreachable'));

    expect(after?.nextAt).toBe(NOW + schedule.intervalSeconds);
  });

  it('leaves the schedule that it was handed untouched', () => {
    const before = startPolling({ now: NOW, expiresAt: NOW + 120 });
    const after = advancePolling(before, answered('slow_down'));

    expect(Object.isFrozen(before)).toBe(true);
    expect(Object.isFrozen(after)).toBe(true);
  });

  it('keeps requests an interval apart, in time and finite in number, whatever the server says', () => {
    const seconds = fc.double({ min: 0, max: 200, noNaN: true });
    const reply = fc.record({
      outcome: fc.constantFrom('pending', 'slow_down', 'unreachable'),
      tookSeconds: fc.double({ min: 0, max: 40, noNaN: true }),
      retryAfterSeconds: fc.option(fc.oneof(seconds, fc.double()), { nil: undefined }),
      intervalSeconds: fc.option(fc.oneof(seconds, fc.double()), { nil: undefined }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.double({ min: 0.1, max: 60, noNaN: true }),
        fc.array(reply, { minLength: 1, maxLength: 500 }),
        (expiresIn, intervalSeconds, replies) => {
          const expiresAt = NOW + expiresIn;
          let current: PollSchedule | undefined = startPolling({
            now: NOW,
            expiresAt,
            intervalSeconds,
          });
          let requests = 0;
          while (current && requests < replies.length) {
            const before: PollSchedule = current;
            const { tookSeconds, ...said } = replies[requests]!;
            const now = before.nextAt + tookSeconds;
            requests += 1;
            expect(before.nextAt).toBeLessThanOrEqual(expiresAt);
            current = advancePolling(before, { ...said, sentAt: before.nextAt, now });
            if (!current) break;
            const least = before.intervalSeconds + (said.outcome === 'slow_down' ? 5 : 0);
            expect(current.intervalSeconds).toBeGreaterThanOrEqual(least);
            expect(current.nextAt).toBeGreaterThanOrEqual(before.nextAt + current.intervalSeconds);
            expect(current.nextAt).toBeGreaterThanOrEqual(now);
            if (said.retryAfterSeconds !== undefined && Number.isFinite(said.retryAfterSeconds)) {
              expect(current.nextAt).toBeGreaterThanOrEqual(now + said.retryAfterSeconds);
            }
          }
          expect(requests).toBeLessThanOrEqual(expiresIn + 1);
        },
      ),
    );
  });
});
