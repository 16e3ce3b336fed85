import type { SerialFrame } from '../../../src-preload/contract/layouts/MachineViewFrame.ts';
import { ByteHistory } from '../../hypervisor/ByteHistory.ts';
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
  /** A view that does not keep up, or does not look, loses the oldest. */
  private readonly waiting = new ByteHistory(WAITING_MOST);
  /** Since the last frame, with those that the machine's thread has dropped. */
  private receivedBytes = 0;

  constructor(hypervisor: HypervisorService, id: VmId, port: number) {
    this.hypervisor = hypervisor;
    this.id = id;
    this.port = port;
    this.restart();
    this.disposers = [
      hypervisor.on('serial-output', (output) => {
        if (output.vmId !== id || output.port !== port) return;
        this.receivedBytes += output.droppedBytes + output.bytes.length;
        this.waiting.append(output.bytes);
      }),
      hypervisor.on('vm-state', (change) => {
        if (change.id === id && change.to === 'starting') this.begin(new Uint8Array(0));
      }),
      hypervisor.on('vm-restored', (restored) => {
        if (restored.id === id) this.restart();
      }),
    ];
  }

  /** The next frame brings everything that is kept. */
  restart(): void {
    this.begin(this.hypervisor.console.serialHistory(this.id, this.port));
  }

  /** What came since the last frame; null: nothing. */
  take(): SerialFrame | null {
    const { isRestart, receivedBytes } = this;
    if (!isRestart && receivedBytes === 0) return null;
    const bytes = this.waiting.bytes();
    this.isRestart = false;
    this.clear();
    return { restart: isRestart, bytes, droppedBytes: receivedBytes - bytes.length };
  }

  dispose(): void {
    for (const dispose of this.disposers) dispose();
  }

  private begin(past: Uint8Array): void {
    this.isRestart = true;
    this.clear();
    this.receivedBytes = past.length;
    this.waiting.append(past);
  }

  private clear(): void {
    this.waiting.clear();
    this.receivedBytes = 0;
  }
}
