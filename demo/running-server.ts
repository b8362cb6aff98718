import type { INestApplication } from '@nestjs/common';

/** A server of the demo that runs until it is closed. */
export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Has an application listen on the loopback interface.
 *
 * @param port 0 for any free one.
 * @throws {Error} `EADDRINUSE` when the port is taken.
 */
export async function listen(app: INestApplication, port: number): Promise<RunningServer> {
  await app.listen(port, 'localhost');
  const { port: actual } = new URL(await app.getUrl());
  return { url: `http://localhost:${actual}`, close: () => app.close() };
}
