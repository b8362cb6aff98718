import type { QuirkyAnswer, QuirkyProvider, QuirkyRequest, QuirkyServer } from './quirky-server.js';

function refusal(
  error: string,
  description = 'of the server, not to be shown',
  status = 400,
): QuirkyAnswer {
  return { status, body: { error, error_description: description } };
}

const PENDING = refusal('authorization_pending');

/** What a server answers to a token request by what the user did; not yet approved. */
function undecided({ decision }: QuirkyServer): QuirkyAnswer {
  if (decision === 'denied') return refusal('access_denied');
  if (decision === 'expired') return refusal('expired_token');
  return PENDING;
}

function expiry(value: string | undefined, most: number): number | undefined {
  if (value === undefined) return most;
  return /^[1-9]\d*$/.test(value) && Number(value) <= most ? Number(value) : undefined;
}

/** As its `BackchannelAuthenticationEndpoint` and `CibaGrantType` have it. */
export function keycloakServer({
  isChannelDown = false,
  enforcesInterval = false,
} = {}): QuirkyProvider {
  let asked = 0;
  return {
    request: ({ parameters }) => {
      const { login_hint: user, binding_message: message, client_notification_token } = parameters;
      if (isChannelDown) return refusal('server_error', 'Failed to send', 503);
      if (user === undefined) return refusal('invalid_request', 'missing parameter: login_hint');
      if (user.startsWith('unknown')) return refusal('invalid_request', 'invalid user');
      if (client_notification_token !== undefined) {
        return refusal('invalid_request', 'not notified in this mode');
      }
      if (message !== undefined && !/^[a-zA-Z0-9-._+/!?#]{1,50}$/.test(message)) {
        return refusal('invalid_binding_message');
      }
      // Whatever was asked for, the realm's policy counts; the id is an encrypted JWT.
      return {
        status: 200,
        body: { auth_req_id: `eyJ${'x'.repeat(1200)}`, expires_in: 120, interval: 5 },
      };
    },
    token: (_request, server) => {
      asked += 1;
      return enforcesInterval && asked > 1 ? refusal('slow_down', 'too early') : undecided(server);
    },
  };
}

/** As its guide has it. */
export const oktaServer: QuirkyProvider = {
  request: ({ parameters }) => {
    const seconds = expiry(parameters.request_expiry, 300);
    if (parameters.login_hint_token !== undefined) return refusal('invalid_request');
    if (parameters.requested_expiry !== undefined || seconds === undefined) {
      return refusal('invalid_request');
    }
    return { status: 200, body: { auth_req_id: 'okta-id', expires_in: seconds, interval: 5 } };
  },
  token: (_request, server) => undecided(server),
};

/** As its documents have it. */
export const auth0Server: QuirkyProvider = {
  request: ({ parameters, body }, { issuer }) => {
    const { login_hint: hint = '', binding_message: message = '' } = parameters;
    const { format, iss, sub } = readJson(hint);
    if (format !== 'iss_sub' || iss !== `${issuer}/` || typeof sub !== 'string') {
      return refusal('invalid_request');
    }
    if (!/^[a-zA-Z0-9+\-_.,:#]{1,64}$/.test(message)) return refusal('invalid_request');
    if (body.has('resource')) return refusal('invalid_request');
    const seconds = expiry(parameters.requested_expiry, 300);
    if (seconds === undefined) return refusal('invalid_request');
    return { status: 200, body: { auth_req_id: 'auth0-id', expires_in: seconds, interval: 5 } };
  },
  token: (_request, server) =>
    server.decision === 'expired'
      ? refusal('access_denied', 'The authorization request has expired')
      : undecided(server),
};

/** What Auth0 answers to who asks too soon: the penalty grows. */
export const AUTH0_SLOW_DOWN: QuirkyAnswer = {
  status: 400,
  headers: { 'retry-after': '10' },
  body: { error: 'slow_down', error_description: 'too fast', interval: 10 },
};

/** A signed request has to name the client inside and outside. */
export const pingOneServer: QuirkyProvider = {
  request: ({ body, signed }) => {
    const isNamed = body.has('client_id') && body.get('client_id') === signed.client_id;
    if (body.has('request') && !isNamed) return refusal('invalid_request');
    return { status: 200, body: { auth_req_id: 'ping-one-id', expires_in: 120, interval: 5 } };
  },
  token: (_request, server) => undecided(server),
};

/** No server in particular: it takes all. */
export const plainServer: QuirkyProvider = {
  request: () => ({ status: 200, body: { auth_req_id: 'plain-id', expires_in: 120 } }),
  token: (_request: QuirkyRequest, server) => undecided(server),
};

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return { ...Object(value) };
  } catch {
    return {};
  }
}
