/**
 * What a built Angular app talks to, on one origin: the app's own files, an API that challenges, the
 * endpoints of `nest-stepup/ciba`, and an authorization server.
 */
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { createAuthorizationServer, listen, send } from './authorization-server.mjs';

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html' };
const CHALLENGE = 'Bearer error="insufficient_user_authentication", acr_values="phr"';

/** Starts it. `use(folder)` says whose files are served from then on. */
export async function startChallengeServer() {
  let files;
  let authorizationServer;
  const { origin, stop } = await listen(async (request, response, body) => {
    const answer = (await authorizationServer.answer(request, body)) ?? (await api(request));
    if (answer) {
      send(response, answer);
      return;
    }
    if (request.url.endsWith('/events')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`event: status\ndata: ${JSON.stringify(transaction('approved'))}\n\n`);
      return;
    }
    await sendFile(response, request.url);
  });
  authorizationServer = await createAuthorizationServer(origin);

  async function api({ method, url, headers }) {
    switch (`${method} ${url}`) {
      case 'GET /api/transfers': {
        const acr = acrOf(headers.authorization);
        return acr === 'phr' ? [200, { acr }] : [401, {}, { 'www-authenticate': CHALLENGE }];
      }
      case 'POST /api/auth/step-up':
        return [201, { ...transaction('pending'), interval: 1 }];
      case 'POST /api/auth/oidc/token':
        return [201, await authorizationServer.tokensFor({ acr_values: 'phr', client_id: 'api' })];
      default:
        return undefined;
    }
  }

  async function sendFile(response, url) {
    const path = normalize(new URL(url, origin).pathname);
    const name = extname(path) === '' ? 'index.html' : path;
    try {
      const content = await readFile(join(files, name));
      response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'text/plain' });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  }

  const use = (folder) => {
    files = folder;
  };
  return { origin, issuer: authorizationServer.issuer, use, stop };
}

const transaction = (status) => ({
  transactionId: 'transaction',
  bindingMessage: 'AB12-CD34',
  expiresAt: Math.floor(Date.now() / 1000) + 60,
  status,
});

/** What an access token says: that of a fake client by its name, that of a server by its claims. */
function acrOf(authorization = '') {
  const token = authorization.replace('Bearer ', '');
  if (token === 'strong') return 'phr';
  const [, claims] = token.split('.');
  return claims && JSON.parse(Buffer.from(claims, 'base64url').toString()).acr;
}
