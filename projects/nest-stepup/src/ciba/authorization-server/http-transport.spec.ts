import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import { portOf } from '../../spec/authorization-server.js';
import { HttpTransport, isSafe } from './http-transport.js';

describe('HttpTransport', () => {
  let server: Server;
  let answer: RequestListener;
  let connections: number;
  let closed: Promise<void>;
  beforeEach(async () => {
    connections = 0;
    server = createServer((request, response) => {
      answer(request, response);
    });
    server.on('connection', (socket) => {
      connections += 1;
      closed = new Promise((resolve) => {
        socket.once('close', () => {
          resolve();
        });
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
  });
  afterEach(async () => {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  });

  const POST = { method: 'POST', headers: {}, body: 'a=ä' };
  const send = async (timeoutSeconds = 5) =>
    await new HttpTransport(timeoutSeconds).send(`http://127.0.0.1:${portOf(server)}/token`, POST);

  it('sends a form and reads the whole answer', async () => {
    answer = (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        response.writeHead(418, { 'retry-after': '7', 'set-cookie': ['a', 'b'] });
        const { 'content-length': length, 'accept-encoding': encoding } = request.headers;
        response.write(`${request.method} ${length} ${encoding} `);
        response.end(body);
      });
    };
    const { status, header, text } = await send();
    expect([status, text]).toStrictEqual([418, 'POST 4 identity a=ä']);
    expect([header('retry-after'), header('set-cookie'), header('x')]).toStrictEqual([
      '7',
      'a, b',
      undefined,
    ]);
  });

  it('uses a connection again', async () => {
    answer = (_request, response) => response.end('{}');
    const transport = new HttpTransport(5);
    for (let i = 0; i < 5; i++) {
      await transport.send(`http://127.0.0.1:${portOf(server)}/`, POST);
    }
    expect(connections).toBe(1);
  });

  it('follows no redirect', async () => {
    answer = (_request, response) => response.writeHead(302, { location: '/other' }).end();
    expect(await send()).toMatchObject({ status: 302 });
  });

  it.each<[string, RequestListener, string]>([
    ['does not begin to answer in time', () => undefined, 'ORIGIN did not answer within 0.3 s'],
    [
      'does not finish in time',
      (_request, response) => response.write('{'),
      'ORIGIN did not answer within 0.3 s',
    ],
    [
      'breaks off',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{', () => response.destroy());
      },
      'the connection to ORIGIN failed (ECONNRESET)',
    ],
    [
      'sends more than anybody needs',
      (_request, response) => response.end('x'.repeat(1_000_000)),
      'its answer is too large',
    ],
    [
      'does not speak HTTP',
      ({ socket }) => socket.end('hello\r\n\r\n'),
      'the connection to ORIGIN failed (HPE_INVALID_CONSTANT)',
    ],
  ])('gives up on a server that %s', async (_name, listener, reason) => {
    answer = listener;
    const message = reason.replace('ORIGIN', `http://127.0.0.1:${portOf(server)}`);
    await expect(send(0.3)).rejects.toMatchObject({ name: 'UnreachableError', message });
    // It keeps no connection that an answer may still come over.
    await closed;
  });

  it('keeps no timer for an answer that is there', async () => {
    answer = (_request, response) => response.end('{}');
    const before = runningTimers();
    await send(60);
    expect(runningTimers()).toBe(before);
  });

  it.each([
    ['http://192.0.2.1/', 'one of its endpoints is not https'],
    ['file:///etc/passwd', 'one of its endpoints is not https'],
    ['https://', 'the connection to one of its endpoints failed (ERR_INVALID_URL)'],
  ])('does not go to %s', async (url, message) => {
    await expect(new HttpTransport(1).send(url, POST)).rejects.toMatchObject({
      name: 'UnreachableError',
      message,
    });
  });

  it('does not send a form again over a connection that broke when it was used again', async () => {
    let bodies = 0;
    answer = (request, response) => {
      bodies += 1;
      if (bodies === 2) request.socket.resetAndDestroy();
      else response.end('{}');
    };
    const transport = new HttpTransport(5);
    const url = `http://127.0.0.1:${portOf(server)}/`;
    await transport.send(url, POST);
    await expect(transport.send(url, POST)).rejects.toMatchObject({
      message: `the connection to ${new URL(url).origin} failed (ECONNRESET)`,
    });
    expect([bodies, connections]).toStrictEqual([2, 1]);
    expect(await transport.send(url, POST)).toMatchObject({ status: 200 });
  });

  it('takes no answer that came before it was asked for', async () => {
    answer = (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        response.end(body);
        request.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged');
      });
    };
    const transport = new HttpTransport(5);
    for (const body of ['a=1', 'a=2', 'a=3']) {
      const url = `http://127.0.0.1:${portOf(server)}/`;
      expect(await transport.send(url, { ...POST, body })).toMatchObject({ text: body });
    }
  });
});

function runningTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

describe('isSafe', () => {
  it.each([
    'https://as.example/token',
    'http://localhost:1/token',
    'http://127.0.0.1/token',
    'http://[::1]:80/',
    'http://localhost',
  ])('takes %s', (url) => {
    expect(isSafe(url)).toBe(true);
  });

  it.each([
    'http://as.example/token',
    'http://localhost.as.example/',
    'http://127.0.0.1:80@as.example/',
    'http://127.0.0.1.as.example/',
    'ftp://localhost/',
    ' https://as.example',
    '',
  ])('refuses %j', (url) => {
    expect(isSafe(url)).toBe(false);
  });
});
