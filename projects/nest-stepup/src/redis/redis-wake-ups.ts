import type { RedisGate } from './redis-gate.js';
import type { RedisPort, Subscriber } from './redis-port.js';

interface WatchedChannel {
  readonly name: string;
  readonly watchers: Set<{ readonly wake: () => void }>;
  readonly timer: NodeJS.Timeout;
  /** Resolves once Redis has confirmed it; absent when it has to be asked for again. */
  subscription: Promise<unknown> | undefined;
}

const RECONNECT_SECONDS = 1;

/**
 * Tells watchers of what is published, over one connection that is opened for the first of them.
 *
 * Redis publishes to who is connected at the moment and to nobody later. Watchers are therefore
 * also woken when the connection is back, and now and then without a reason.
 */
export class RedisWakeUps {
  private readonly channels = new Map<string, WatchedChannel>();
  private subscriber: Subscriber | undefined;
  private connectedAt = -Infinity;
  private closed = false;

  constructor(
    private readonly port: RedisPort,
    private readonly gate: RedisGate,
    private readonly fallbackSeconds: number,
  ) {}

  /** @throws {StoreUnreachableError} When Redis does not confirm it in time. */
  async watch(name: string, wake: () => void): Promise<() => void> {
    const channel = this.channels.get(name) ?? this.open(name);
    const watcher = { wake };
    channel.watchers.add(watcher);
    const leave = () => {
      if (channel.watchers.delete(watcher) && channel.watchers.size === 0) this.leave(channel);
    };
    try {
      await this.gate.run(() => this.subscribe(channel));
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  close(): void {
    this.closed = true;
    for (const { timer } of this.channels.values()) clearInterval(timer);
    this.channels.clear();
    this.subscriber?.close();
    this.subscriber = undefined;
  }

  private open(name: string): WatchedChannel {
    const timer = setInterval(() => {
      wakeAll(channel);
      // A failure is told by the gate, and made up for by the next wake-up.
      this.subscribe(channel).catch(() => undefined);
    }, this.fallbackSeconds * 1000);
    timer.unref();
    const channel: WatchedChannel = { name, watchers: new Set(), timer, subscription: undefined };
    if (!this.closed) this.channels.set(name, channel);
    return channel;
  }

  private leave(channel: WatchedChannel): void {
    clearInterval(channel.timer);
    if (this.channels.get(channel.name) === channel) this.channels.delete(channel.name);
    // Not before it is confirmed, as clients know nothing to end until then. One that was lost is
    // ended too: the client would bring it back.
    Promise.resolve(channel.subscription)
      .then(() => {
        if (!this.channels.has(channel.name)) return this.subscriber?.unsubscribe(channel.name);
        return undefined;
      })
      // The connection is gone, and the subscription with it.
      .catch(() => undefined);
  }

  private async subscribe(channel: WatchedChannel): Promise<unknown> {
    if (this.closed) throw new ConnectionEnded();
    const subscriber = (this.subscriber ??= this.connect());
    if (!channel.subscription) {
      const subscription = subscriber.subscribe(channel.name);
      channel.subscription = subscription;
      subscription.catch(() => {
        if (channel.subscription === subscription) channel.subscription = undefined;
      });
    }
    return channel.subscription;
  }

  private connect(): Subscriber {
    // A client that gives up at once would otherwise be made anew for each watcher.
    const now = performance.now();
    if (now - this.connectedAt < RECONNECT_SECONDS * 1000) throw new ConnectionEnded();
    this.connectedAt = now;
    const subscriber = this.port.openSubscriber({
      message: (name) => {
        const channel = this.channels.get(name);
        if (channel) wakeAll(channel);
      },
      ready: () => {
        this.gate.recovered();
        for (const channel of this.channels.values()) wakeAll(channel);
      },
      error: (error) => {
        if (!this.closed) this.gate.failed(error);
      },
      lost: () => {
        this.forgetSubscriptions();
      },
      end: () => {
        if (this.subscriber !== subscriber) return;
        this.subscriber = undefined;
        this.forgetSubscriptions();
      },
    });
    return subscriber;
  }

  private forgetSubscriptions(): void {
    for (const channel of this.channels.values()) channel.subscription = undefined;
  }
}

class ConnectionEnded extends Error {
  override readonly name = 'ConnectionEnded';
}

/** Later, so that no fault of a watcher gets into the client. */
function wakeAll({ watchers }: WatchedChannel): void {
  for (const { wake } of watchers) queueMicrotask(wake);
}
