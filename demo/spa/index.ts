import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BootLogger } from '../boot-logger.js';
import type { WebConfig } from '../demo.config.js';
import { listen, type RunningServer } from '../running-server.js';
import { SpaModule } from './spa.module.js';

/** Where the web app is served and what it is told. */
export interface SpaOptions {
  /** Port to listen on; 0 for any free one. */
  readonly port: number;
  /** Folder of the built web app: the one with `index.html`. */
  readonly root: string;
  /** Served as `/demo.config.json`, which the app reads before it starts. */
  readonly config: WebConfig;
}

/**
 * Serves the built web app on its own origin.
 *
 * @throws {RangeError} When the app is not built.
 */
export async function startSpa({ port, root, config }: SpaOptions): Promise<RunningServer> {
  if (!existsSync(join(root, 'index.html'))) {
    throw new RangeError(
      `Cannot serve the web app as it is not built, run “npm run build:demo”: current value is ${root}`,
    );
  }
  const app = await NestFactory.create<NestExpressApplication>(SpaModule.register(root, config), {
    logger: new BootLogger(),
    abortOnError: false,
    forceCloseConnections: true,
  });
  const policy = contentSecurityPolicy(config);
  app.disable('x-powered-by');
  app.use((_request: unknown, response: HeaderSink, next: () => void) => {
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    next();
  });
  app.useStaticAssets(root, {
    index: false,
    // The build names these files after their content.
    setHeaders: (response: HeaderSink, path: string) => {
      if (HASHED.test(path)) {
        response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
      }
    },
  });
  return listen(app, port);
}

interface HeaderSink {
  setHeader(name: string, value: string): void;
}

const HASHED = /-[\w-]{8}\.(?:js|css)$/;

/**
 * Tokens lie in the page's storage, so no script but the app's own may run in it, and it may talk to
 * its API and its issuer only. Silent renewal loads the issuer in a frame.
 */
function contentSecurityPolicy({ apiUrl, issuerOrigin }: WebConfig): string {
  return [
    "default-src 'self'",
    `connect-src 'self' ${new URL(apiUrl).origin} ${issuerOrigin}`,
    `frame-src ${issuerOrigin}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "base-uri 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
