import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { json, silence, status, text } from './authorization-server.js';
import { publicJwk } from './forge.js';

const huge = text(`{"keys":[],"padding":"${'x'.repeat(300_000)}"}`);

/** What may come instead of the keys of an authorization server. */
export const KEY_FAULTS: Readonly<Record<string, RequestListener>> = {
  'status 500': status(500),
  'status 503': status(503),
  'status 404': status(404),
  'status 429': status(429),
  'a redirect': status(302, { location: '/other' }),
  'a permanent redirect': status(308, { location: 'https://evil.example/keys' }),
  'no answer in time': silence,
  'an answer that breaks off': (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('{"keys":[');
    setImmediate(() => response.destroy());
  },
  'an answer that never ends': (_request, response) => {
    response.writeHead(200).write('{"keys":[');
  },
  'an answer that comes by the octet': (_request, response) => {
    response.writeHead(200).write('{"keys":[');
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  },
  'an answer that grows without end': (_request, response) => {
    response.writeHead(200).write('{"keys":[');
    const grow = () => {
      while (!response.destroyed && response.write(' '.repeat(65_536)));
    };
    response.on('drain', grow);
    grow();
  },
  'an answer that is large when it is unpacked': packed(gzipSync(Buffer.alloc(50_000_000, ' '))),
  'an answer that cannot be unpacked': packed(Buffer.from('{"keys":[]}')),
  'an answer that is packed and breaks off': packed(gzipSync('{"keys":[]}').subarray(0, 20)),
  'a connection that is closed at once': (request) => request.socket.destroy(),
  'an answer that is no HTTP': (request) => request.socket.end('SSH-2.0-OpenSSH_9.9\r\n'),
  'headers without end': (request) => {
    request.socket.write(`HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(50_000)}`);
  },
  'a redirect to itself': (request, response) => {
    response.writeHead(307, { location: request.url }).end();
  },
  'no content': status(204),
  'a part': status(206),
  'status 401': status(401),
  'nothing new': (_request, response) => {
    response.writeHead(304).end();
  },
  'text that is no JSON': text('<html>maintenance</html>'),
  'no text': text(''),
  null: json(null),
  'a list': json([]),
  'an object without keys': json({}),
  'keys that are no list': json({ keys: {} }),
  'keys that are a text': json({ keys: '[]' }),
  'keys of a prototype': text('{"__proto__":{"keys":[]}}'),
  'keys under another name': json({ Keys: [], jwks: [], data: { keys: [] } }),
  'a key alone': json(publicJwk('k1')),
  'text that nests deep': text(`{"keys":${'['.repeat(100_000)}`),
  'text in UTF-16': text(Buffer.from('\uFEFF{"keys":[]}', 'utf16le').toString('latin1')),
  'text with a rest': text('{"keys":[]}{"keys":[]}'),
  'an answer that is too large': huge,
};

function packed(body: Buffer): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
  };
}
