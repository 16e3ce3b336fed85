import type { SerialFrame } from '../../../src-preload/contract/layouts/MachineViewFrame.ts';
import type { Disposer, HypervisorService, VmId } from '../../hypervisor/types.ts';

/** Output held for the next frame: as much as a new view is shown of the past. */
const WAITING_MOST = 256 * 1024;

/** What one of a machine's serial ports sends, from what is kept of the past on, for one view. */
export class SerialFollower {
  private readonly hypervisor: HypervisorService;
  private readonly id: VmId;
  private readonly port: number;
  private readonly disposers: readonly Disposer[];
  private isRestart = true;
  private chunks: Uint8Array[] = [];
  private droppedBytes = 0;
  /** In `chunks`. */
  private waitingBytes = 0;

  constructor(hypervisor: HypervisorService, id: VmId, port: number) {
    this.hypervisor = hypervisor;
    this.id = id;
    this.port = port;
    this.restart();
    this.disposers = [
      hypervisor.on('serial-output', (output) => {
        if (output.vmId !== id || output.port !== port) return;
        this.droppedBytes += output.droppedBytes;
        this.keep(output.bytes);
      }),
      hypervisor.on('vm-state', (change) => {
        if (change.id === id && change.to === 'starting') this.begin([]);
      }),
      hypervisor.on('vm-restored', (restored) => {
        if (restored.id === id) this.restart();
      }),
    ];
  }

  /** The next frame brings everything that is kept. */
  restart(): void {
    this.begin([this.hypervisor.console.serialHistory(this.id, this.port)]);
  }

  /** What came since the last frame; null: nothing. */
  take(): SerialFrame | null {
    const { isRestart, chunks, droppedBytes } = this;
    if (!isRestart && chunks.length === 0) return null;
    this.isRestart = false;
    this.chunks = [];
    this.droppedBytes = 0;
    this.waitingBytes = 0;
    return { restart: isRestart, bytes: new Uint8Array(Buffer.concat(chunks)), droppedBytes };
  }

  dispose(): void {
    for (const dispose of this.disposers) dispose();
  }

  private begin(chunks: Uint8Array[]): void {
    this.isRestart = true;
    this.chunks = chunks;
    this.droppedBytes = 0;
    this.waitingBytes = chunks.reduce((sum, { length }) => sum + length, 0);
  }

  /** A view that does not keep up, or does not look, loses the oldest. */
  private keep(bytes: Uint8Array): void {
    this.chunks.push(bytes);
    this.waitingBytes += bytes.length;
    while (this.waitingBytes > WAITING_MOST && this.chunks.length > 1) {
      const lost = this.chunks.shift()?.length ?? 0;
      this.waitingBytes -= lost;
      this.droppedBytes += lost;
    }
  }
}
