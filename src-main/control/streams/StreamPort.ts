import { StreamUp, type StreamDown } from '../../../src-preload/contract/streams.ts';
import type { StreamSource } from './StreamSource.ts';

/** The part of Electron's MessagePortMain in use. */
export interface Port {
  postMessage(message: StreamDown): void;
  start(): void;
  close(): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
}

/** Frames that may be under way: one being drawn, one waiting. */
const UNACKNOWLEDGED_MOST = 2;

/** One open stream: asks its source at a steady pace while its view looks and keeps up. */
export class StreamPort {
  private readonly port: Port;
  private readonly source: StreamSource;
  private readonly onClose: () => void;
  private readonly timer: NodeJS.Timeout;
  private readonly isWindowVisible: () => boolean;
  private sequence = 0;
  private acknowledged = 0;
  private isViewVisible = true;
  private isClosed = false;

  constructor(
    port: Port,
    source: StreamSource,
    intervalMs: number,
    isWindowVisible: () => boolean,
    onClose: () => void,
  ) {
    this.port = port;
    this.source = source;
    this.isWindowVisible = isWindowVisible;
    this.onClose = onClose;
    port.on('message', ({ data }) => this.receive(data));
    port.on('close', () => this.close());
    port.start();
    this.timer = setInterval(() => this.tick(), intervalMs);
    this.tick();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.timer);
    this.source.dispose();
    this.port.close();
    this.onClose();
  }

  private tick(): void {
    if (this.isClosed || !this.isViewVisible || !this.isWindowVisible()) return;
    if (this.sequence - this.acknowledged >= UNACKNOWLEDGED_MOST) return;
    const frame = this.source.next();
    if (frame === null) return;
    if (frame === 'end') {
      this.port.postMessage({ kind: 'end' });
      this.close();
      return;
    }
    this.sequence += 1;
    this.port.postMessage({ kind: 'frame', sequence: this.sequence, frame });
  }

  private receive(data: unknown): void {
    const message = StreamUp.safeParse(data);
    if (!message.success || this.isClosed) return;
    switch (message.data.kind) {
      case 'ack':
        this.acknowledged = Math.min(this.sequence, Math.max(this.acknowledged, message.data.sequence));
        break;
      case 'visible':
        if (message.data.visible && !this.isViewVisible) this.source.restart();
        this.isViewVisible = message.data.visible;
        break;
      case 'close':
        this.close();
        break;
    }
  }
}
