/**
 * Prints what open CIBA transactions cost one process of an API, and how soon a browser hears of a
 * ping that another process got. Fails when a number is over its limit.
 *
 * Needs `npm run build`, or `npx tsc -b projects/nest-stepup/tsconfig.build.json`.
 */
import './packages.mjs';
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { findRedisServer, HOW_TO_GET_REDIS, startRedisServer } from '../tools/redis-server.mjs';

const { startEngine } = await import('./engine.mjs');

const OPEN = 10_000;
const WARM_UP = 500;
const MEASURED_SECONDS = 30;
const PINGS = 200;
const BINDING = randomBytes(32).toString('base64url');

/** What must not be gone below: the authorization server would have to answer slow_down. */
const LEAST = 'gap beyond the interval, least, ms';

const LIMITS = {
  'heap bytes for each open transaction': 4096,
  'gap beyond the interval, p50, ms': 500,
  'gap beyond the interval, p99, ms': 1000,
  'ping to browser, median, ms': 100,
};
let isOver = false;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const server = fork(new URL('authorization-server.mjs', import.meta.url));
const nextMessage = () => new Promise((resolve) => server.once('message', resolve));
const { issuer } = await nextMessage();

await measureOpenTransactions();
await measurePings();
server.disconnect();
process.exitCode = isOver ? 1 : 0;

async function measureOpenTransactions() {
  const engine = await startEngine({ issuer });
  await open(engine, WARM_UP, 'warm-up');
  await sleep(6000);
  const before = await usedHeap();

  const startedAt = performance.now();
  const ids = await open(engine, OPEN, 'user');
  print('transactions started each second', (OPEN * 1000) / (performance.now() - startedAt));
  print('heap bytes for each open transaction', ((await usedHeap()) - before) / OPEN);

  // Past the first round of polls, which comes as the transactions were opened.
  await sleep(10_000);
  await report();
  const cpu = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  await sleep(MEASURED_SECONDS * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const { gaps, tokenRequests, seconds } = await report();
  const sorted = gaps.toSorted((a, b) => a - b);
  print('token requests each second', tokenRequests / seconds);
  print('  that is, of those that were due', tokenRequests / seconds / ((OPEN + WARM_UP) / 5));
  print(LEAST, 1000 * sorted[0]);
  if (sorted[0] < 0) isOver = true;
  print('gap beyond the interval, p50, ms', 1000 * at(sorted, 0.5));
  print('gap beyond the interval, p99, ms', 1000 * at(sorted, 0.99));
  print('share of the time its thread is busy', performance.eventLoopUtilization(loop).utilization);
  print('share of one CPU', (user + system) / 1e6 / seconds);

  const unwatched = await usedHeap();
  const subscriptions = ids.map((id) => engine.transactions.watch(id, BINDING).subscribe());
  await sleep(1000);
  print('heap bytes more with a browser watching', ((await usedHeap()) - unwatched) / OPEN);
  for (const subscription of subscriptions) subscription.unsubscribe();
  await engine.close();
}

async function measurePings() {
  const command = await findRedisServer();
  if (!command) {
    console.log(`Skipped the pings as no Redis server was found: ${HOW_TO_GET_REDIS}`);
    return;
  }
  const redis = await startRedisServer(command);
  const engines = [];
  for (let i = 0; i < 2; i++) {
    engines.push(await startEngine({ issuer, deliveryMode: 'ping', redisUrl: redis.url }));
  }
  const [browsers, pinged] = engines;
  let pingedAt = 0;
  const endpoint = createServer(async (request, response) => {
    pingedAt = performance.now();
    let body = '';
    for await (const chunk of request) body += chunk;
    const token = request.headers.authorization.replace('Bearer ', '');
    const isValid = await pinged.transactions.notify(token, JSON.parse(body).auth_req_id);
    response.writeHead(isValid ? 204 : 401).end();
  });
  await new Promise((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${endpoint.address().port}`;

  const milliseconds = [];
  for (let i = 0; i < PINGS; i++) {
    const user = `ready ${i}`;
    const [id] = await open(browsers, 1, user, () => user);
    const notified = new Promise((resolve) => {
      browsers.transactions.watch(id, BINDING).subscribe(({ status }) => {
        if (status === 'pending') server.send({ ping: { user, url } });
        else resolve(performance.now());
      });
    });
    milliseconds.push((await notified) - pingedAt);
  }
  const sorted = milliseconds.toSorted((a, b) => a - b);
  print('ping to browser, median, ms', at(sorted, 0.5));
  print('ping to browser, p99, ms', at(sorted, 0.99));
  endpoint.closeAllConnections();
  endpoint.close();
  for (const engine of engines) await engine.close();
  await redis.stop();
}

async function open({ transactions }, count, name, nameOf = (i) => `${name} ${i}`) {
  const ids = [];
  let next = 0;
  const work = async () => {
    while (next < count) {
      const subject = nameOf(next++);
      const { transactionId } = await transactions.start({
        kind: 'step-up',
        hint: { login_hint: subject },
        scope: 'openid',
        resource: ['https://api.example.com'],
        requirement: { maxAge: 300 },
        subject,
        binding: BINDING,
      });
      ids.push(transactionId);
    }
  };
  await Promise.all(Array.from({ length: 50 }, work));
  return ids;
}

async function usedHeap() {
  collectGarbage();
  await sleep(50);
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

async function report() {
  server.send({ report: true });
  return (await nextMessage()).report;
}

function at(sorted, share) {
  return sorted[Math.floor(share * (sorted.length - 1))];
}

function print(what, value) {
  const limit = LIMITS[what];
  const verdict =
    limit === undefined ? '' : value <= limit ? `  (at most ${limit})` : `  OVER ${limit}`;
  if (limit !== undefined && !(value <= limit)) isOver = true;
  console.log(`${what.padEnd(44)}${value.toFixed(value < 10 ? 2 : 0).padStart(8)}${verdict}`);
}
