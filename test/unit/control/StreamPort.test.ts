import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { StreamPort, type Port } from '../../../src-main/control/streams/StreamPort.ts';
import type { StreamDown, StreamUp } from '../../../src-preload/contract/streams.ts';

class FakePort implements Port {
  readonly sent: StreamDown[] = [];
  isClosed = false;
  private readonly listeners: ((event: { readonly data: unknown }) => void)[] = [];
  postMessage = (message: StreamDown): void => void this.sent.push(message);
  start = (): void => undefined;
  close = (): void => void (this.isClosed = true);
  on = (event: string, listener: (event: { readonly data: unknown }) => void): void => {
    if (event === 'message') this.listeners.push(listener);
  };
  say = (message: StreamUp | string): void => this.listeners.forEach((listener) => listener({ data: message }));
}

let frames: unknown[] | null;
let restarts: number;
let isDisposed: boolean;
let isWindowVisible: boolean;
let port: FakePort;
let stream: StreamPort;

beforeEach(() => {
  vi.useFakeTimers();
  frames = null;
  restarts = 0;
  isDisposed = false;
  isWindowVisible = true;
  port = new FakePort();
  let counter = 0;
  const source = {
    next: () => (frames === null ? ++counter : (frames.shift() ?? null)),
    restart: () => void restarts++,
    dispose: () => void (isDisposed = true),
  };
  stream = new StreamPort(port, source, 16, () => isWindowVisible, () => undefined); // prettier-ignore
});
afterEach(() => {
  stream.close();
  vi.useRealTimers();
});

describe('a stream', () => {
  test('sends at its pace while the view keeps up', () => {
    for (let sequence = 1; sequence <= 5; sequence++) {
      port.say({ kind: 'ack', sequence });
      vi.advanceTimersByTime(16);
    }
    expect(port.sent).toHaveLength(6);
  });

  test('waits for a view that is two frames behind', () => {
    vi.advanceTimersByTime(1000);
    expect(port.sent).toHaveLength(2);
    port.say({ kind: 'ack', sequence: 1 });
    vi.advanceTimersByTime(100);
    expect(port.sent).toHaveLength(3);
  });

  test('an acknowledgement of frames never sent opens no flood', () => {
    port.say({ kind: 'ack', sequence: 1_000_000 });
    vi.advanceTimersByTime(1000);
    expect(port.sent).toHaveLength(3);
  });

  test('is silent while nothing has changed', () => {
    frames = [];
    vi.advanceTimersByTime(1000);
    expect(port.sent).toHaveLength(1);
  });

  test('is silent while its view or the window is hidden, and starts whole again', () => {
    port.say({ kind: 'ack', sequence: 1 });
    port.say({ kind: 'visible', visible: false });
    vi.advanceTimersByTime(1000);
    expect(port.sent).toHaveLength(1);
    port.say({ kind: 'visible', visible: true });
    expect(restarts).toBe(1);
    isWindowVisible = false;
    vi.advanceTimersByTime(1000);
    expect(port.sent).toHaveLength(1);
    isWindowVisible = true;
    vi.advanceTimersByTime(16);
    expect(port.sent).toHaveLength(2);
  });

  test('ends with its source', () => {
    frames = ['end'];
    vi.advanceTimersByTime(16);
    expect(port.sent.at(-1)).toEqual({ kind: 'end' });
    expect([port.isClosed, isDisposed]).toEqual([true, true]);
  });

  test('ends when the view closes it, and ignores what it does not understand', () => {
    port.say('nonsense');
    port.say({ kind: 'close' });
    vi.advanceTimersByTime(1000);
    expect(port.sent).toHaveLength(1);
    expect(isDisposed).toBe(true);
  });
});
