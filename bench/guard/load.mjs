/** Sends requests to a server, as fast as it answers them, in a process of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { quantile } from '../rounds.mjs';

const CONNECTIONS = 32;

process.on('message', async ({ url, tokens, seconds }) => {
  process.send(await load({ url, tokens, seconds }));
});
process.on('disconnect', () => process.exit());

/**
 * @param tokens One for all requests, or many: each connection has its share of them, and comes back
 *   to one only when all the others were sent.
 * @returns `requests`, `seconds`, `p99Ms`. Anything but 200 ends the bench.
 */
async function load({ url, tokens, seconds }) {
  const share = Math.ceil(tokens.length / CONNECTIONS);
  const milliseconds = [];
  let next = 0;
  let startedAt = 0;
  let endedAt = 0;
  const run = autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    sampleInt: 50,
    setupClient(client) {
      const from = next++ * share;
      const own = share === 1 ? tokens : tokens.slice(from, from + share);
      client.setRequests(own.map((token) => ({ headers: { authorization: `Bearer ${token}` } })));
      client.on('request', () => (startedAt ||= performance.now()));
    },
  });
  run.on('response', (_, status, __, responseTime) => {
    if (status !== 200) throw new Error(`A request was answered with ${status}`);
    milliseconds.push(responseTime);
    endedAt = performance.now();
  });
  await run;
  await sleep(20);
  return {
    requests: milliseconds.length,
    seconds: (endedAt - startedAt) / 1000,
    p99Ms: quantile(milliseconds, 0.99),
  };
}
