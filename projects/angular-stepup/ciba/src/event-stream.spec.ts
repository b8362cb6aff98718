import { type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runInThisContext } from 'node:vm';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { CibaFailure } from './ciba-failure';
import { readEvents } from './event-stream';

// Over a real connection: what the fake API of the other specs cannot tell.
const Native: { fetch: typeof fetch; AbortController: typeof AbortController } = runInThisContext(
  '({ fetch, AbortController })',
);

let server: Server;
let answer: (response: ServerResponse) => void;
let hasLeft: Promise<unknown>;

beforeEach(async () => {
  hasLeft = new Promise((leave) => {
    server = createServer((_, response) => {
      response.on('close', leave);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      answer(response);
    });
  });
  await new Promise<void>((listen) => {
    server.listen(0, '127.0.0.1', listen);
  });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((close) => {
    server.close(close);
  });
});

const open = (signal: AbortSignal): Promise<Response> => {
  const abort = new Native.AbortController();
  signal.addEventListener('abort', () => abort.abort());
  const { port } = server.address() as AddressInfo;
  return Native.fetch(`http://127.0.0.1:${port}`, { signal: abort.signal });
};

const now = (): number => Date.now() / 1000;

const read = async (
  onStatus: (value: unknown) => boolean,
  { signal } = new AbortController(),
): Promise<void> => {
  await readEvents(open, { window, now, signal, onStatus, isOver: () => false });
};

describe('readEvents() from a server', () => {
  it('reads events that arrive in any pieces, and closes the connection after the last', async () => {
    const text = 'event: status\r\ndata: {"say": "grüße ✓"}\r\n\r\n:\n\nevent: status\ndata: 2\n\n';
    answer = (response) => {
      const bytes = [...Buffer.from(text)];
      const send = (): void => {
        const byte = bytes.shift();
        if (byte === undefined) return;
        response.write(Buffer.of(byte));
        setTimeout(send);
      };
      send();
    };
    const seen: unknown[] = [];
    await read((value) => {
      seen.push(value);
      return value === 2;
    });
    expect(seen).toEqual([{ say: 'grüße ✓' }, 2]);
    await hasLeft;
  });

  it('returns when the connection ends, and when it breaks', async () => {
    const seen: unknown[] = [];
    const see = (value: unknown): boolean => seen.push(value) < 0;
    answer = (response) => response.end('event: status\ndata: 1\n\nevent: status\ndata: 2');
    await read(see);
    answer = (response) => {
      response.write('event: status\ndata: 3\n\n', () => response.destroy());
    };
    await read(see);
    expect(seen).toEqual([1, 3]);
  });

  it('closes the connection on its signal', async () => {
    const abort = new AbortController();
    answer = (response) => response.write('event: status\ndata: 1\n\n');
    await read(() => {
      abort.abort();
      return false;
    }, abort);
    await hasLeft;
  });

  it('closes the connection of a server that says what it cannot read', async () => {
    answer = (response) => response.write('event: status\ndata: {\n\n');
    await expect(read(() => false)).rejects.toThrow(CibaFailure);
    await hasLeft;
  });
});
