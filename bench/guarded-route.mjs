/**
 * Measures what a guard costs: requests each second, and CPU time for each, of a route of a Nest app
 * with and without one. Fails when ours takes more than it may.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeChart } from './chart.mjs';
import { CONTESTANTS, UNGUARDED } from './guard/contestants.mjs';
import { issueMany, startIssuer } from './issuer.mjs';
import { isShort } from './options.mjs';
import { reach, report } from './report.mjs';
import { measureInTurns, median, medianRatio } from './rounds.mjs';

const ROUNDS = isShort ? 5 : 15;
/** Of those that cost little: a hundredth is a difference among them. */
const CLOSE_ROUNDS = isShort ? 10 : 80;
const WARM_UPS = 3;
const SECONDS = isShort ? 0.3 : 0.35;
const CLOSE_SECONDS = 0.2;
/** Four times what is remembered of them: each is forgotten before it comes again. */
const NEW_TOKENS = 4096;
const LEAST_SHARE = 0.95;

const issuer = await startIssuer();
const weak = await issuer.issue({ acr: 'urn:okta:loa:1fa:any' });
const tokens = await issueMany(issuer, NEW_TOKENS);
const forged = tokens[0].replace(/[^.]+$/, weak.split('.')[2]);
const load = fork(new URL('guard/load.mjs', import.meta.url));

const groups = [];
for (const adapter of ['express', 'fastify']) groups.push(await measure(adapter));
writeChart('guarded-route.svg', {
  title: 'Requests each second of a guarded route, unguarded = 1',
  groups,
  mark: LEAST_SHARE,
});
load.disconnect();
await issuer.close();

async function measure(adapter) {
  const servers = [];
  for (const contestant of CONTESTANTS.filter(({ adapters }) => adapters.includes(adapter))) {
    servers.push(await start(contestant, adapter));
  }
  // The first requests are compiled, not measured.
  await measureInTurns(servers, WARM_UPS, (server) => send(server, SECONDS));
  const close = servers.filter(({ contestant }) => isClose(contestant));
  const others = servers.filter(
    (server) => isBaseline(server.contestant) || !close.includes(server),
  );
  const results = [
    ...resultsOf(
      close,
      await measureInTurns(close, CLOSE_ROUNDS, (one) => send(one, CLOSE_SECONDS)),
    ),
    ...resultsOf(others, await measureInTurns(others, ROUNDS, (one) => send(one, SECONDS))).slice(
      1,
    ),
  ];
  for (const { process } of servers) process.disconnect();
  return show(adapter, results);
}

function isBaseline({ name }) {
  return name === UNGUARDED;
}

/** Whether it is measured in more rounds: what lets everything through, and ours with a known token. */
function isClose({ isOpen, isOurs, isNewToken }) {
  return isOpen || (isOurs && !isNewToken);
}

async function start(contestant, adapter) {
  const { name } = contestant;
  const { issuer: url, jwksUri } = issuer;
  const argument = JSON.stringify({ adapter, name, issuer: url, jwksUri });
  // Okta's SDK prints a warning about http for each key.
  const process = fork(new URL('guard/server.mjs', import.meta.url), [argument], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [server] = await once(process, 'message');
  await check(contestant, server.url);
  return { contestant, process, url: server.url };
}

/** Whether it lets the right requests through, and no others: or else its speed means nothing. */
async function check({ name, isOpen = false }, url) {
  const isLetThrough = async (token) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return (await fetch(url, { headers })).ok;
  };
  for (const [token, expected] of [
    [tokens[0], true],
    [weak, isOpen],
    [forged, isOpen],
    [undefined, isOpen],
  ]) {
    if ((await isLetThrough(token)) !== expected) {
      throw new Error(`${name} ${expected ? 'refuses' : 'lets through'} what it must not`);
    }
  }
}

async function send({ contestant, process, url }, duration) {
  const before = await usageOf(process);
  load.send({ url, seconds: duration, tokens: contestant.isNewToken ? tokens : [tokens[0]] });
  const [{ requests, seconds, p99Ms }] = await once(load, 'message');
  const after = await usageOf(process);
  const cpuMicroseconds = after.user + after.system - before.user - before.system;
  return {
    perSecond: requests / seconds,
    p99Ms,
    cpu: cpuMicroseconds / requests,
    busy: cpuMicroseconds / 1e6 / seconds,
  };
}

async function usageOf(process) {
  process.send('usage');
  const [{ usage }] = await once(process, 'message');
  return usage;
}

/** What was measured, each beside the baseline of the same rounds. */
function resultsOf(servers, samples) {
  const all = (server, name) => samples.get(server).map((sample) => sample[name]);
  const baseline = servers.find(({ contestant }) => isBaseline(contestant));
  return servers.map((server) => ({
    contestant: server.contestant,
    perSecond: median(all(server, 'perSecond')),
    share: medianRatio(all(server, 'perSecond'), all(baseline, 'perSecond')),
    p99Ms: median(all(server, 'p99Ms')),
    cpu: median(all(server, 'cpu')),
    cpuShare: 1 / medianRatio(all(server, 'cpu'), all(baseline, 'cpu')),
    busy: median(all(server, 'busy')),
  }));
}

function show(adapter, results) {
  const rows = results.map(({ contestant, perSecond, share, p99Ms, cpu, cpuShare, busy }) => [
    contestant.name,
    perSecond.toFixed(0),
    share.toFixed(2),
    p99Ms.toFixed(1),
    cpu.toFixed(1),
    cpuShare.toFixed(2),
    busy.toFixed(2),
  ]);
  const columns = [adapter, 'req/s', 'share', 'p99 ms', 'CPU µs', 'CPU share', 'busy'];
  const repeated = results.flatMap(({ contestant: { name, isOurs, isNewToken }, share }) =>
    isOurs && !isNewToken ? [reach(`${adapter}, ${name}`, share, LEAST_SHARE)] : [],
  );
  report(`guard ${adapter}`, { columns, rows, verdicts: repeated });
  return {
    name: adapter,
    bars: results.map(({ contestant: { name, isOurs }, share }) => ({
      name,
      value: share,
      text: share.toFixed(2),
      isOurs,
    })),
  };
}
