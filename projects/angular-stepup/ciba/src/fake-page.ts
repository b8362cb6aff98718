import { jest } from '@jest/globals';

import { FakeCibaApi } from './fake-ciba-api';

/** When the clock starts, in seconds since the epoch. */
export const START = 1_000_000;

/** A page whose clock, network and visibility a test decides about. */
export class FakePage {
  readonly api = new FakeCibaApi();

  constructor() {
    jest.useFakeTimers({ now: START * 1000 });
    Object.assign(globalThis, { fetch: this.api.fetch });
    Object.defineProperty(crypto, 'subtle', { value: { digest }, configurable: true });
    this.show();
    this.setOnline(true);
  }

  /** Ends whatever goes on. */
  close(): void {
    window.dispatchEvent(new Event('pagehide'));
    jest.useRealTimers();
    sessionStorage.clear();
  }

  /** The end-user comes back to the page. */
  show(): void {
    Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }

  setOnline(isOnline: boolean): void {
    Object.defineProperty(navigator, 'onLine', { value: isOnline, configurable: true });
    window.dispatchEvent(new Event(isOnline ? 'online' : 'offline'));
  }

  /** The network goes, or comes back. */
  setNetwork(isUp: boolean): void {
    this.api.isDown = !isUp;
    if (!isUp) this.api.breakStreams();
    this.setOnline(isUp);
  }

  async pass(seconds: number): Promise<void> {
    await jest.advanceTimersByTimeAsync(seconds * 1000);
  }

  /** Time goes on, and no timer does. */
  async sleep(seconds: number): Promise<void> {
    this.api.breakStreams();
    jest.setSystemTime(Date.now() + seconds * 1000);
    await this.pass(0);
  }
}

/** That of jsdom is missing, and that of Node takes its time. */
function digest(_: string, data: Uint8Array): Promise<Uint8Array> {
  return Promise.resolve(
    process.getBuiltinModule('node:crypto').createHash('sha256').update(data).digest(),
  );
}
