import { randomBytes } from 'node:crypto';
import { Test } from '@nestjs/testing';
import { BackchannelClient } from '../../ciba/authorization-server/backchannel-client.js';
import { standardProfile } from '../../ciba/authorization-server/profiles/standard.js';
import { clientSecretBasic } from '../../ciba/authorization-server/client-authentication.js';
import type { CibaEvent } from '../../ciba/ciba.event.js';
import { CIBA_SETTINGS, type CibaSettings } from '../../ciba/ciba.settings.js';
import { MemoryTransactionStore } from '../../ciba/transactions/memory-transaction-store.js';
import { TRANSACTION_PROVIDERS } from '../../ciba/transactions/transaction-providers.js';
import type { TransactionRequest } from '../../ciba/transactions/transaction-request.js';
import { TransactionStore } from '../../ciba/transactions/transaction-store.js';
import { TransactionWorker } from '../../ciba/transactions/transaction-worker.js';
import { Transactions } from '../../ciba/transactions/transactions.js';
import { FakeBackchannelClient } from './fake-backchannel-client.js';

/** A clock that the test sets. */
export interface TestClock {
  now: number;
}

export interface EngineOptions {
  readonly clock?: TestClock;
  readonly store?: TransactionStore;
  readonly client?: BackchannelClient;
  readonly settings?: Partial<CibaSettings>;
  /** Starts the timer of the worker. Without it the test says when the worker runs. */
  readonly isTimed?: boolean;
}

export interface Engine {
  readonly transactions: Transactions;
  readonly worker: TransactionWorker;
  readonly events: CibaEvent[];
  /** What was logged since this engine was made. */
  readonly logs: string[];
  close(): Promise<void>;
}

export const BINDING = 'b'.repeat(43);
export const OTHER_BINDING = 'o'.repeat(43);
const SEALING_KEYS = [randomBytes(32).toString('base64url')];

/** The engine of transactions as one process of an API has it. */
export async function startEngine({
  clock,
  store = new MemoryTransactionStore(),
  client = new FakeBackchannelClient(() => clock?.now ?? Date.now() / 1000),
  settings = {},
  isTimed = false,
}: EngineOptions = {}): Promise<Engine> {
  const events: CibaEvent[] = [];
  const logs: string[] = [];
  const log = (message: unknown, ...others: unknown[]) => {
    // Nest has things to say of its own.
    if (others.at(-1) === 'StepUp') logs.push(String(message));
  };
  const all: CibaSettings = {
    ...DEFAULTS,
    store,
    now: clock ? () => clock.now : () => Date.now() / 1000,
    onEvent: (event) => events.push(event),
    ...settings,
  };
  const module = await Test.createTestingModule({
    providers: [
      ...TRANSACTION_PROVIDERS,
      { provide: CIBA_SETTINGS, useValue: all },
      { provide: TransactionStore, useValue: store },
      { provide: BackchannelClient, useValue: client },
    ],
  })
    .setLogger({ log, warn: log, error: log })
    .compile();
  const worker = module.get(TransactionWorker);
  if (isTimed) worker.onModuleInit();
  return {
    transactions: module.get(Transactions),
    worker,
    events,
    logs,
    close: () => worker.onModuleDestroy(),
  };
}

/** An engine, its store, its authorization server and its clock. */
export async function startWorld(settings: Partial<CibaSettings> = {}) {
  const clock = { now: 1_000_000 };
  const store = new MemoryTransactionStore();
  const client = new FakeBackchannelClient(() => clock.now);
  const engine = await startEngine({ clock, store, client, settings });
  return { clock, store, client, ...engine };
}

/** A request for a step-up of Alice's. */
export function stepUp(changes: Partial<TransactionRequest> = {}): TransactionRequest {
  return {
    kind: 'step-up',
    hint: { login_hint: 'alice' },
    scope: 'openid',
    resource: [],
    requirement: { acrValues: ['phr'], maxAge: 300 },
    subject: 'alice',
    binding: BINDING,
    ...changes,
  };
}

const DEFAULTS: Omit<CibaSettings, 'store' | 'now' | 'onEvent'> = {
  issuer: 'https://as.example.com',
  clientId: 'api',
  clientAuthentication: clientSecretBasic('secret'),
  publicUrl: 'https://api.example.com',
  baseUrl: 'https://api.example.com/auth',
  deliveryMode: 'poll',
  profile: standardProfile(),
  scope: 'openid',
  resource: [],
  resources: { idp: [], device: [] },
  hint: undefined,
  signIn: { requirement: undefined, scope: 'openid', loginHintKinds: ['login_hint_token'] },
  bindingMessage: 'code',
  requestedExpirySeconds: 120,
  signedRequests: false,
  dpop: false,
  timeoutSeconds: 10,
  qr: { expiresInSeconds: 90, content: ({ cbUrl }) => cbUrl, admit: undefined },
  sealingKeys: SEALING_KEYS,
  limits: {
    perUser: { limit: 5, windowSeconds: 300 },
    perAddress: { limit: 30, windowSeconds: 300 },
  },
  handOverSeconds: 60,
  acrRanking: undefined,
  clockToleranceSeconds: 5,
  compatibility: { unboundTransactions: false, reusableQrSessions: false, qrRoute: false },
};

/** Lets go of the thread until something has come about. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    if (turns > 10_000) throw new Error('It does not come about');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
