import type { ServerResponse } from 'node:http';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Observable, Subscription } from 'rxjs';
import { CibaException } from '../ciba.exception.js';
import type { HttpResponse } from './http-exchange.js';

const HEARTBEAT_MS = 15_000;
const MAX_STREAMS_PER_TOPIC = 5;

/**
 * Writes server-sent events, on Express and Fastify.
 *
 * Not by `@Sse()`: what it does with an error before the first event, and whether it lets go of a
 * source when the browser leaves, differs among the versions of Nest that this package supports.
 *
 * @see [Server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html)
 */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly open = new Map<string, Set<EventStream>>();
  private isStopped = false;

  /**
   * Sends what a source emits as `event: status` until it completes, or the browser leaves.
   *
   * An error of the source before its first value rejects, as does its end, so that it becomes an
   * ordinary answer;
   * a later one ends the stream, and the browser connects again. Of more than five streams of one
   * topic the oldest is ended.
   *
   * @param topic What the source is about: a transaction.
   * @throws {CibaException} `temporarily_unavailable` while the process ends.
   */
  async send(topic: string, response: HttpResponse, source: Observable<object>): Promise<void> {
    // A browser whose stream was ended comes back at once, and would keep the server from closing.
    if (this.isStopped) throw ending();
    const raw = 'raw' in response ? response.raw : response;
    const stream = new EventStream(raw, () => this.forget(topic, stream));
    await stream.follow(source, () => {
      if ('hijack' in response) response.hijack();
      this.remember(topic, stream);
      return 'getHeaders' in response && 'raw' in response ? response.getHeaders() : {};
    });
  }

  /** Ends all streams: a server with open connections does not close. */
  onModuleDestroy(): void {
    this.isStopped = true;
    for (const streams of this.open.values()) for (const stream of streams) stream.end();
  }

  private remember(topic: string, stream: EventStream): void {
    const streams = this.open.get(topic) ?? new Set();
    this.open.set(topic, streams.add(stream));
    const [oldest] = streams;
    if (streams.size > MAX_STREAMS_PER_TOPIC) oldest?.end();
  }

  private forget(topic: string, stream: EventStream): void {
    const streams = this.open.get(topic);
    streams?.delete(stream);
    if (streams?.size === 0) this.open.delete(topic);
  }
}

type Headers = Readonly<Record<string, number | string | string[] | undefined>>;

class EventStream {
  private subscription: Subscription | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private isOpen = false;
  private isEnded = false;

  constructor(
    private readonly response: ServerResponse,
    private readonly onEnd: () => void,
  ) {}

  /**
   * @param open Called before the first event; returns the headers to send.
   * @returns Resolves once the stream has ended, rejects if it fails before it is open.
   */
  follow(source: Observable<object>, open: () => Headers): Promise<void> {
    return new Promise((resolve, reject) => {
      // A source may emit at once, while it is being subscribed to.
      const end = () => {
        this.end();
        resolve();
      };
      // A browser that has left already is not told of again.
      if (this.response.destroyed) return end();
      this.response.once('close', end);
      this.subscription = source.subscribe({
        next: (event) => {
          if (this.isEnded) return;
          if (!this.isOpen) this.writeHead(open());
          this.write(`event: status\ndata: ${JSON.stringify(event)}\n\n`);
        },
        error: (error: unknown) => {
          if (this.isOpen || this.isEnded) return end();
          this.response.off('close', end);
          reject(error);
        },
        complete: () => {
          if (this.isOpen || this.isEnded) return end();
          // Its source has nothing to tell any more: the process ends.
          this.response.off('close', end);
          reject(ending());
        },
      });
      if (this.isEnded) this.subscription.unsubscribe();
    });
  }

  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    clearInterval(this.heartbeat);
    this.subscription?.unsubscribe();
    if (!this.response.writableEnded) this.response.end();
    this.onEnd();
  }

  private writeHead(headers: Headers): void {
    this.isOpen = true;
    this.response.writeHead(200, {
      ...definedOf(headers),
      'content-type': 'text/event-stream',
      // Compression would hold events back.
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    this.heartbeat = setInterval(() => this.write(':\n\n'), HEARTBEAT_MS).unref();
  }

  private write(text: string): void {
    // Whoever does not read what little there is has gone.
    if (this.response.writableNeedDrain) this.response.destroy();
    else this.response.write(text);
  }
}

function ending(): CibaException {
  const description = 'This instance is about to end: ask again';
  return new CibaException('temporarily_unavailable', description, { retryAfterSeconds: 1 });
}

function definedOf(headers: Headers): Record<string, number | string | string[]> {
  const defined: Record<string, number | string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) defined[name] = value;
  }
  return defined;
}
