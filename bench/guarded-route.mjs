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

const ROUNDS = isShort ? 5 : 31;
const WARM_UPS = 3;
const SECONDS = isShort ? 0.3 : 0.35;
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
  await measureInTurns(servers, WARM_UPS, send);
  const samples = await measureInTurns(servers, ROUNDS, send);
  for (const { process } of servers) process.disconnect();

  const results = servers.map(({ contestant }, i) => resultOf(contestant, samples.get(servers[i])));
  return show(adapter, results);
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

async function send({ contestant, process, url }) {
  const before = await usageOf(process);
  load.send({ url, seconds: SECONDS, tokens: contestant.isNewToken ? tokens : [tokens[0]] });
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

function resultOf(contestant, samples) {
  const all = (name) => samples.map((sample) => sample[name]);
  return { contestant, all };
}

function show(adapter, results) {
  const baseline = results.find(({ contestant }) => contestant.name === UNGUARDED);
  const shares = results.map(({ all }) => medianRatio(all('perSecond'), baseline.all('perSecond')));
  const rows = results.map(({ contestant, all }, i) => [
    contestant.name,
    median(all('perSecond')).toFixed(0),
    shares[i].toFixed(2),
    median(all('p99Ms')).toFixed(1),
    median(all('cpu')).toFixed(1),
    (1 / medianRatio(all('cpu'), baseline.all('cpu'))).toFixed(2),
    median(all('busy')).toFixed(2),
  ]);
  const columns = [adapter, 'req/s', 'share', 'p99 ms', 'CPU µs', 'CPU share', 'busy'];
  const repeated = results.flatMap(({ contestant: { name, isOurs, isNewToken } }, i) =>
    isOurs && !isNewToken ? [reach(`${adapter}, ${name}`, shares[i], LEAST_SHARE)] : [],
  );
  report(`guard ${adapter}`, { columns, rows, verdicts: repeated });
  return {
    name: adapter,
    bars: results.map(({ contestant: { name, isOurs } }, i) => ({
      name,
      value: shares[i],
      text: shares[i].toFixed(2),
      isOurs,
    })),
  };
}
