/**
 * Sends requests to a server, as fast as it answers them, in a process of its own. It reads no more
 * of an answer than its status and its length: a client that did would be slower than the fastest
 * servers here, and hide what a guard costs them.
 */
import { connect } from 'node:net';
import { quantile } from '../rounds.mjs';

const CONNECTIONS = 32;

process.on('message', async ({ url, tokens, seconds }) => {
  process.send(await load({ url: new URL(url), tokens, seconds }));
});
process.on('disconnect', () => process.exit());

/** Of each server, how many requests each connection had sent to it when it was closed. */
const sentBefore = new Map();

/**
 * @param tokens One for all requests, or many: each connection has its share of them, goes on where
 *   it was the last time, and comes back to one only when it has sent all the others.
 * @returns `requests`, `seconds`, `p99Ms`. Anything but 200 ends the bench.
 */
async function load({ url, tokens, seconds }) {
  const requests = tokens.map((token) => Buffer.from(requestTo(url, token)));
  const share = Math.ceil(requests.length / CONNECTIONS);
  const milliseconds = [];
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  const before = sentBefore.get(url.href) ?? Array(CONNECTIONS).fill(0);
  const connections = before.map((sent, i) => {
    const own = share === 1 ? requests : requests.slice(i * share, (i + 1) * share);
    return repeat(url, own, sent, until, milliseconds);
  });
  sentBefore.set(url.href, await Promise.all(connections));
  return {
    requests: milliseconds.length,
    seconds: (performance.now() - startedAt) / 1000,
    p99Ms: quantile(milliseconds, 0.99),
  };
}

/** What a browser sends along when an app calls its API. */
const HEADERS = `Connection: keep-alive
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36
Accept: application/json, text/plain, */*
Accept-Language: en-GB,en;q=0.9
Accept-Encoding: gzip, deflate, br, zstd
Origin: https://app.example.com
Referer: https://app.example.com/
Sec-Fetch-Dest: empty
Sec-Fetch-Mode: cors
Sec-Fetch-Site: same-site`.split('\n');

function requestTo({ pathname, host }, token) {
  const head = [`GET ${pathname} HTTP/1.1`, `Host: ${host}`, `Authorization: Bearer ${token}`];
  return `${[...head, ...HEADERS].join('\r\n')}\r\n\r\n`;
}

/** Sends one request after another over one connection, until its time is over. */
function repeat({ hostname, port }, requests, first, until, milliseconds) {
  return new Promise((resolve, reject) => {
    let sent = first;
    let sentAt = 0;
    let missing = 0;
    const socket = connect(port, hostname, send);
    socket.setNoDelay(true);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      if (missing === 0) missing = lengthOf(chunk);
      missing -= chunk.length;
      if (missing > 0) return;
      const now = performance.now();
      milliseconds.push(now - sentAt);
      if (now < until) send();
      else socket.end(() => resolve(sent));
    });

    function send() {
      sentAt = performance.now();
      socket.write(requests[sent++ % requests.length]);
    }
  });
}

/** The length of an answer, head and body, of which the head is there. */
function lengthOf(chunk) {
  const head = chunk.latin1Slice(0, chunk.indexOf('\r\n\r\n') + 4);
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
  if (!head.startsWith('HTTP/1.1 200') || length === undefined) {
    throw new Error(`A request was answered with ${head.slice(0, 40)}`);
  }
  return head.length + Number(length);
}
