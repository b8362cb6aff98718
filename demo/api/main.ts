import { readDemoConfig, type DemoConfig } from '../demo.config.js';
import { startFailure } from '../start-failure.js';
import { startApi } from './index.js';

/**
 * The API alone, as a process of its own: one of several behind a front, or one that is restarted
 * while the rest of the demo runs on.
 *
 * The settings are those of the demo; `DEMO_API_LISTEN_PORT` is where it listens, when that is not
 * where browsers reach it. A parent process is sent `{ url }` when it is up.
 */
let config: DemoConfig | undefined;
try {
  config = readDemoConfig();
  const port = process.env['DEMO_API_LISTEN_PORT'];
  const server = await startApi(config, port === undefined ? config.apiPort : Number(port));
  // The parent that ends in whatever way takes its instances along.
  for (const end of ['SIGINT', 'SIGTERM', 'disconnect'] as const) {
    process.on(end, () => void server.close().finally(() => process.exit(0)));
  }
  process.send?.({ url: server.url });
  console.log(`The API of Harbour Bank is up at ${server.url} as process ${process.pid}`);
} catch (error) {
  console.error(startFailure(error, config));
  process.exit(1);
}
