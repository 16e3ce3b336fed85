import {
  BAND_FIELDS,
  SLICE_ENDS,
  SLICE_FIELDS,
  bandCount,
  bandValue,
  sliceCount,
  sliceValue,
  type ScheduleFrame,
  type SliceEnd,
} from '../../../src-preload/contract/layouts/ScheduleFrame.ts';
import { RecordRing } from '../../ui/RecordRing.ts';

/** A minute of five-millisecond slices on ten pCPUs. */
const SLICES_KEPT = 131_072;
/** Five minutes of a hundred vCPUs. */
const BANDS_KEPT = 131_072;

export interface Slice {
  startMs: number;
  endMs: number;
  pcpu: number;
  vm: string;
  vcpu: number;
  end: SliceEnd;
  waitedMs: number;
}

export interface Band {
  startMs: number;
  endMs: number;
  vm: string;
  vcpu: number;
  runMs: number;
  readyMs: number;
  haltedMs: number;
  cappedMs: number;
  entitledMs: number;
  stolenMs: number;
}

/** Who ran where and who waited, as far back as it is kept. */
export class ScheduleHistory {
  pcpuCount = 0;
  /** Main's clock at the newest frame, and the window's clock when that frame came. */
  #newestMs = 0;
  #receivedAt = 0;
  lost = 0;
  readonly #slices = new RecordRing(SLICES_KEPT, SLICE_FIELDS.length);
  readonly #bands = new RecordRing(BANDS_KEPT, BAND_FIELDS.length);
  readonly #vms: string[] = [];
  readonly #slice: Slice = { startMs: 0, endMs: 0, pcpu: 0, vm: '', vcpu: 0, end: 'slice', waitedMs: 0 };
  readonly #band: Band = {
    startMs: 0,
    endMs: 0,
    vm: '',
    vcpu: 0,
    runMs: 0,
    readyMs: 0,
    haltedMs: 0,
    cappedMs: 0,
    entitledMs: 0,
    stolenMs: 0,
  };

  apply(frame: ScheduleFrame): void {
    this.pcpuCount = frame.pcpuCount;
    this.#newestMs = frame.atMs;
    this.#receivedAt = performance.now();
    this.lost += frame.lost;
    for (let index = 0; index < sliceCount(frame); index++) {
      this.#slices.push([
        sliceValue(frame, index, 'startMs'),
        sliceValue(frame, index, 'endMs'),
        sliceValue(frame, index, 'pcpu'),
        this.#vmNumber(frame.vms[sliceValue(frame, index, 'vm')] ?? ''),
        sliceValue(frame, index, 'vcpu'),
        sliceValue(frame, index, 'end'),
        sliceValue(frame, index, 'waitedMs'),
      ]);
    }
    for (let index = 0; index < bandCount(frame); index++) {
      this.#bands.push([
        bandValue(frame, index, 'startMs'),
        bandValue(frame, index, 'endMs'),
        this.#vmNumber(frame.vms[bandValue(frame, index, 'vm')] ?? ''),
        bandValue(frame, index, 'vcpu'),
        bandValue(frame, index, 'runMs'),
        bandValue(frame, index, 'readyMs'),
        bandValue(frame, index, 'haltedMs'),
        bandValue(frame, index, 'cappedMs'),
        bandValue(frame, index, 'entitledMs'),
        bandValue(frame, index, 'stolenMs'),
      ]);
    }
  }

  /** Main's clock now, as well as the window can tell. */
  get nowMs(): number {
    return this.#receivedAt === 0 ? 0 : this.#newestMs + (performance.now() - this.#receivedAt);
  }

  /** Oldest moment of which anything is known. */
  get oldestMs(): number {
    return this.#slices.length > 0 ? this.#slices.value(0, 0) : this.#newestMs;
  }

  /** Calls back with each slice that touches the range; the object is reused. */
  eachSlice(fromMs: number, toMs: number, visit: (slice: Readonly<Slice>) => void): void {
    const ring = this.#slices;
    // Slices come in the order of their ends.
    for (let index = ring.lowerBound(1, fromMs); index < ring.length; index++) {
      const slice = this.#slice;
      slice.startMs = ring.value(index, 0);
      if (slice.startMs > toMs + 1000) break;
      slice.endMs = ring.value(index, 1);
      slice.pcpu = ring.value(index, 2);
      slice.vm = this.#vms[ring.value(index, 3)] ?? '';
      slice.vcpu = ring.value(index, 4);
      slice.end = SLICE_ENDS[ring.value(index, 5)] ?? 'slice';
      slice.waitedMs = ring.value(index, 6);
      if (slice.startMs < toMs) visit(slice);
    }
  }

  /** As `eachSlice`, with what each vCPU did. */
  eachBand(fromMs: number, toMs: number, visit: (band: Readonly<Band>) => void): void {
    const ring = this.#bands;
    // As the slices, bands come in the order of their ends.
    for (let index = ring.lowerBound(1, fromMs); index < ring.length; index++) {
      const band = this.#band;
      band.startMs = ring.value(index, 0);
      band.endMs = ring.value(index, 1);
      if (band.startMs >= toMs || band.endMs <= fromMs) continue;
      band.vm = this.#vms[ring.value(index, 2)] ?? '';
      band.vcpu = ring.value(index, 3);
      band.runMs = ring.value(index, 4);
      band.readyMs = ring.value(index, 5);
      band.haltedMs = ring.value(index, 6);
      band.cappedMs = ring.value(index, 7);
      band.entitledMs = ring.value(index, 8);
      band.stolenMs = ring.value(index, 9);
      visit(band);
    }
  }

  #vmNumber(vm: string): number {
    const known = this.#vms.indexOf(vm);
    return known >= 0 ? known : this.#vms.push(vm) - 1;
  }
}
