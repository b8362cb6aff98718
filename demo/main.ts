import { startApi } from './api/index.js';
import { startApiInstances } from './api/instances.js';
import { banner } from './banner.js';
import { readDemoConfig, webConfigOf, type DemoConfig } from './demo.config.js';
import { startIssuer } from './issuer/start-issuer.js';
import type { RunningServer } from './running-server.js';
import { startSpa } from './spa/index.js';
import { startFailure } from './start-failure.js';

const CLOSE_TIMEOUT_MS = 2000;

const running: RunningServer[] = [];
let closing: Promise<void> | undefined;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => void close().then(() => process.exit(0)));
}

let config: DemoConfig | undefined;
try {
  config = readDemoConfig();
  await start(config);
  console.log(banner(config));
} catch (error) {
  console.error(startFailure(error, config));
  await close();
  process.exit(1);
}

async function start(settings: DemoConfig): Promise<void> {
  const { apiPort, ciba, oktaOrg, webPort, webRoot } = settings;
  // The API comes after the issuer and the pages last: who can open the demo can use it.
  if (!oktaOrg) running.push(await startIssuer(settings));
  // With `--without-api` it is `demo/api/main.ts`, as a process of its own.
  if (!process.argv.includes('--without-api')) {
    const several = ciba !== undefined && ciba.apiInstances > 1;
    running.push(await (several ? startApiInstances({ apiPort, ciba }) : startApi(settings)));
  }
  // `npm run dev` serves the pages itself, from their source.
  if (process.argv.includes('--without-web')) return;
  running.push(await startSpa({ port: webPort, root: webRoot, config: webConfigOf(settings) }));
}

/** Closes every server; a connection that hangs does not keep the process. */
function close(): Promise<void> {
  const timeout = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS).unref());
  closing ??= Promise.race([
    Promise.allSettled(running.map((server) => server.close())).then(() => undefined),
    timeout,
  ]);
  return closing;
}
