import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLOCK = new URL('clock.mjs', import.meta.url).href;

/** How a run of the demo differs from `npm start`. */
export interface DemoOptions {
  /** The first of three ports in a row: web app, API, issuer. */
  readonly firstPort: number;
  /** Folder of the built web app. */
  readonly webRoot: string;
  /** Which `acr` the issuer puts into its tokens. */
  readonly acrMode: 'okta' | 'session';
}

/** A demo that one worker has for itself: its servers, accounts and clock. */
export class Demo {
  readonly webOrigin: string;
  readonly issuerOrigin: string;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, firstPort: number) {
    this.child = child;
    this.webOrigin = `http://localhost:${firstPort}`;
    this.issuerOrigin = `http://localhost:${firstPort + 2}`;
  }

  /** Starts a demo, and waits until it says that it is up. */
  static async start({ firstPort, webRoot, acrMode }: DemoOptions): Promise<Demo> {
    const child = fork('dist/demo/demo/main.js', {
      cwd: ROOT,
      execArgv: ['--import', CLOCK],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        DEMO_WEB_PORT: String(firstPort),
        DEMO_API_PORT: String(firstPort + 1),
        DEMO_ISSUER_PORT: String(firstPort + 2),
        DEMO_WEB_ROOT: webRoot,
        DEMO_ACR_MODE: acrMode,
      },
    });
    await isUp(child);
    return new Demo(child, firstPort);
  }

  /** Sets how far the clock of issuer and API is ahead of the machine's. */
  async setClockOffset(seconds: number): Promise<void> {
    const done = once(this.child, 'message');
    this.child.send({ clockOffsetSeconds: seconds });
    await done;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}

/** @throws {Error} With what it printed, when the demo ends instead of starting. */
function isUp(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        if (printed.includes('the step-up demo, is up')) resolve();
      });
    }
    child.once('exit', () => reject(new Error(`Cannot start the demo:\n${printed}`)));
  });
}
