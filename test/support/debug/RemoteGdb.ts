import { framed, PacketReader } from '../../../src-main/debug/gdb/packets.ts';
import type { DebugConnection } from '../../../src-main/hypervisor/threads/DebugConnection.ts';
import type { HypervisorService } from '../../../src-main/hypervisor/types.ts';

/** Speaks the remote protocol with a machine in its thread, as main hands its bytes on. */
export class RemoteGdb {
  readonly connection: DebugConnection;
  isClosed = false;
  private readonly reader = new PacketReader();
  private readonly replies: string[] = [];
  private arrived: () => void = () => undefined;

  constructor(hypervisor: HypervisorService, id: string) {
    const attached = hypervisor.attachDebugger(id, {
      write: (bytes) => this.take(bytes),
      close: () => {
        this.isClosed = true;
        this.arrived();
      },
    });
    if (!attached.ok) throw new Error(attached.error.message);
    this.connection = attached.value;
  }

  /** Sends a packet and returns the reply; after a resumption, the stop. */
  async ask(body: string): Promise<string> {
    this.send(body);
    return this.reply();
  }

  send(body: string): void {
    this.connection.receive(framed(body));
  }

  interrupt(): void {
    this.connection.receive(Uint8Array.of(3));
  }

  async reply(): Promise<string> {
    for (;;) {
      const reply = this.replies.shift();
      if (reply !== undefined) return reply;
      if (this.isClosed) return '(closed)';
      await new Promise<void>((resolve) => (this.arrived = resolve));
    }
  }

  private take(bytes: Uint8Array): void {
    for (const event of this.reader.push(bytes)) {
      if (event.kind !== 'packet') continue;
      const text = event.body.toString('latin1');
      if (!/^O[0-9a-f]{2}/.test(text)) this.replies.push(text);
    }
    this.arrived();
  }
}
