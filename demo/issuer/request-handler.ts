import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { Accounts } from './accounts.js';
import { loadAssets } from './assets.js';
import { LoginHintTokens } from './ciba/login-hint-tokens.js';
import { PhoneAnswers } from './ciba/phone-answers.js';
import { PhoneRequests } from './ciba/phone-requests.js';
import { createFactors } from './factors/factors.js';
import { HttpError, redirect, sendJson, sendPage } from './http.js';
import { InteractionRoutes, isInteractionAction } from './interaction/interaction-routes.js';
import { OktaEndpoints } from './okta-endpoints.js';
import { authenticatorPage } from './pages/authenticator-page.js';
import { html } from './pages/html.js';
import { ISSUER_NAME, messagePage } from './pages/layout.js';
import { PhoneRoutes } from './phone/phone-routes.js';
import { QrSessionClient } from './phone/qr-session-client.js';
import { createProvider, type IssuerConfig } from './provider.js';
import { generateSigningKey } from './signing-key.js';

const INTERACTION = /^\/interaction\/[\w-]+(?:\/([a-z-]+))?$/;

type RequestHandler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** Puts the authorization server together behind one function that answers every request. */
export async function createRequestHandler(config: IssuerConfig): Promise<RequestHandler> {
  const { origin, pathname: mount } = new URL(config.issuer);
  const accounts = new Accounts(config.accounts);
  const signingKey = generateSigningKey();
  const { privateKey, publicKey } = signingKey;
  const requests = new PhoneRequests(now);
  const loginHintTokens = new LoginHintTokens(config.issuer, signingKey, now);
  const provider = createProvider(config, {
    accounts,
    requests,
    loginHintTokens,
    signingKey: privateKey,
    now,
  });
  const factors = await createFactors(accounts.all, { origin, name: ISSUER_NAME }, now);
  const interactions = new InteractionRoutes({ provider, accounts, factors, origin, now });
  const oktaEndpoints = new OktaEndpoints({ ...config, provider, accounts, publicKey, now });
  const phone = new PhoneRoutes({
    accounts,
    passwords: factors.passwords,
    requests,
    answers: new PhoneAnswers({ provider, requests, acrMode: config.acrMode, now }),
    loginHintTokens,
    qrSessions: new QrSessionClient(config),
    origin,
  });
  const assets = loadAssets();
  const protocol = provider.callback();

  const authenticatorEntries = () =>
    accounts.all.map((account) => ({ account, shown: factors.oneTimeCodes.show(account.id) }));

  const route = async (req: IncomingMessage, res: ServerResponse): Promise<unknown> => {
    // The issuer's name is fixed; another one in its place is a mistake, or a name rebound to us.
    if (req.headers.host !== new URL(origin).host) throw new HttpError(421, `Use ${origin}.`);
    const path = new URL(req.url ?? '/', origin).pathname;

    if (path.startsWith(`${mount}/`)) {
      if (await oktaEndpoints.handle(req, res, path.slice(mount.length))) return undefined;
      return protocol(...mounted(req, res, mount));
    }
    if (await phone.handle(req, res, path)) return undefined;
    const interaction = INTERACTION.exec(path);
    if (interaction) return answerInteraction(interactions, req, res, interaction[1]);
    if (req.method !== 'GET') throw new HttpError(405, 'This page can only be read.');
    const asset = assets.get(path);
    if (asset) {
      res.writeHead(200, { 'content-type': asset.type, 'x-content-type-options': 'nosniff' });
      return res.end(asset.content);
    }
    if (path === '/authenticator') return sendPage(res, authenticatorPage(authenticatorEntries()));
    if (path === '/authenticator/codes') {
      const shown = authenticatorEntries().flatMap((entry) =>
        entry.shown ? [{ account: entry.account.id, ...entry.shown }] : [],
      );
      return sendJson(res, shown);
    }
    if (path === '/') return redirect(res, '/authenticator');
    throw new HttpError(404, 'There is nothing at this address.');
  };

  return async (req, res) => {
    try {
      await route(req, res);
    } catch (error) {
      answerError(res, error);
    }
  };
}

function answerInteraction(
  interactions: InteractionRoutes,
  req: IncomingMessage,
  res: ServerResponse,
  action: string | undefined,
): Promise<void> {
  if (action === undefined && req.method === 'GET') return interactions.show(req, res);
  if (action === undefined || req.method !== 'POST') {
    throw new HttpError(405, 'Go back to the application and try again.');
  }
  if (isInteractionAction(action)) return interactions.post(req, res, action);
  throw new HttpError(404, 'There is nothing at this address.');
}

/** Takes the issuer's path off a request; the provider learns from the rest where it is mounted. */
function mounted(
  req: IncomingMessage,
  res: ServerResponse,
  mount: string,
): Parameters<ReturnType<Provider['callback']>> {
  const originalUrl = req.url ?? '/';
  return [Object.assign(req, { originalUrl, url: originalUrl.slice(mount.length) }), res];
}

function answerError(res: ServerResponse, error: unknown): void {
  const known = error instanceof HttpError ? error : undefined;
  if (!known) console.error('The demo issuer could not answer a request:', error);
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const text = known?.message ?? 'Something went wrong on our side.';
  sendPage(res, messagePage('This did not work', html`<p>${text}</p>`), {
    status: known?.status ?? 500,
  });
}

/** Current time, in seconds since the epoch. */
function now(): number {
  return Math.floor(Date.now() / 1000);
}
