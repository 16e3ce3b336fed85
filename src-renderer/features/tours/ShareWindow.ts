import { bandCount, bandValue, type ScheduleFrame } from '../../../src-preload/contract/layouts/ScheduleFrame.ts';

/** Long enough for shares of a busy host to settle. */
const WINDOW_MS = 2000;

interface Band {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly receivedMs: number;
}

/** Machines' shares of a pCPU over the last seconds, without what the host took for something else: what weights and caps are about. */
export class ShareWindow {
  private bands: readonly Band[] = [];

  add(frame: ScheduleFrame): void {
    const added = Array.from({ length: bandCount(frame) }, (_, index): Band => ({
      id: frame.vms[bandValue(frame, index, 'vm')] ?? '',
      startMs: bandValue(frame, index, 'startMs'),
      endMs: bandValue(frame, index, 'endMs'),
      receivedMs: bandValue(frame, index, 'runMs') - bandValue(frame, index, 'stolenMs'),
    }));
    this.bands = [...this.bands, ...added].filter(({ startMs }) => startMs >= frame.atMs - WINDOW_MS);
  }

  /** From 0 to 1. */
  of(id: string): number {
    const firstMs = Math.min(...this.bands.map(({ startMs }) => startMs));
    const lastMs = Math.max(...this.bands.map(({ endMs }) => endMs));
    const own = this.bands.filter((band) => band.id === id);
    const receivedMs = own.reduce((sum, band) => sum + band.receivedMs, 0);
    return lastMs > firstMs ? receivedMs / (lastMs - firstMs) : 0;
  }
}
