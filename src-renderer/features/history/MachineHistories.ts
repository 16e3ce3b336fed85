import {
  HISTORY_FIELDS,
  historySampleCount,
  type HistoryField,
  type HistoryFrame,
} from '../../../src-preload/contract/layouts/HistoryFrame.ts';
import { RecordRing } from '../../ui/RecordRing.ts';

/** As many as main keeps. */
const SAMPLES_KEPT = 4000;
const FIELDS = HISTORY_FIELDS.length;
const AT = HISTORY_FIELDS.indexOf('atMs');
const VM = HISTORY_FIELDS.indexOf('vm');

/** How each machine did, sample by sample, as far back as it is kept. */
export class MachineHistories {
  /** Main's clock at the newest sample. */
  newestMs = 0;
  oldestMs = 0;
  readonly #rings = new Map<string, RecordRing>();

  apply(frame: HistoryFrame): void {
    this.newestMs = frame.atMs;
    for (let index = 0; index < historySampleCount(frame); index++) {
      const sample = frame.samples.subarray(index * FIELDS, (index + 1) * FIELDS);
      const vm = frame.vms[sample[VM] ?? 0];
      if (vm === undefined) continue;
      if (this.oldestMs === 0) this.oldestMs = sample[AT] ?? 0;
      this.#ringOf(vm).push(sample);
    }
  }

  /** Calls back with each value of the range, and the ones right before and behind it, so that lines reach its edges. */
  each(
    vm: string,
    field: HistoryField,
    fromMs: number,
    toMs: number,
    visit: (atMs: number, value: number) => void,
  ): void {
    const ring = this.#rings.get(vm);
    if (ring === undefined) return;
    const at = HISTORY_FIELDS.indexOf(field);
    for (let index = Math.max(0, ring.lowerBound(AT, fromMs) - 1); index < ring.length; index++) {
      const atMs = ring.value(index, AT);
      visit(atMs, ring.value(index, at));
      if (atMs > toMs) break;
    }
  }

  /** The sample that covers a moment: the first at or behind it; undefined where the machine was off. */
  valueAt(vm: string, field: HistoryField, atMs: number): number | undefined {
    const ring = this.#rings.get(vm);
    if (ring === undefined) return undefined;
    const index = ring.lowerBound(AT, atMs);
    if (index >= ring.length || ring.value(index, AT) - atMs > GAP_MS) return undefined;
    return ring.value(index, HISTORY_FIELDS.indexOf(field));
  }

  #ringOf(vm: string): RecordRing {
    let ring = this.#rings.get(vm);
    if (ring === undefined) this.#rings.set(vm, (ring = new RecordRing(SAMPLES_KEPT, FIELDS)));
    return ring;
  }
}

/** Samples come four times a second: where they are further apart the machine was off, or main was busy. */
export const GAP_MS = 1500;
