import { HISTORY_FIELDS, type HistoryFrame } from '../../../src-preload/contract/layouts/HistoryFrame.ts';
import type { StreamSource } from '../../control/streams/StreamSource.ts';
import type { VmId } from '../../hypervisor/types.ts';
import type { PerformanceHistory } from './PerformanceHistory.ts';

const VM_AT = HISTORY_FIELDS.indexOf('vm');

/** How the machines did, from the oldest sample that is kept to the newest. */
export class HistorySource implements StreamSource {
  private readonly history: PerformanceHistory;
  private sent = 0;

  constructor(history: PerformanceHistory) {
    this.history = history;
  }

  next(): HistoryFrame | null {
    const samples = this.history.since(this.sent);
    this.sent = this.history.count;
    const latest = samples.at(-1);
    if (latest === undefined) return null;
    const numbers = new Map<VmId, number>();
    const packed = new Float64Array(samples.reduce((sum, { rows }) => sum + rows.length, 0));
    let at = 0;
    for (const { vms, rows } of samples) {
      packed.set(rows, at);
      for (const vm of vms) {
        const number = numbers.get(vm) ?? numbers.size;
        numbers.set(vm, number);
        packed[at + VM_AT] = number;
        at += HISTORY_FIELDS.length;
      }
    }
    return { atMs: latest.atMs, vms: [...numbers.keys()], samples: packed };
  }

  /** A hidden view still has what it was sent. */
  restart(): void {
    return;
  }

  dispose(): void {
    return;
  }
}
