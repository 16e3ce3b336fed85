import { ATTRIBUTE, type CpuState } from '../../state/CpuState.ts';
import { RSP, SS } from '../../state/layout.ts';
import type { Descriptor } from './Descriptor.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import type { Privilege, SystemContext } from './SystemContext.ts';

/** Sizes of stack slots, in bytes. */
export type SlotSize = 2 | 4;

/**
 * A stack on which an event or a far transfer works before it is committed: the current one, or the one
 * of another privilege level that is about to become current.
 *
 * Order of use: `reserve` throws whatever a push would throw, then `push` cannot fail, and
 * `writePointer` commits.
 */
export class SegmentStack {
  private readonly c: SystemContext;
  private readonly base: number;
  private readonly low: number;
  private readonly high: number;
  private readonly mask: number;
  private readonly privilege: Privilege;
  private readonly errorCode: number;
  private pointer: number;

  private constructor(
    c: SystemContext,
    attributes: number,
    base: number,
    limit: number,
    pointer: number,
    privilege: Privilege,
    errorCode: number,
  ) {
    const isExpandDown = (attributes & ATTRIBUTE.CONFORMING_EXPAND_DOWN) !== 0;
    const isBig = (attributes & ATTRIBUTE.DB) !== 0;
    this.c = c;
    this.base = base;
    this.low = isExpandDown ? limit + 1 : 0;
    this.high = isExpandDown ? (isBig ? 0xffff_ffff : 0xffff) : limit;
    this.mask = isBig ? -1 : 0xffff;
    this.privilege = privilege;
    this.errorCode = errorCode;
    this.pointer = pointer >>> 0;
  }

  /** SS:(E)SP as it is now. @param errorCode of the #SS that an access outside of the segment raises */
  static current(c: SystemContext, errorCode = 0): SegmentStack {
    const { state } = c;
    const attributes = state.segmentAttributes(SS);
    const limit = state.segmentLimit(SS);
    return new SegmentStack(c, attributes, state.segmentBase(SS), limit, state.register(RSP), 'current', errorCode);
  }

  /** A stack that is not current yet. @param errorCode as for {@link current} */
  static of(
    c: SystemContext,
    segment: Descriptor,
    pointer: number,
    privilege: Privilege,
    errorCode: number,
  ): SegmentStack {
    return new SegmentStack(c, segment.attributes, segment.base, segment.limit, pointer, privilege, errorCode);
  }

  /** Slot `index` above the stack pointer, plus `skip` bytes. */
  peek(index: number, size: SlotSize, skip = 0): number {
    const offset = this.checked(this.pointer + index * size + skip, size);
    const address = (this.base + offset) >>> 0;
    return size === 4 ? this.c.memory.read32(address, this.privilege) : this.c.memory.read16(address, this.privilege);
  }

  /** Throws what pushing `count` slots would throw. */
  reserve(count: number, size: SlotSize): void {
    const total = count * size;
    const lowest = ((this.pointer - total) & this.mask) >>> 0;
    const last = lowest + total - 1;
    if (lowest >= this.low && last <= this.high && last <= this.mask >>> 0) {
      this.c.memory.probeWrite((this.base + lowest) >>> 0, total, this.privilege);
      return;
    }
    // Out of bounds, or around the end of a 16-bit stack: slot by slot, from the first pushed.
    for (let slot = 1; slot <= count; slot++) {
      const offset = this.checked(this.pointer - slot * size, size);
      this.c.memory.probeWrite((this.base + offset) >>> 0, size, this.privilege);
    }
  }

  push(value: number, size: SlotSize): void {
    const offset = ((this.pointer - size) & this.mask) >>> 0;
    const address = (this.base + offset) >>> 0;
    if (size === 4) this.c.memory.write32(address, value >>> 0, this.privilege);
    else this.c.memory.write16(address, value & 0xffff, this.privilege);
    this.pointer = offset;
  }

  /** Moves the stack pointer up by `byteLength`. */
  release(byteLength: number): void {
    this.pointer = (this.pointer + byteLength) >>> 0;
  }

  /** Commits the pointer: ESP, or SP alone when the stack is a 16-bit one. */
  writePointer(state: CpuState): void {
    if (this.mask !== -1) state.setRegister16(RSP, this.pointer);
    else state.setRegister(RSP, this.pointer);
  }

  private checked(pointer: number, size: SlotSize): number {
    const offset = (pointer & this.mask) >>> 0;
    if (offset < this.low || offset + size - 1 > this.high) throw new GuestFault(VECTOR.SS, this.errorCode);
    return offset;
  }
}
