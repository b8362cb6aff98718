import { Module, type INestApplication, type ModuleMetadata, type Type } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { StepUpModule, type StepUpOptions } from 'nest-stepup';
import { FakeTokenVerifier } from 'nest-stepup/testing';
import { createTestClock } from 'stepup-core/testing';

/** The adapters that everything which touches HTTP is tested on. */
export const ADAPTERS = ['Express', 'Fastify'] as const;

export interface AppUnderTest {
  readonly adapter: (typeof ADAPTERS)[number];
  readonly controllers?: readonly Type[];
  readonly options?: Partial<StepUpOptions>;
  readonly module?: ModuleMetadata;
  /** What stands in for providers, by their tokens. */
  readonly replacements?: ReadonlyMap<unknown, unknown>;
  readonly configure?: (app: INestApplication) => void;
}

/** The collected lines of the app's log, by level. */
export class LogLines {
  readonly log: string[] = [];
  readonly warn: string[] = [];
  readonly error: string[] = [];

  readonly logger = {
    log: (message: unknown) => void this.log.push(String(message)),
    warn: (message: unknown) => void this.warn.push(String(message)),
    error: (...message: unknown[]) => void this.error.push(message.map(String).join('\n')),
  };
}

/** Starts an app on a free port, with a fake verifier and a clock that stands still. */
export async function startApp(under: AppUnderTest) {
  const verifier = new FakeTokenVerifier();
  const clock = createTestClock();
  const lines = new LogLines();

  @Module({
    ...under.module,
    imports: [
      StepUpModule.forRoot({ verifier, now: clock.now, ...under.options }),
      ...(under.module?.imports ?? []),
    ],
    controllers: [...(under.controllers ?? []), ...(under.module?.controllers ?? [])],
  })
  class AppModule {}

  const builder = Test.createTestingModule({ imports: [AppModule] }).setLogger(lines.logger);
  for (const [token, value] of under.replacements ?? []) {
    builder.overrideProvider(token).useValue(value);
  }
  const testing = await builder.compile();
  const app =
    under.adapter === 'Express'
      ? testing.createNestApplication()
      : testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  under.configure?.(app);
  await app.listen(0, '127.0.0.1');
  const { port }: AddressInfo = app.getHttpServer().address();

  return {
    app,
    url: `http://127.0.0.1:${port}`,
    verifier,
    clock,
    lines,
    send: (
      path: string,
      token?: string,
      init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
    ) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        ...init,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...init.headers,
        },
      }),
    sendRaw: (path: string, headerLines: readonly string[], method = 'GET') =>
      sendRaw(port, [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...headerLines]),
    sendOctets: async (octets: string) => parseAnswers(await exchange(port, octets)),
    close: () => app.close(),
  };
}

export type StartedApp = Awaited<ReturnType<typeof startApp>>;

/** How long a connection may be silent. */
const PATIENCE_MS = 300;

/** An answer to a request, read to its end. */
export interface Answer {
  readonly status: number;
  /** The values of a header, each on a line. */
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

/** Sends lines that no HTTP client would, and reads the whole answer. */
async function sendRaw(port: number, lines: readonly string[]): Promise<Answer> {
  const text = `${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`;
  return parseAnswer(await exchange(port, text));
}

/**
 * Sends octets, and reads until the connection is closed: by the server, or from here when the
 * server waits for more.
 */
function exchange(port: number, octets: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(octets, 'latin1');
    });
    socket.setTimeout(PATIENCE_MS, () => socket.end());
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (received += chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(received);
    });
  });
}

function parseAnswers(received: string): readonly Answer[] {
  return received
    .split(/(?=HTTP\/1\.1 \d{3} )/)
    .filter((one) => one !== '')
    .map(parseAnswer);
}

function parseAnswer(received: string): Answer {
  const [head = '', ...rest] = received.split('\r\n\r\n');
  const [statusLine = '', ...fields] = head.split('\r\n');
  return {
    status: Number(statusLine.split(' ')[1]),
    header: (name) =>
      fields
        .filter((field) => field.toLowerCase().startsWith(`${name.toLowerCase()}: `))
        .map((field) => field.slice(name.length + 2))
        .join('\n') || undefined,
    body: rest.join('\r\n\r\n'),
  };
}
