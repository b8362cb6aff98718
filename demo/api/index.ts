import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { oktaTokenVerifier } from 'nest-stepup/okta';
import { listen, type RunningServer } from '../running-server.js';
import { ApiModule } from './api.module.js';
import { BootLogger } from '../boot-logger.js';

/** Where the API listens and whose tokens it takes. */
export interface ApiOptions {
  /** Port to listen on; 0 for any free one. */
  readonly port: number;
  /** Issuer of the access tokens, as in their `iss` claim. */
  readonly issuer: string;
  /** What the tokens must be meant for, as in their `aud` claim. */
  readonly audience: string;
  /** Origin of the web app, the only one that a browser lets call the API. */
  readonly webOrigin: string;
}

/** Starts Harbour Bank's API on its own origin. */
export async function startApi(options: ApiOptions): Promise<RunningServer> {
  const { port, issuer, audience, webOrigin } = options;
  // #region verifier
  const verifier = oktaTokenVerifier({ issuer, audience });
  // #endregion
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.register(verifier), {
    logger: new BootLogger(),
    abortOnError: false,
    forceCloseConnections: true,
  });
  app.disable('x-powered-by');
  app.enableCors({ origin: webOrigin });
  return listen(app, port);
}
