import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { RunningServer } from '../running-server.js';
import { startFront } from './front.js';

describe('startFront()', () => {
  const servers: Server[] = [];
  let urls: string[];
  let front: RunningServer;

  beforeEach(async () => {
    urls = [];
    front = await startFront(0, () => urls);
  });

  afterEach(async () => {
    await front.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      // oxlint-disable-next-line no-await-in-loop -- There are two of them.
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function serve(listener: RequestListener): Promise<Server> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const address = server.address();
    urls.push(`http://localhost:${typeof address === 'object' ? address?.port : 0}`);
    servers.push(server);
    return server;
  }

  it('has the servers take turns', async () => {
    await serve((_req, res) => res.end('first'));
    await serve((_req, res) => res.end('second'));
    const answers = [];
    for (let asked = 0; asked < 4; asked += 1) {
      // oxlint-disable-next-line no-await-in-loop -- One after the other is the point.
      answers.push(await (await fetch(front.url)).text());
    }
    expect(answers.toSorted()).toEqual(['first', 'first', 'second', 'second']);
    expect(answers[0]).not.toBe(answers[1]);
  });

  it('passes on what was sent, and where it came from', async () => {
    await serve((req, res) => {
      const { method, url, headers } = req;
      res.writeHead(201, { 'set-cookie': ['one=1', 'two=2'] });
      res.write(`${method} ${url} ${String(headers['x-forwarded-for'])} `);
      req.pipe(res);
    });
    const response = await fetch(`${front.url}/auth/step-up?x=1`, {
      method: 'POST',
      body: '{"maxAge":0}',
      headers: { 'x-forwarded-for': '203.0.113.9' },
    });
    expect(response.status).toBe(201);
    expect(response.headers.getSetCookie()).toEqual(['one=1', 'two=2']);
    expect(await response.text()).toMatch(
      /^POST \/auth\/step-up\?x=1 (?:::1|(?:::ffff:)?127\.0\.0\.1) \{"maxAge":0\}$/,
    );
  });

  it('passes each event of a stream on at once, and its end', async () => {
    await serve((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('event: status\n\n');
    });
    const abort = new AbortController();
    const { body } = await fetch(front.url, { signal: abort.signal });
    const chunk = await body?.getReader().read();
    expect(Buffer.from(chunk?.value ?? []).toString()).toBe('event: status\n\n');
    abort.abort();
  });

  it('tells a server when the browser goes away', async () => {
    const gone = new Promise<void>((resolve) => {
      void serve((req, res) => {
        res.writeHead(200).write('waiting');
        req.once('close', resolve);
        res.once('close', resolve);
      });
    });
    await new Promise((resolve) => setImmediate(resolve));
    const abort = new AbortController();
    await fetch(front.url, { signal: abort.signal });
    abort.abort();
    await gone;
  });

  it('answers 502 for a server that does not, and 503 when there is none', async () => {
    const server = await serve((_req, res) => res.end());
    await new Promise((resolve) => server.close(resolve));
    expect((await fetch(front.url)).status).toBe(502);
    urls = [];
    expect((await fetch(front.url)).status).toBe(503);
  });
});
