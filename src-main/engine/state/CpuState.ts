import { ARITHMETIC_FLAGS, flagsFromLazy, lazyFromFlags } from './flags.ts';
import { type ExtendedBits, numberFromExtended } from './ExtendedBits.ts';
import { SEGMENT, STATE, X87_SLOT, registerOffset, segmentOffset } from './layout.ts';

/** Descriptor attributes, as in `SEGMENT.attributes`. */
export const ATTRIBUTE = {
  TYPE: 0xf,
  S: 1 << 4,
  DPL_SHIFT: 5,
  DPL: 3 << 5,
  P: 1 << 7,
  AVL: 1 << 12,
  L: 1 << 13,
  DB: 1 << 14,
  G: 1 << 15,
  /** Type bits of code and data descriptors (S = 1). */
  ACCESSED: 1,
  READ_WRITE: 2,
  CONFORMING_EXPAND_DOWN: 4,
  CODE: 8,
} as const;

/** A segment register: selector and cached descriptor. */
export interface SegmentRegister {
  readonly selector: number;
  readonly attributes: number;
  readonly base: number;
  readonly limit: number;
}

/**
 * Typed access to one vCPU's state block. Reads are always allowed, from any thread; writes only while
 * the vCPU is stopped, or from helpers that its own thread runs.
 *
 * 32-bit values are returned unsigned unless a name says otherwise.
 */
export class CpuState {
  readonly base: number;
  private readonly i32: Int32Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  private readonly u8: Uint8Array;

  /** @param buffer the VM's shared memory; @param base start of the vCPU's block, in bytes */
  constructor(buffer: ArrayBufferLike, base: number) {
    this.base = base;
    this.i32 = new Int32Array(buffer, base, STATE.size >> 2);
    this.u32 = new Uint32Array(buffer, base, STATE.size >> 2);
    this.f64 = new Float64Array(buffer, base, STATE.size >> 3);
    this.u8 = new Uint8Array(buffer, base, STATE.size);
  }

  /** Signed 32-bit field at a STATE offset. */
  getInt(offset: number): number {
    return this.i32[offset >> 2];
  }

  setInt(offset: number, value: number): void {
    this.i32[offset >> 2] = value;
  }

  getUint(offset: number): number {
    return this.u32[offset >> 2];
  }

  getFloat64(offset: number): number {
    return this.f64[offset >> 3];
  }

  setFloat64(offset: number, value: number): void {
    this.f64[offset >> 3] = value;
  }

  /** 32-bit general register `index` (0..7). */
  register(index: number): number {
    return this.u32[registerOffset(index) >> 2];
  }

  /** Writes the low 32 bits. */
  setRegister(index: number, value: number): void {
    this.i32[registerOffset(index) >> 2] = value;
  }

  register16(index: number): number {
    return this.u32[registerOffset(index) >> 2] & 0xffff;
  }

  /** Writes the low 16 bits and leaves the rest. */
  setRegister16(index: number, value: number): void {
    const at = registerOffset(index) >> 2;
    this.i32[at] = (this.i32[at] & ~0xffff) | (value & 0xffff);
  }

  get eip(): number {
    return this.u32[STATE.rip >> 2];
  }

  set eip(value: number) {
    this.i32[STATE.rip >> 2] = value;
  }

  get eflags(): number {
    const arithmetic = flagsFromLazy(this.i32[STATE.result >> 2], this.i32[STATE.carries >> 2]);
    return arithmetic | this.i32[STATE.systemFlags >> 2] | 2;
  }

  set eflags(value: number) {
    const { result, carries } = lazyFromFlags(value);
    this.i32[STATE.result >> 2] = result;
    this.i32[(STATE.result >> 2) + 1] = 0;
    this.i32[STATE.carries >> 2] = carries;
    this.i32[STATE.systemFlags >> 2] = (value & ~ARITHMETIC_FLAGS) | 2;
  }

  get cpl(): number {
    return this.i32[STATE.cpl >> 2];
  }

  set cpl(value: number) {
    this.i32[STATE.cpl >> 2] = value;
  }

  controlRegister(index: number): number {
    return this.u32[(STATE.cr0 >> 2) + index * 2];
  }

  setControlRegister(index: number, value: number): void {
    this.i32[(STATE.cr0 >> 2) + index * 2] = value;
  }

  debugRegister(index: number): number {
    return this.u32[(STATE.dr0 >> 2) + index * 2];
  }

  setDebugRegister(index: number, value: number): void {
    this.i32[(STATE.dr0 >> 2) + index * 2] = value;
  }

  segment(index: number): SegmentRegister {
    const at = segmentOffset(index) >> 2;
    return {
      selector: this.u32[at + (SEGMENT.selector >> 2)],
      attributes: this.u32[at + (SEGMENT.attributes >> 2)],
      base: this.u32[at + (SEGMENT.base >> 2)],
      limit: this.u32[at + (SEGMENT.limit >> 2)],
    };
  }

  selector(index: number): number {
    return this.u32[(segmentOffset(index) + SEGMENT.selector) >> 2];
  }

  segmentBase(index: number): number {
    return this.u32[(segmentOffset(index) + SEGMENT.base) >> 2];
  }

  segmentAttributes(index: number): number {
    return this.u32[(segmentOffset(index) + SEGMENT.attributes) >> 2];
  }

  segmentLimit(index: number): number {
    return this.u32[(segmentOffset(index) + SEGMENT.limit) >> 2];
  }

  /** As {@link writeSegment}. */
  setSegment(index: number, value: SegmentRegister): void {
    this.writeSegment(index, value.selector, value.attributes, value.base, value.limit);
  }

  /**
   * Writes a segment register and the bounds derived from it. Does not recompute the code key: see
   * `updateCodeKey`.
   */
  writeSegment(index: number, selector: number, attributes: number, base: number, limit: number): void {
    const at = segmentOffset(index);
    this.setInt(at + SEGMENT.selector, selector & 0xffff);
    this.setInt(at + SEGMENT.attributes, attributes);
    this.setInt(at + SEGMENT.base, base);
    this.setInt(at + SEGMENT.base + 4, 0);
    this.setInt(at + SEGMENT.limit, limit);
    limit >>>= 0;
    const isData = (attributes & ATTRIBUTE.CODE) === 0;
    const isUsable = (attributes & ATTRIBUTE.P) !== 0;
    const isExpandDown = isData && (attributes & ATTRIBUTE.CONFORMING_EXPAND_DOWN) !== 0;
    const top = attributes & ATTRIBUTE.DB ? 0xffff_ffff : 0xffff;
    const low = isExpandDown ? limit + 1 : 0;
    const span = isExpandDown ? Math.max(-1, top - low) : limit;
    const isReadable = isUsable && (isData || (attributes & ATTRIBUTE.READ_WRITE) !== 0);
    const isWritable = isUsable && isData && (attributes & ATTRIBUTE.READ_WRITE) !== 0;
    this.setInt(at + SEGMENT.low, low);
    this.setInt64(at + SEGMENT.readSpan, isReadable ? span : -1);
    this.setInt64(at + SEGMENT.writeSpan, isWritable ? span : -1);
  }

  /** Number of the x87 register that is ST(`place`). */
  private stackRegister(place: number): number {
    return (this.i32[STATE.x87Top >> 2] + place) & 7;
  }

  /** Whether ST(`place`) holds a value. */
  isStackValid(place: number): boolean {
    return ((this.i32[STATE.x87Valid >> 2] >> this.stackRegister(place)) & 1) !== 0;
  }

  /** ST(`place`) as it is stored; its mantissa in two halves. */
  stackBits(place: number): ExtendedBits {
    const at = (STATE.x87 + this.stackRegister(place) * X87_SLOT.size) >> 2;
    return { low: this.u32[at], high: this.u32[at + 1], signExponent: this.u32[at + 2] & 0xffff };
  }

  /** ST(`place`) as the nearest number there is; NaN for what is none. */
  stackNumber(place: number): number {
    return numberFromExtended(this.stackBits(place));
  }

  /** The x87's status word, TOP included. */
  get x87StatusWord(): number {
    return this.i32[STATE.x87Status >> 2] | (this.i32[STATE.x87Top >> 2] << 11);
  }

  get x87ControlWord(): number {
    return this.i32[STATE.x87Control >> 2];
  }

  get gdtr(): { base: number; limit: number } {
    return { base: this.getUint(STATE.gdtrBase), limit: this.getUint(STATE.gdtrLimit) };
  }

  set gdtr(value: { base: number; limit: number }) {
    this.setInt(STATE.gdtrBase, value.base);
    this.setInt(STATE.gdtrLimit, value.limit);
  }

  get idtr(): { base: number; limit: number } {
    return { base: this.getUint(STATE.idtrBase), limit: this.getUint(STATE.idtrLimit) };
  }

  set idtr(value: { base: number; limit: number }) {
    this.setInt(STATE.idtrBase, value.base);
    this.setInt(STATE.idtrLimit, value.limit);
  }

  /** All bytes of the block, for snapshots and comparison. */
  get bytes(): Uint8Array {
    return this.u8;
  }

  private setInt64(offset: number, value: number): void {
    this.i32[offset >> 2] = value < 0 ? -1 : value | 0;
    this.i32[(offset >> 2) + 1] = value < 0 ? -1 : 0;
  }
}
