import type {
  CallInput,
  CallName,
  CallOutput,
  EventName,
  EventPayload,
  StreamFrame,
  StreamName,
  StreamParameters,
} from './contract.ts';
import type { Outcome } from './Outcome.ts';
import type { FileGrant } from './programs.ts';
import type { StreamDown, StreamUp } from './streams.ts';
import { STREAM_PORT_MESSAGE, type StreamPortMessage, type VivariumBridge } from './VivariumBridge.ts';

/** The part of a DOM MessagePort in use; this folder is compiled without the DOM's types. */
interface Port {
  postMessage(message: StreamUp): void;
  close(): void;
  onmessage: ((event: { readonly data: never }) => void) | null;
}

/** The part of a DOM window in use. */
export interface BridgeWindow {
  readonly vivarium: VivariumBridge;
  // The DOM's own overloads accept no narrower event type here.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  addEventListener(type: 'message', listener: (event: any) => void): void;
}

interface PortEvent {
  readonly source: unknown;
  readonly data: StreamPortMessage | null | undefined;
  readonly ports: readonly Port[];
}

export interface OpenStream {
  /** A hidden view gets no frames; the next frame after it is shown is a whole one. */
  setVisible(visible: boolean): void;
  close(): void;
}

export interface StreamHandlers<Name extends StreamName> {
  onFrame(frame: StreamFrame<Name>): void;
  /** No more will come: the machine is gone, or main refused. */
  onEnd?(outcome: Outcome<void>): void;
}

type OptionalInput<Input> = undefined extends Input ? [input?: Input] : [input: Input];

/** The bridge with its types: the renderer's only way to main. */
export class BridgeClient {
  private readonly bridge: VivariumBridge;
  private readonly waiting = new Map<number, (port: Port) => void>();
  private nextStreamId = 1;

  constructor(window: BridgeWindow) {
    this.bridge = window.vivarium;
    window.addEventListener('message', (event: PortEvent) => {
      // The preload shares this window, so its messages come from the window itself.
      if (event.source !== window || event.data?.type !== STREAM_PORT_MESSAGE) return;
      const port = event.ports[0];
      const accept = this.waiting.get(event.data.streamId);
      this.waiting.delete(event.data.streamId);
      if (port && accept) accept(port);
      else port?.close();
    });
  }

  async call<Name extends CallName>(
    name: Name,
    ...input: OptionalInput<CallInput<Name>>
  ): Promise<Outcome<CallOutput<Name>>> {
    // Main answers as the contract says: it is the same build.
    return (await this.bridge.call(name, input[0])) as Outcome<CallOutput<Name>>;
  }

  /** Returns its disposer. */
  subscribe<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void {
    // Braces: what a listener returns would be cloned on its way through the context bridge.
    return this.bridge.subscribe(name, (payload) => {
      listener(payload as EventPayload<Name>);
    });
  }

  async grantFile(file: object): Promise<Outcome<FileGrant>> {
    return (await this.bridge.grantFile(file)) as Outcome<FileGrant>;
  }

  /** Each frame is acknowledged once `onFrame` returns, so main never runs ahead of the view. */
  open<Name extends StreamName>(
    name: Name,
    parameters: StreamParameters<Name>,
    handlers: StreamHandlers<Name>,
  ): OpenStream {
    const streamId = this.nextStreamId++;
    let port: Port | null = null;
    let visible = true;
    let closed = false;

    this.waiting.set(streamId, (arrived) => {
      if (closed) {
        arrived.postMessage({ kind: 'close' });
        arrived.close();
        return;
      }
      port = arrived;
      // Assigning onmessage also starts the port.
      arrived.onmessage = (event: { readonly data: StreamDown<StreamFrame<Name>> }) => {
        if (closed) return;
        if (event.data.kind === 'end') {
          close();
          handlers.onEnd?.({ ok: true, value: undefined });
          return;
        }
        try {
          handlers.onFrame(event.data.frame);
        } finally {
          if (!closed) arrived.postMessage({ kind: 'ack', sequence: event.data.sequence });
        }
      };
      if (!visible) arrived.postMessage({ kind: 'visible', visible: false });
    });

    const close = (): void => {
      if (closed) return;
      closed = true;
      port?.postMessage({ kind: 'close' });
      port?.close();
    };

    void this.bridge.openStream(name, streamId, parameters).then((reply) => {
      const outcome = reply as Outcome<void>;
      if (outcome.ok) return;
      this.waiting.delete(streamId);
      closed = true;
      handlers.onEnd?.(outcome);
    });

    return {
      setVisible(now) {
        visible = now;
        port?.postMessage({ kind: 'visible', visible: now });
      },
      close,
    };
  }
}
