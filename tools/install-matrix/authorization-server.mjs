/**
 * The least that verifiers, okta-auth-js and a CIBA client can talk to. Whoever asks is `alice`, and
 * gets the authentication context that was asked for, at once.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';

export const AUDIENCE = 'api://default';
export const SUBJECT = 'alice';
const PATH = '/oauth2/default';
const now = () => Math.floor(Date.now() / 1000);

/** An authorization server at an origin, by the paths of an Okta org. */
export async function createAuthorizationServer(origin) {
  const issuer = `${origin}${PATH}`;
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), alg: 'RS256', use: 'sig', kid: 'matrix' };
  /** What was asked for, by authorization code or `auth_req_id`. */
  const requests = new Map();

  const sign = (typ, claims) =>
    new SignJWT({ iss: issuer, sub: SUBJECT, jti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'matrix', typ })
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);

  const accessToken = (acr) =>
    sign('at+jwt', { aud: AUDIENCE, client_id: 'matrix', acr, auth_time: now() });

  async function tokensFor({ acr_values: acr, client_id: audience, nonce }) {
    return {
      access_token: await accessToken(acr),
      id_token: await sign('JWT', { aud: audience, acr, auth_time: now(), nonce }),
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'openid',
    };
  }

  function remember(parameters) {
    const key = randomUUID();
    requests.set(key, Object.fromEntries(parameters));
    return key;
  }

  const metadata = {
    issuer,
    jwks_uri: `${issuer}/v1/keys`,
    authorization_endpoint: `${issuer}/v1/authorize`,
    token_endpoint: `${issuer}/v1/token`,
    introspection_endpoint: `${issuer}/v1/introspect`,
    backchannel_authentication_endpoint: `${issuer}/v1/bc/authorize`,
    backchannel_token_delivery_modes_supported: ['poll'],
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    id_token_signing_alg_values_supported: ['RS256'],
  };

  /** @returns A status, an object, and headers; `undefined` for what is not of this server. */
  async function answer({ url }, body) {
    const { pathname, searchParams } = new URL(url, origin);
    const form = new URLSearchParams(body);
    switch (pathname) {
      case `${PATH}/.well-known/openid-configuration`:
        return [200, metadata];
      case `${PATH}/v1/keys`:
        return [200, { keys: [jwk] }];
      case `${PATH}/v1/authorize`: {
        const target = new URL(searchParams.get('redirect_uri'));
        target.searchParams.set('code', remember(searchParams));
        target.searchParams.set('state', searchParams.get('state'));
        return [302, {}, { location: target.href }];
      }
      case `${PATH}/v1/introspect`: {
        const { payload } = await jwtVerify(form.get('token'), publicKey);
        return [200, { active: true, token_type: 'Bearer', ...payload }];
      }
      case `${PATH}/v1/bc/authorize`:
        return [200, { auth_req_id: remember(form), expires_in: 60, interval: 1 }];
      case `${PATH}/v1/token`: {
        const request = requests.get(form.get('code') ?? form.get('auth_req_id'));
        return request ? [200, await tokensFor(request)] : [400, { error: 'invalid_grant' }];
      }
      default:
        return undefined;
    }
  }

  return { issuer, accessToken, tokensFor, answer };
}

/** Listens on a free port of 127.0.0.1. `handle` is given each request and its body. */
export async function listen(handle) {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      handle(request, response, body).catch((error) => {
        response.destroy(error);
        console.error(error);
      });
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sends an object as JSON. */
export function send(response, [status, body, headers = {}]) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Starts an authorization server of its own. */
export async function startAuthorizationServer() {
  let authorizationServer;
  const { origin, stop } = await listen(async (request, response, body) => {
    send(response, (await authorizationServer.answer(request, body)) ?? [404, {}]);
  });
  authorizationServer = await createAuthorizationServer(origin);
  return { ...authorizationServer, stop };
}
