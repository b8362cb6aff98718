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
  /** Settings besides those above. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the API is left out: it is a process of its own then. */
  readonly withoutApi?: boolean;
}

/** A demo that one worker has for itself: its servers, accounts and clock. */
export class Demo {
  readonly webOrigin: string;
  readonly issuerOrigin: string;

  private constructor(
    private readonly child: ChildProcess,
    firstPort: number,
    /** Processes that serve the API, when there are several. */
    readonly apiInstances: readonly number[],
  ) {
    this.webOrigin = `http://localhost:${firstPort}`;
    this.issuerOrigin = `http://localhost:${firstPort + 2}`;
  }

  /** Starts a demo, and waits until it says that it is up. */
  static async start(options: DemoOptions): Promise<Demo> {
    const { firstPort, withoutApi = false } = options;
    const args = withoutApi ? ['--without-api'] : [];
    const child = run('dist/demo/demo/main.js', args, options);
    const printed = await hasPrinted(child, 'the step-up demo, is up');
    const pids = [...printed.matchAll(/is up at \S+ as process (\d+)/g)].map(([, pid]) =>
      Number(pid),
    );
    return new Demo(child, firstPort, pids);
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

/** The API of a demo, as a process of its own: it can be killed while the rest runs on. */
export class ApiProcess {
  private child: ChildProcess | undefined;

  /** @param options Those of the demo that it belongs to. */
  constructor(private readonly options: DemoOptions) {}

  async start(): Promise<void> {
    this.child = run('dist/demo/demo/api/main.js', [], this.options);
    await hasPrinted(this.child, 'The API of Harbour Bank is up');
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

function run(
  program: string,
  args: readonly string[],
  { firstPort, webRoot, acrMode, env }: DemoOptions,
): ChildProcess {
  return fork(program, args, {
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
      ...env,
    },
  });
}

/**
 * Waits until a process has printed something.
 *
 * @returns All that it has printed until then.
 * @throws {Error} With that, when it ends instead.
 */
function hasPrinted(child: ChildProcess, awaited: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        if (printed.includes(awaited)) resolve(printed);
      });
    }
    child.once('exit', () => reject(new Error(`Cannot start the demo:\n${printed}`)));
  });
}
