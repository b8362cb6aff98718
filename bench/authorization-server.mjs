/**
 * The least that a CIBA client can talk to, in a process of its own: it says when its token requests
 * came. Run by the other scripts of this folder.
 *
 * A user whose name begins with `ready` has approved at once; nobody else ever does.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const INTERVAL_SECONDS = 5;
const { privateKey, publicKey } = await generateKeyPair('ES256');
const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'bench' }] };

/** Of each request for an authentication: who, how to ping, and when it was last asked about. */
const requests = new Map();
let gaps = [];
let tokenRequests = 0;
let since = performance.now();

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', async () => {
    const [status, answer] = await answerTo(request.url, new URLSearchParams(body));
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  });
});
// A client that keeps its connections is not to be cut off between two polls.
server.keepAliveTimeout = 60_000;
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

async function answerTo(url, form) {
  switch (url) {
    case '/.well-known/openid-configuration':
      return [200, metadata()];
    case '/jwks':
      return [200, jwks];
    case '/bc-authorize':
      return [200, start(form)];
    case '/token':
      return redeem(form.get('auth_req_id'));
    default:
      return [404, {}];
  }
}

function metadata() {
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    token_endpoint: `${issuer}/token`,
    backchannel_authentication_endpoint: `${issuer}/bc-authorize`,
    backchannel_token_delivery_modes_supported: ['poll', 'ping'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
}

function start(form) {
  const id = randomBytes(32).toString('base64url');
  requests.set(id, {
    user: form.get('login_hint'),
    token: form.get('client_notification_token'),
    lastAt: undefined,
  });
  return { auth_req_id: id, expires_in: 600, interval: INTERVAL_SECONDS };
}

async function redeem(id) {
  const now = performance.now();
  const request = requests.get(id);
  tokenRequests++;
  if (request.lastAt !== undefined) gaps.push((now - request.lastAt) / 1000 - INTERVAL_SECONDS);
  request.lastAt = now;
  if (!request.user.startsWith('ready')) return [400, { error: 'authorization_pending' }];
  const idToken = await new SignJWT({ auth_time: Math.floor(Date.now() / 1000) })
    .setProtectedHeader({ alg: 'ES256', kid: 'bench' })
    .setIssuer(issuer)
    .setAudience('bench')
    .setSubject(request.user)
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey);
  return [200, { access_token: 'at', token_type: 'Bearer', expires_in: 300, id_token: idToken }];
}

/** Sends the ping of the one request of a user. */
async function ping({ user, url }) {
  const [id, { token }] = [...requests].find(([, request]) => request.user === user);
  await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ auth_req_id: id }),
  });
}

process.on('message', (message) => {
  if (message.ping) void ping(message.ping);
  if (message.report) {
    const seconds = (performance.now() - since) / 1000;
    process.send({ report: { gaps, tokenRequests, seconds } });
    gaps = [];
    tokenRequests = 0;
    since = performance.now();
  }
});
process.on('disconnect', () => process.exit());
process.send({ issuer });
