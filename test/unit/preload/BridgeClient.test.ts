import { beforeEach, describe, expect, test } from 'vitest';
import { BridgeClient, type BridgeWindow } from '../../../src-preload/contract/BridgeClient.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import { STREAM_PORT_MESSAGE } from '../../../src-preload/contract/VivariumBridge.ts';

class FakePort {
  readonly said: unknown[] = [];
  isClosed = false;
  onmessage: ((event: { readonly data: never }) => void) | null = null;
  postMessage = (message: unknown): void => void this.said.push(message);
  close = (): void => void (this.isClosed = true);
  deliver = (data: unknown): void => this.onmessage?.({ data: data as never });
}

class FakeWindow implements BridgeWindow {
  opened: { name: string; streamId: number; parameters: unknown }[] = [];
  outcome: Outcome<void> = { ok: true, value: undefined };
  private readonly listeners: ((event: object) => void)[] = [];
  readonly vivarium = {
    call: async (name: string, input: unknown) => ({ ok: true, value: [name, input] }),
    subscribe: () => () => undefined,
    openStream: async (name: string, streamId: number, parameters: unknown) => {
      this.opened.push({ name, streamId, parameters });
      return this.outcome;
    },
    grantFile: async () => ({ ok: false }),
  };
  addEventListener = (_type: 'message', listener: (event: object) => void): void => void this.listeners.push(listener);
  handOver = (port: FakePort, streamId: number, source: unknown = this): void => {
    const data = { type: STREAM_PORT_MESSAGE, streamId };
    for (const listener of this.listeners) listener({ source, data, ports: [port] });
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

let window: FakeWindow;
let client: BridgeClient;
let frames: unknown[];
let ends: unknown[];
const handlers = { onFrame: (frame: unknown) => void frames.push(frame), onEnd: (end: unknown) => void ends.push(end) };

beforeEach(() => {
  window = new FakeWindow();
  client = new BridgeClient(window);
  frames = [];
  ends = [];
});

test('a call passes its name and input on', async () => {
  expect(await client.call('vm:pause', { id: 'a' })).toEqual({ ok: true, value: ['vm:pause', { id: 'a' }] });
});

describe('a stream', () => {
  test('acknowledges each frame once it was handled', () => {
    client.open('stream:overview', {}, handlers);
    const port = new FakePort();
    window.handOver(port, 1);
    port.deliver({ kind: 'frame', sequence: 1, frame: 'a' });
    expect(frames).toEqual(['a']);
    expect(port.said).toEqual([{ kind: 'ack', sequence: 1 }]);
  });

  test('acknowledges a frame whose view failed, so that it does not starve', () => {
    client.open(
      'stream:overview',
      {},
      {
        onFrame() {
          throw new Error('a bug in the view');
        },
      },
    );
    const port = new FakePort();
    window.handOver(port, 1);
    expect(() => port.deliver({ kind: 'frame', sequence: 1, frame: 'a' })).toThrow('a bug');
    expect(port.said).toHaveLength(1);
  });

  test('closed before its port came closes the port', () => {
    const stream = client.open('stream:overview', {}, handlers);
    stream.close();
    const port = new FakePort();
    window.handOver(port, 1);
    expect(port.isClosed).toBe(true);
    expect(port.said).toEqual([{ kind: 'close' }]);
  });

  test('hidden before its port came stays hidden', () => {
    client.open('stream:overview', {}, handlers).setVisible(false);
    const port = new FakePort();
    window.handOver(port, 1);
    expect(port.said).toEqual([{ kind: 'visible', visible: false }]);
  });

  test('takes no port from another window', () => {
    client.open('stream:overview', {}, handlers);
    const port = new FakePort();
    window.handOver(port, 1, {});
    expect(port.onmessage).toBeNull();
  });

  test('says when it ends and why it was refused', async () => {
    client.open('stream:overview', {}, handlers);
    const port = new FakePort();
    window.handOver(port, 1);
    port.deliver({ kind: 'end' });
    window.outcome = { ok: false, problem: { code: 'machine-not-found', message: 'gone' } };
    client.open('stream:machine', { id: 'x', parts: ['screen'] }, handlers);
    await settle();
    expect(ends).toEqual([{ ok: true, value: undefined }, window.outcome]);
  });
});
