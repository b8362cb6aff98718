import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BehaviorSubject, Observable, of, Subject } from 'rxjs';
import { EventStreams } from './event-streams.js';

class FakeResponse extends EventEmitter {
  written = '';
  writableEnded = false;
  destroyed = false;
  writableNeedDrain = false;
  writeHead = jest.fn();
  setHeader = jest.fn();
  write = (text: string) => void (this.written += text);
  end = () => {
    this.writableEnded = true;
    this.emit('close');
  };
  destroy = () => this.emit('close');
}

describe('EventStreams', () => {
  let response: FakeResponse;
  let streams: EventStreams;
  beforeEach(() => {
    jest.useFakeTimers();
    response = new FakeResponse();
    streams = new EventStreams();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const send = (source: Observable<object>) =>
    streams.send('topic', response as unknown as ServerResponse, source);

  it('writes events, and ends with its source', async () => {
    await send(of({ a: 1 }, { b: 'x\ny' }));
    expect(response.written).toBe(
      'event: status\ndata: {"a":1}\n\nevent: status\ndata: {"b":"x\\ny"}\n\n',
    );
    expect(response.writableEnded).toBe(true);
  });

  it('writes a comment every 15 seconds, and none after the end', async () => {
    const source = new Subject<object>();
    const sent = send(source);
    source.next({});
    jest.advanceTimersByTime(30_000);
    expect(response.written).toBe('event: status\ndata: {}\n\n:\n\n:\n\n');
    source.complete();
    await sent;
    expect(jest.getTimerCount()).toBe(0);
  });

  it('rejects with an error that comes before the first event, and writes nothing', async () => {
    const source = new Subject<object>();
    const sent = send(source);
    source.error(new Error('early'));
    await expect(sent).rejects.toThrow('early');
    expect(response.writeHead).not.toHaveBeenCalled();
    expect(response.listenerCount('close')).toBe(0);
  });

  it('rejects when its source ends before the first event, as it does with the process', async () => {
    const source = new Subject<object>();
    const sent = send(source);
    source.complete();
    await expect(sent).rejects.toMatchObject({ error: 'temporarily_unavailable' });
    expect(response.writableEnded).toBe(false);
    expect(response.listenerCount('close')).toBe(0);
  });

  it('ends with an error that comes later', async () => {
    const source = new Subject<object>();
    const sent = send(source);
    source.next({});
    source.error(new Error('late'));
    await expect(sent).resolves.toBeUndefined();
    expect(response.writableEnded).toBe(true);
    expect(response.written).not.toContain('late');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('lets go of its source when the browser leaves, also before the first event', async () => {
    for (const isOpen of [false, true]) {
      response = new FakeResponse();
      const source = new Subject<object>();
      const sent = send(source);
      if (isOpen) source.next({});
      response.destroy();
      await sent;
      expect(source.observed).toBe(false);
      expect(jest.getTimerCount()).toBe(0);
    }
  });

  it('opens nothing for a browser that has left before', async () => {
    response.destroyed = true;
    const source = new BehaviorSubject<object>({});
    await send(source);
    expect(source.observed).toBe(false);
    expect(response.writeHead).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends its streams with the process, and opens none after that', async () => {
    const source = new BehaviorSubject<object>({});
    const sent = send(source);
    streams.onModuleDestroy();
    await sent;
    expect(response.writableEnded).toBe(true);
    response = new FakeResponse();
    await expect(send(source)).rejects.toMatchObject({
      error: 'temporarily_unavailable',
      retryAfterSeconds: 1,
    });
    expect(source.observed).toBe(false);
  });

  it('drops a browser that does not read', async () => {
    const source = new Subject<object>();
    const sent = send(source);
    source.next({});
    response.writableNeedDrain = true;
    jest.advanceTimersByTime(15_000);
    await sent;
    expect(source.observed).toBe(false);
  });
});
