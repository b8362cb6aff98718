import { describe, expect, it } from '@jest/globals';
import { CibaException } from '../ciba.exception.js';
import { FakeBackchannelClient } from '../../spec/ciba/fake-backchannel-client.js';
import { BINDING, startEngine, stepUp, type Engine } from '../../spec/ciba/transaction-engine.js';
import { MemoryTransactionStore } from './memory-transaction-store.js';
import { readRecord } from './transaction-record.js';
import { overAt } from './transaction-state.js';
import { StoreUnreachableError } from './transaction-store.js';

/** When a call fails: before it has its effect, or after. */
type Moment = 'before' | 'after';

/** Calls of a process to the outside, counted: at one of them something happens to it. */
class Fate {
  calls = 0;
  isDead = false;
  private die: () => void = () => undefined;
  readonly death = new Promise<void>((resolve) => {
    this.die = resolve;
  });

  constructor(
    private readonly fatalCall: number,
    private readonly moment: Moment,
    private readonly kind: 'death' | 'outage',
  ) {}

  /** What a process sees of something outside: every method call is one of its calls. */
  over<T extends object>(target: T, names: readonly (keyof T)[]): T {
    return new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        const method = (...values: unknown[]): unknown => Reflect.apply(value, target, values);
        const isCounted = names.some((counted) => counted === name);
        return isCounted
          ? (...values: unknown[]) => this.call(name, () => method(...values))
          : method;
      },
    });
  }

  private async call(name: PropertyKey, work: () => unknown): Promise<unknown> {
    if (this.isDead) return await NEVER;
    if (name === 'claimDue') {
      // It is called all the time: only when it claims something does it matter what happens then.
      const claimed = await work();
      if (!Array.isArray(claimed) || claimed.length === 0) return claimed;
      return ++this.calls === this.fatalCall ? await this.strike() : claimed;
    }
    const isFatal = ++this.calls === this.fatalCall;
    if (isFatal && this.moment === 'before') return await this.strike();
    const result = await work();
    return isFatal ? await this.strike() : result;
  }

  private strike(): Promise<never> {
    if (this.kind === 'outage') return Promise.reject(new StoreUnreachableError('down'));
    this.isDead = true;
    this.die();
    return NEVER;
  }
}

type Wait = (engine: Engine, work: Promise<unknown>) => Promise<unknown>;

const NEVER = new Promise<never>(() => undefined);
const STORE_CALLS = ['create', 'read', 'replace', 'claimDue', 'count', 'watch'] as const;

interface Scenario {
  readonly name: string;
  readonly mode: 'poll' | 'ping';
  readonly user: 'approves' | 'denies' | 'does nothing';
  readonly browser: 'fetches' | 'cancels' | 'goes away';
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'poll, approved, fetched', mode: 'poll', user: 'approves', browser: 'fetches' },
  { name: 'poll, denied', mode: 'poll', user: 'denies', browser: 'fetches' },
  { name: 'poll, never answered', mode: 'poll', user: 'does nothing', browser: 'fetches' },
  { name: 'poll, cancelled', mode: 'poll', user: 'approves', browser: 'cancels' },
  { name: 'poll, never fetched', mode: 'poll', user: 'approves', browser: 'goes away' },
  { name: 'ping, approved, fetched', mode: 'ping', user: 'approves', browser: 'fetches' },
  { name: 'ping, denied', mode: 'ping', user: 'denies', browser: 'fetches' },
];

const EXPIRY = 24;
const TIMEOUT_MILLISECONDS = 60_000;
const LEASE = 5 * 10 + 5;

/** Plays a scenario on two processes, the first of which meets its fate. */
async function play({ mode, user, browser }: Scenario, fate: Fate) {
  const clock = { now: 1_000_000 };
  const store = new MemoryTransactionStore();
  const client = new FakeBackchannelClient(() => clock.now);
  client.answer = { expiresInSeconds: EXPIRY };
  const settings = { deliveryMode: mode, handOverSeconds: 20 };
  const first = await startEngine({
    clock,
    settings,
    store: fate.over(store, STORE_CALLS),
    client: fate.over(client, ['authenticate', 'redeem', 'revoke']),
  });
  const second = await startEngine({ clock, settings, store, client });
  const engines = [first, second];
  const alive = () => (fate.isDead ? [second] : engines);
  // Keys of transactions, whoever wrote them.
  const keys = new Set<string>();
  const create = store.create.bind(store);
  store.create = (key, ...rest) => {
    if (key.startsWith('t:')) keys.add(key);
    return create(key, ...rest);
  };

  const deliveries: string[] = [];
  const fetches: Promise<void>[] = [];
  const startedAt = clock.now;
  const start = first.transactions.start(stepUp()).catch((error: unknown) => error);
  const started = await Promise.race([start, fate.death]);
  const transactionId =
    typeof started === 'object' && started !== null && 'transactionId' in started
      ? String(started.transactionId)
      : undefined;

  // Of a process that died nothing more is heard; the other one is waited for.
  const until: Wait = (engine, work) => {
    const answered = work.catch(answerOnly);
    return engine === first ? Promise.race([answered, fate.death]) : answered;
  };
  for (let passed = 1; passed <= EXPIRY + LEASE + 30; passed++) {
    clock.now += 1;
    const request = client.requests.at(-1);
    if (passed === 7 && request) {
      if (user === 'approves') client.approve({}, request);
      if (user === 'denies') client.deny(request);
      const { notificationToken } = request.request;
      if (notificationToken !== undefined && user !== 'does nothing') {
        await until(first, first.transactions.notify(notificationToken, request.authReqId));
      }
    }
    if (passed === 9 && browser === 'cancels' && transactionId !== undefined) {
      for (const engine of alive()) {
        await until(engine, engine.transactions.cancel(transactionId, BINDING));
      }
    }
    for (const engine of alive()) await until(engine, engine.worker.runDue());
    if (browser === 'fetches' && transactionId !== undefined && passed % 4 === 0) {
      // Some wait for the next token request: time has to go on for them.
      fetches.push(fetchFrom(alive(), transactionId, deliveries, until));
      await aMoment();
    }
    if (passed > 20 && (await haveEnded(store, keys, clock.now))) break;
  }
  await Promise.all(fetches);
  return { clock, store, client, keys, deliveries, transactionId, startedAt, second };
}

async function fetchFrom(
  engines: readonly Engine[],
  transactionId: string,
  deliveries: string[],
  until: Wait,
): Promise<void> {
  const fetch = async ({ transactions }: Engine) => {
    const { accessToken } = await transactions.handOver(transactionId, BINDING);
    deliveries.push(accessToken);
  };
  const attempts = engines.flatMap((engine) => [engine, engine]);
  await Promise.all(attempts.map((engine) => until(engine, fetch(engine))));
}

/** Lets go of the thread until what can go on has done so. */
async function aMoment(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

async function haveEnded(
  store: MemoryTransactionStore,
  keys: ReadonlySet<string>,
  now: number,
): Promise<boolean> {
  const records = await Promise.all([...keys].map((key) => store.read(key, now)));
  return records.every((stored) => !stored || overAt(readRecord(stored.value)) === undefined);
}

/** Everything that a caller is refused with is one of our answers. */
function answerOnly(error: unknown): void {
  if (!(error instanceof CibaException)) throw error;
}

async function assertSafe({
  clock,
  store,
  client,
  keys,
  deliveries,
}: Awaited<ReturnType<typeof play>>): Promise<void> {
  for (const request of client.requests) expect(request.mostOpen).toBeLessThanOrEqual(1);
  expect(deliveries.length).toBeLessThanOrEqual(1);
  for (const key of keys) {
    const stored = await store.read(key, clock.now);
    if (!stored) continue;
    expect(overAt(readRecord(stored.value))).toBeUndefined();
  }
  // Tokens are with the browser, or were taken back, or never left the process that died.
  for (const token of deliveries) expect(client.revoked).not.toContain(token);
}

describe.each(SCENARIOS)('a transaction: $name', (scenario) => {
  it('ends as it should when nothing fails', async () => {
    const played = await play(scenario, new Fate(Infinity, 'before', 'death'));
    await assertSafe(played);
    const isDelivered = scenario.user === 'approves' && scenario.browser === 'fetches';
    expect(played.deliveries).toHaveLength(isDelivered ? 1 : 0);
    expect(played.client.requests).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)(
    'is safe, and ends, when its process dies %s any of its calls',
    async (moment) => {
      let calls = Infinity;
      for (let fatal = 1; fatal <= calls; fatal++) {
        const fate = new Fate(fatal, moment, 'death');
        await assertSafe(await play(scenario, fate));
        // Once it outlives the scenario there was no such call.
        if (!fate.isDead) calls = 0;
        else expect(fate.calls).toBeGreaterThanOrEqual(fatal);
      }
    },
    TIMEOUT_MILLISECONDS,
  );

  it.each(['before', 'after'] as const)(
    'is safe, and ends, when the store fails once %s any of its calls',
    async (moment) => {
      for (let fatal = 1; fatal <= 40; fatal++) {
        const played = await play(scenario, new Fate(fatal, moment, 'outage'));
        await assertSafe(played);
      }
    },
    TIMEOUT_MILLISECONDS,
  );
});
