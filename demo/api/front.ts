import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { RunningServer } from '../running-server.js';

/**
 * Shares requests out among servers, one after the other, as a load balancer does that knows nothing
 * of sessions. Answers are passed on as they come: event streams stay streams.
 *
 * @param serversNow URLs of the servers that are up.
 */
export function startFront(
  port: number,
  serversNow: () => readonly string[],
): Promise<RunningServer> {
  let turn = 0;
  const server = createServer((req, res) => {
    const servers = serversNow();
    turn += 1;
    const target = servers[turn % servers.length];
    if (target === undefined) res.writeHead(503, { 'retry-after': '1' }).end();
    else pass(req, res, target);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, 'localhost', () => {
      server.off('error', reject);
      const address = server.address();
      const actual = typeof address === 'object' ? address?.port : port;
      resolve({
        url: `http://localhost:${actual}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

function pass(req: IncomingMessage, res: ServerResponse, target: string): void {
  const headers = { ...req.headers, 'x-forwarded-for': req.socket.remoteAddress ?? '' };
  const passed = request(
    new URL(req.url ?? '/', target),
    { method: req.method ?? 'GET', headers },
    (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      res.flushHeaders();
      answer.pipe(res);
      answer.once('error', () => res.destroy());
    },
  );
  passed.once('error', () => {
    // The server is gone: before it answered, or in the middle of a stream.
    if (res.headersSent) res.destroy();
    else res.writeHead(502).end();
  });
  res.once('close', () => passed.destroy());
  req.pipe(passed);
}
