import { createServer, type Server } from 'node:http';
import type { RunningServer } from '../running-server.js';
import { createRequestHandler } from './request-handler.js';
import type { IssuerConfig } from './provider.js';

/** The authorization server, while it runs. */
export interface RunningIssuer extends RunningServer {
  readonly issuer: string;
}

/**
 * Starts the demo's authorization server on the loopback interface.
 *
 * Keys, secrets, sessions and passkeys live as long as it runs.
 *
 * @throws {Error} When the port is taken.
 */
export async function startIssuer(config: IssuerConfig): Promise<RunningIssuer> {
  const url = new URL(config.issuer).origin;
  const handle = await createRequestHandler(config);
  const server = createServer((req, res) => void handle(req, res));
  await listen(server, config.issuerPort);
  return {
    issuer: config.issuer,
    url,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, 'localhost', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
