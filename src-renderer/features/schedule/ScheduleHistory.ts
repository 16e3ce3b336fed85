import { EXIT_KINDS, type ExitKind } from '../../../src-preload/contract/layouts/ExitKinds.ts';
import {
  BAND_FIELDS,
  EXIT_FIELDS,
  SLICE_ENDS,
  SLICE_FIELDS,
  bandCount,
  bandValue,
  exitCount,
  exitValue,
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
/** Some seconds of guests that do nothing but exit, many minutes of others. */
const EXITS_KEPT = 131_072;
/** By so much they may come later than others that ended after them. */
const EXITS_LATE_MS = 5;

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
  exits: number;
  interrupts: number;
}

/** One exit, or several of a kind. */
export interface Exit {
  startMs: number;
  endMs: number;
  vm: string;
  vcpu: number;
  kind: ExitKind;
  times: number;
  detail: number;
}

/** Who ran where and who waited, as far back as it is kept. */
export class ScheduleHistory {
  pcpuCount = 0;
  /** Main's clock at the newest frame, and the window's clock when that frame came. */
  #newestMs = 0;
  #receivedAt = 0;
  readonly #slices = new RecordRing(SLICES_KEPT, SLICE_FIELDS.length);
  readonly #bands = new RecordRing(BANDS_KEPT, BAND_FIELDS.length);
  readonly #exits = new RecordRing(EXITS_KEPT, EXIT_FIELDS.length);
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
    exits: 0,
    interrupts: 0,
  };
  readonly #exit: Exit = { startMs: 0, endMs: 0, vm: '', vcpu: 0, kind: 'pio', times: 0, detail: -1 };

  apply(frame: ScheduleFrame): void {
    this.pcpuCount = frame.pcpuCount;
    this.#newestMs = frame.atMs;
    this.#receivedAt = performance.now();
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
        bandValue(frame, index, 'exits'),
        bandValue(frame, index, 'interrupts'),
      ]);
    }
    for (let index = 0; index < exitCount(frame); index++) {
      this.#exits.push([
        exitValue(frame, index, 'startMs'),
        exitValue(frame, index, 'endMs'),
        this.#vmNumber(frame.vms[exitValue(frame, index, 'vm')] ?? ''),
        exitValue(frame, index, 'vcpu'),
        exitValue(frame, index, 'kind'),
        exitValue(frame, index, 'times'),
        exitValue(frame, index, 'detail'),
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
      band.exits = ring.value(index, 10);
      band.interrupts = ring.value(index, 11);
      visit(band);
    }
  }

  /** As `eachSlice`, with the exits that are known. */
  eachExit(fromMs: number, toMs: number, visit: (exit: Readonly<Exit>) => void): void {
    const ring = this.#exits;
    for (let index = ring.lowerBound(1, fromMs - EXITS_LATE_MS); index < ring.length; index++) {
      const exit = this.#exit;
      exit.startMs = ring.value(index, 0);
      if (exit.startMs > toMs + EXITS_LATE_MS) break;
      exit.endMs = ring.value(index, 1);
      if (exit.startMs > toMs || exit.endMs < fromMs) continue;
      exit.vm = this.#vms[ring.value(index, 2)] ?? '';
      exit.vcpu = ring.value(index, 3);
      exit.kind = EXIT_KINDS[ring.value(index, 4)] ?? 'pio';
      exit.times = ring.value(index, 5);
      exit.detail = ring.value(index, 6);
      visit(exit);
    }
  }

  #vmNumber(vm: string): number {
    const known = this.#vms.indexOf(vm);
    return known >= 0 ? known : this.#vms.push(vm) - 1;
  }
}
