/**
 * The scheduler's whole state in one buffer, so that threads share it and a test can hold it in plain memory.
 *
 * Everything but the words named "atomic" is read and written only by the holder of the lock, whose word
 * orders those accesses. Times are milliseconds on one monotonic clock.
 */

export const SCHEDULER_SLOTS = 256;
export const SCHEDULER_PCPUS_MOST = 64;
export const TRACE_CAPACITY = 8192;

/** What a slot's vCPU is doing, as the scheduler sees it. */
export const PHASE = {
  /** The slot is free. */
  free: 0,
  /** Not to be run: off, paused. Its time counts nowhere. */
  stopped: 1,
  /** HLT: waits for an interrupt. */
  halted: 2,
  /** Wants to run; every pCPU is taken. */
  ready: 3,
  /** Holds a pCPU. */
  running: 4,
  /** Wants to run; its cap is used up until its next period. */
  capped: 5,
} as const;
export type Phase = (typeof PHASE)[keyof typeof PHASE];

/** Why a stay on a pCPU ended; stored in the trace. Order of SLICE_ENDS in types.ts. */
export const SLICE_END = { slice: 0, halt: 1, stop: 2, capped: 3, preempted: 4, died: 5, moved: 6 } as const;
export type SliceEndCode = (typeof SLICE_END)[keyof typeof SLICE_END];

/** Either word of the places of one that is not pinned. */
export const ALL_PCPUS = -1;

const HEADER_BYTES = 64;
const VCPU_BYTES = 208;
const TRACE_BYTES = 32;

const PCPUS_AT = HEADER_BYTES;
const VCPUS_AT = PCPUS_AT + SCHEDULER_PCPUS_MOST * 4;
const TRACE_AT = VCPUS_AT + SCHEDULER_SLOTS * VCPU_BYTES;
export const SCHEDULER_BYTES = TRACE_AT + TRACE_CAPACITY * TRACE_BYTES;

/** Offset of the atomic words, in 32-bit words. */
export const LOCK_WORD = 0;
export const LOCK_WAITERS_WORD = 1;
const VCPU_SIGNAL = 0;
const VCPU_PREEMPT = 4;
const VCPU_OWED = 28;

/** All fields little-endian: typed arrays see the host's order, and every host that V8 runs on here is little-endian. */
const LE = true;

/** What a vCPU is entitled to; may change at any time. */
export interface VcpuShare {
  readonly weight: number;
  /** Cap as a fraction of one pCPU; 1 when there is none. */
  readonly limit: number;
  /** The pCPUs it is pinned to; null: it may run on any. */
  readonly pcpus: readonly number[] | null;
  /** Its own slice; null: the scheduler's. */
  readonly sliceMs: number | null;
}

/** The `pool` of one that does not compete. */
export const NO_POOL = -1;
/** The `pool` of those whose pCPUs are more than they may use: each has all that its cap allows, and owes nothing to the others. */
export const POOL_WITH_ROOM = -2;

/** One vCPU's entry. */
export class VcpuSlot {
  readonly index: number;
  readonly #ints: Int32Array;
  readonly #floats: Float64Array;
  readonly #at: number;

  constructor(ints: Int32Array, floats: Float64Array, index: number) {
    this.index = index;
    this.#ints = ints;
    this.#floats = floats;
    this.#at = VCPUS_AT + index * VCPU_BYTES;
  }

  #int(offset: number): number {
    return this.#ints[(this.#at + offset) >> 2] ?? 0;
  }
  #setInt(offset: number, value: number): void {
    this.#ints[(this.#at + offset) >> 2] = value;
  }
  #float(offset: number): number {
    return this.#floats[(this.#at + offset) >> 3] ?? 0;
  }
  #setFloat(offset: number, value: number): void {
    this.#floats[(this.#at + offset) >> 3] = value;
  }

  /** Index of the atomic word that is raised and notified when this vCPU's thread has something to look at. */
  get signalWord(): number {
    return (this.#at + VCPU_SIGNAL) >> 2;
  }
  /** Index of the atomic word that is 1 when this vCPU should give up its pCPU before the end of its slice. */
  get preemptWord(): number {
    return (this.#at + VCPU_PREEMPT) >> 2;
  }
  /** Index of the atomic word to which others add the microseconds that they have worked for this vCPU. */
  get owedWord(): number {
    return (this.#at + VCPU_OWED) >> 2;
  }
  get preempt(): boolean {
    return this.#int(VCPU_PREEMPT) !== 0;
  }
  set preempt(value: boolean) {
    this.#setInt(VCPU_PREEMPT, value ? 1 : 0);
  }

  get phase(): Phase {
    return this.#int(8) as Phase; // Only the setter below writes this field.
  }
  set phase(value: Phase) {
    this.#setInt(8, value);
  }
  /** The pCPU held, or -1. */
  get pcpu(): number {
    return this.#int(12);
  }
  set pcpu(value: number) {
    this.#setInt(12, value);
  }
  get weight(): number {
    return this.#int(16);
  }
  set weight(value: number) {
    this.#setInt(16, value);
  }
  /** Tells apart the vCPUs that have used this slot one after the other; what the trace names. */
  get incarnation(): number {
    return this.#int(20);
  }
  set incarnation(value: number) {
    this.#setInt(20, value);
  }
  get sliceCount(): number {
    return this.#int(24);
  }
  set sliceCount(value: number) {
    this.#setInt(24, value);
  }
  /** Cap as a fraction of one pCPU; 1 when there is none. */
  get limit(): number {
    return this.#float(32);
  }
  set limit(value: number) {
    this.#setFloat(32, value);
  }
  /** Share of one pCPU that it is entitled to among those that want to run now. */
  get rate(): number {
    return this.#float(40);
  }
  set rate(value: number) {
    this.#setFloat(40, value);
  }
  /** Time it is owed (positive) or has had too much (negative). */
  get lag(): number {
    return this.#float(48);
  }
  set lag(value: number) {
    this.#setFloat(48, value);
  }
  /** Time it may still run in its present cap period; at most zero means capped. */
  get quotaLeft(): number {
    return this.#float(56);
  }
  set quotaLeft(value: number) {
    this.#setFloat(56, value);
  }
  get periodStart(): number {
    return this.#float(64);
  }
  set periodStart(value: number) {
    this.#setFloat(64, value);
  }
  get sliceStart(): number {
    return this.#float(72);
  }
  set sliceStart(value: number) {
    this.#setFloat(72, value);
  }
  get sliceEnd(): number {
    return this.#float(80);
  }
  set sliceEnd(value: number) {
    this.#setFloat(80, value);
  }
  /** How long it has held a pCPU. */
  get runMs(): number {
    return this.#float(88);
  }
  set runMs(value: number) {
    this.#setFloat(88, value);
  }
  get readyMs(): number {
    return this.#float(96);
  }
  set readyMs(value: number) {
    this.#setFloat(96, value);
  }
  get haltedMs(): number {
    return this.#float(104);
  }
  set haltedMs(value: number) {
    this.#setFloat(104, value);
  }
  get cappedMs(): number {
    return this.#float(112);
  }
  set cappedMs(value: number) {
    this.#setFloat(112, value);
  }
  /** pCPUs 0..31 it is pinned to, one bit each; no bit here and in `pinsHigh`: any. */
  get pinsLow(): number {
    return this.#int(144);
  }
  set pinsLow(value: number) {
    this.#setInt(144, value);
  }
  /** The same for pCPUs 32..63. */
  get pinsHigh(): number {
    return this.#int(148);
  }
  set pinsHigh(value: number) {
    this.#setInt(148, value);
  }
  /** pCPUs 0..31 on which it may be put now: derived from the pins and the pCPUs there are; all bits: anywhere. */
  get placesLow(): number {
    return this.#int(152);
  }
  set placesLow(value: number) {
    this.#setInt(152, value);
  }
  get placesHigh(): number {
    return this.#int(156);
  }
  set placesHigh(value: number) {
    this.#setInt(156, value);
  }
  /** Which of the pools its rate was computed in: the pCPUs of a pool, and those who compete for them; NO_POOL; or POOL_WITH_ROOM. */
  get pool(): number {
    return this.#int(160);
  }
  set pool(value: number) {
    this.#setInt(160, value);
  }
  /** Whether there are pCPUs on which it may not be put. */
  get isPinned(): boolean {
    return this.placesLow !== ALL_PCPUS || this.placesHigh !== ALL_PCPUS;
  }
  mayRunOn(pcpu: number): boolean {
    return (((pcpu < 32 ? this.placesLow : this.placesHigh) >>> (pcpu & 31)) & 1) !== 0;
  }
  /** pCPUs 0..31 of its pool, by which `isAtHomeOn` goes. */
  get homeLow(): number {
    return this.#int(164);
  }
  set homeLow(value: number) {
    this.#setInt(164, value);
  }
  get homeHigh(): number {
    return this.#int(168);
  }
  set homeHigh(value: number) {
    this.#setInt(168, value);
  }
  /** Whether its rate was computed with this pCPU: elsewhere it runs only while nobody else would. */
  isAtHomeOn(pcpu: number): boolean {
    return (((pcpu < 32 ? this.homeLow : this.homeHigh) >>> (pcpu & 31)) & 1) !== 0 && this.mayRunOn(pcpu);
  }
  /** Time that it may still run before all others because it has only just woken, and is owed it. */
  get boostLeft(): number {
    return this.#float(176);
  }
  set boostLeft(value: number) {
    this.#setFloat(176, value);
  }
  /** Its own slice; 0: the scheduler's. */
  get ownSliceMs(): number {
    return this.#float(200);
  }
  set ownSliceMs(value: number) {
    this.#setFloat(200, value);
  }
  /** Since when it is ready. */
  get readySince(): number {
    return this.#float(128);
  }
  set readySince(value: number) {
    this.#setFloat(128, value);
  }
  /** How long it was ready before its present slice. */
  get waitedMs(): number {
    return this.#float(136);
  }
  set waitedMs(value: number) {
    this.#setFloat(136, value);
  }
  /** Of `runMs`: for how long the host ran something else than its thread. */
  get stolenMs(): number {
    return this.#float(184);
  }
  set stolenMs(value: number) {
    this.#setFloat(184, value);
  }
  /** Counted in `entitledMs` although the host took it: comes off what is counted next, so that the count never falls. */
  get entitledExcessMs(): number {
    return this.#float(192);
  }
  set entitledExcessMs(value: number) {
    this.#setFloat(192, value);
  }
  /** What its rate gave it while it competed. */
  get entitledMs(): number {
    return this.#float(120);
  }
  set entitledMs(value: number) {
    this.#setFloat(120, value);
  }
}

export interface TraceEntry {
  readonly incarnation: number;
  readonly pcpu: number;
  readonly end: SliceEndCode;
  readonly startMs: number;
  readonly endMs: number;
  /** Time for which it was ready before. */
  readonly waitedMs: number;
}

export class SchedulerState {
  readonly buffer: SharedArrayBuffer | ArrayBuffer;
  /** For Atomics. */
  readonly words: Int32Array;
  readonly slots: readonly VcpuSlot[];
  readonly #view: DataView;

  constructor(buffer: SharedArrayBuffer | ArrayBuffer) {
    const view = new DataView(buffer);
    this.buffer = buffer;
    this.words = new Int32Array(buffer);
    this.#view = view;
    const floats = new Float64Array(buffer);
    this.slots = Array.from({ length: SCHEDULER_SLOTS }, (_, index) => new VcpuSlot(this.words, floats, index));
  }

  /** The slot must exist: indices come from `add`, never from a guest. */
  slot(index: number): VcpuSlot {
    const slot = this.slots[index];
    if (slot === undefined) throw new RangeError(`no scheduler slot ${index}`);
    return slot;
  }

  get pcpuCount(): number {
    return this.#view.getInt32(8, LE);
  }
  set pcpuCount(value: number) {
    this.#view.setInt32(8, value, LE);
  }
  /** One more than the highest slot ever used: no loop needs to look further. */
  get slotsUsed(): number {
    return this.#view.getInt32(12, LE);
  }
  set slotsUsed(value: number) {
    this.#view.setInt32(12, value, LE);
  }
  /** The set of those who want to run, or a weight or limit, has changed since rates were computed. */
  get ratesStale(): boolean {
    return this.#view.getInt32(16, LE) !== 0;
  }
  set ratesStale(value: boolean) {
    this.#view.setInt32(16, value ? 1 : 0, LE);
  }
  /** Slices recorded so far; the next goes to this number modulo the capacity. */
  get traceCount(): number {
    return this.#view.getFloat64(24, LE);
  }
  set traceCount(value: number) {
    this.#view.setFloat64(24, value, LE);
  }
  get sliceMs(): number {
    return this.#view.getFloat64(32, LE);
  }
  set sliceMs(value: number) {
    this.#view.setFloat64(32, value, LE);
  }
  /** The longest slice that any vCPU has, in milliseconds; as stale as the rates. */
  get longestSliceMs(): number {
    return this.#view.getFloat64(48, LE);
  }
  set longestSliceMs(value: number) {
    this.#view.setFloat64(48, value, LE);
  }
  /** Until when lags and times are accounted. */
  get accountedTo(): number {
    return this.#view.getFloat64(40, LE);
  }
  set accountedTo(value: number) {
    this.#view.setFloat64(40, value, LE);
  }

  /** Slot that holds a pCPU, or -1. */
  pcpuSlot(pcpu: number): number {
    return this.#view.getInt32(PCPUS_AT + pcpu * 4, LE);
  }
  setPcpuSlot(pcpu: number, slot: number): void {
    this.#view.setInt32(PCPUS_AT + pcpu * 4, slot, LE);
  }

  recordSlice(entry: TraceEntry): void {
    const at = TRACE_AT + (this.traceCount % TRACE_CAPACITY) * TRACE_BYTES;
    this.#view.setInt32(at, entry.incarnation, LE);
    this.#view.setInt32(at + 4, (entry.pcpu << 8) | entry.end, LE);
    this.#view.setFloat64(at + 8, entry.startMs, LE);
    this.#view.setFloat64(at + 16, entry.endMs, LE);
    this.#view.setFloat64(at + 24, entry.waitedMs, LE);
    this.traceCount += 1;
  }
  /** The slice with this number; it must be one of the last TRACE_CAPACITY. */
  traceEntry(number: number): TraceEntry {
    const at = TRACE_AT + (number % TRACE_CAPACITY) * TRACE_BYTES;
    const packed = this.#view.getInt32(at + 4, LE);
    return {
      incarnation: this.#view.getInt32(at, LE),
      pcpu: packed >> 8,
      end: (packed & 0xff) as SliceEndCode, // Only recordSlice writes it.
      startMs: this.#view.getFloat64(at + 8, LE),
      endMs: this.#view.getFloat64(at + 16, LE),
      waitedMs: this.#view.getFloat64(at + 24, LE),
    };
  }
}
