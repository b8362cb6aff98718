import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { oktaTokenVerifier } from 'nest-stepup/okta';
import type { DemoConfig } from '../demo.config.js';
import { listen, type RunningServer } from '../running-server.js';
import { BootLogger } from '../boot-logger.js';
import { ApiModule } from './api.module.js';
import { cibaOptions } from './ciba.js';
import { serveOpenApi } from './openapi.js';
import { openSharedStore, type SharedStore } from './shared-store.js';

/** The settings of the demo that the API depends on. */
export type ApiConfig = Pick<
  DemoConfig,
  'apiPort' | 'apiUrl' | 'issuer' | 'audience' | 'scopes' | 'webOrigin' | 'ciba'
>;

/**
 * Starts Harbour Bank's API on its own origin.
 *
 * @param port Where to listen; 0 for any free one. @default `apiPort`
 */
export async function startApi(config: ApiConfig, port = config.apiPort): Promise<RunningServer> {
  const { apiUrl: publicUrl, audience, ciba, issuer, webOrigin } = config;
  // #region verifier
  const verifier = oktaTokenVerifier({ issuer, audience });
  // #endregion
  const shared = ciba?.redisUrl === undefined ? undefined : await openSharedStore(ciba.redisUrl);
  const surroundings = { ...config, publicUrl, store: shared?.store };
  const app = await NestFactory.create<NestExpressApplication>(
    ApiModule.register(verifier, ciba && cibaOptions(ciba, surroundings)),
    { logger: new BootLogger(), abortOnError: false, forceCloseConnections: true },
  );
  app.disable('x-powered-by');
  // Behind the front that shares requests out: the phone is to show the browser's address.
  if (ciba && ciba.apiInstances > 1) app.set('trust proxy', 'loopback');
  app.enableCors({ origin: webOrigin, credentials: true });
  serveOpenApi(app);
  return withStore(await listen(app, port), shared);
}

function withStore(server: RunningServer, shared: SharedStore | undefined): RunningServer {
  if (!shared) return server;
  return {
    url: server.url,
    close: async () => {
      await server.close();
      shared.close();
    },
  };
}
