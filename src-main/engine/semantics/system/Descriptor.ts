import { ATTRIBUTE, type CpuState } from '../../state/CpuState.ts';
import { LDTR, STATE } from '../../state/layout.ts';
import { GuestFault } from '../../GuestFault.ts';
import type { SystemContext } from './SystemContext.ts';

/** 1 when the event being delivered came from outside the program: bit 0 of error codes (SDM vol. 3A, 6.13). */
export type ExternalBit = 0 | 1;

/** Types of system descriptors (SDM vol. 3A, table 3-2). The 32-bit ones have bit 3 set. */
export const SYSTEM_TYPE = {
  TSS16: 1,
  LDT: 2,
  TSS16_BUSY: 3,
  CALL_GATE16: 4,
  TASK_GATE: 5,
  INTERRUPT_GATE16: 6,
  TRAP_GATE16: 7,
  TSS32: 9,
  TSS32_BUSY: 11,
  CALL_GATE32: 12,
  INTERRUPT_GATE32: 14,
  TRAP_GATE32: 15,
} as const;

/** Bit 1 of a TSS descriptor's type: busy. */
export const TSS_BUSY = 2;

/** A segment, system or gate descriptor as it lies in memory (SDM vol. 3A, 3.4.5 and 6.11). */
export class Descriptor {
  /** Linear address, for writing the accessed or busy bit. */
  readonly address: number;
  /** The two dwords, as int32: values that V8 keeps without boxing them. */
  readonly low: number;
  readonly high: number;

  constructor(address: number, low: number, high: number) {
    this.address = address;
    this.low = low | 0;
    this.high = high | 0;
  }

  get attributes(): number {
    return (this.high >>> 8) & 0xf0ff;
  }

  /** With {@link isSystem}, one of SYSTEM_TYPE. */
  get type(): number {
    return (this.high >>> 8) & 0xf;
  }

  get isSystem(): boolean {
    return (this.high & 0x1000) === 0;
  }

  get isCode(): boolean {
    return (this.high & 0x1800) === 0x1800;
  }

  get isConformingCode(): boolean {
    return (this.high & 0x1c00) === 0x1c00;
  }

  get isWritableData(): boolean {
    return (this.high & 0x1a00) === 0x1200;
  }

  /** Any data segment, or code that may be read. */
  get isReadable(): boolean {
    return (this.high & 0x1800) === 0x1000 || (this.high & 0x1a00) === 0x1a00;
  }

  get isPresent(): boolean {
    return (this.high & 0x8000) !== 0;
  }

  get dpl(): number {
    return (this.high >>> 13) & 3;
  }

  get base(): number {
    return ((this.low >>> 16) | ((this.high & 0xff) << 16) | (this.high & 0xff00_0000)) >>> 0;
  }

  /** In bytes: granularity is applied. */
  get limit(): number {
    const raw = (this.low & 0xffff) | (this.high & 0xf_0000);
    return this.high & 0x80_0000 ? ((raw << 12) | 0xfff) >>> 0 : raw;
  }

  /** Of a call, interrupt, trap or task gate. */
  get gateSelector(): number {
    return this.low >>> 16;
  }

  /** Of a call, interrupt or trap gate; 16 bits in a 16-bit gate. */
  get gateOffset(): number {
    const low = this.low & 0xffff;
    return this.type & 8 ? (low | (this.high & 0xffff_0000)) >>> 0 : low;
  }

  /** Puts it into a segment register: accessed if it is a segment, busy if it is a TSS. */
  load(state: CpuState, segment: number, selector: number): void {
    const isTss = this.isSystem && this.type !== SYSTEM_TYPE.LDT;
    const marks = isTss ? TSS_BUSY : this.isSystem ? 0 : ATTRIBUTE.ACCESSED;
    state.writeSegment(segment, selector, this.attributes | marks, this.base, this.limit);
  }
}

export function isNullSelector(selector: number): boolean {
  return (selector & 0xfffc) === 0;
}

/** The error code that names a selector (SDM vol. 3A, 6.13). */
export function selectorError(selector: number, external: ExternalBit = 0): number {
  return (selector & 0xfffc) | external;
}

/** Reads the descriptor that `selector` names in the GDT or LDT, or undefined when it lies beyond the table's limit. */
export function readDescriptor(c: SystemContext, selector: number): Descriptor | undefined {
  const { state } = c;
  const offset = selector & 0xfff8;
  const isLocal = (selector & 4) !== 0;
  if (isLocal && (state.segmentAttributes(LDTR) & ATTRIBUTE.P) === 0) return undefined;
  const limit = isLocal ? state.segmentLimit(LDTR) : state.getUint(STATE.gdtrLimit);
  if (offset + 7 > limit) return undefined;
  const base = isLocal ? state.segmentBase(LDTR) : state.getUint(STATE.gdtrBase);
  const address = (base + offset) >>> 0;
  const low = c.memory.read32(address, 'supervisor');
  return new Descriptor(address, low, c.memory.read32((address + 4) >>> 0, 'supervisor'));
}

/** As {@link readDescriptor}, but throws `vector`(selector) for a descriptor outside its table. */
export function fetchDescriptor(
  c: SystemContext,
  selector: number,
  vector: number,
  external: ExternalBit = 0,
): Descriptor {
  const descriptor = readDescriptor(c, selector);
  if (descriptor === undefined) throw new GuestFault(vector, selectorError(selector, external));
  return descriptor;
}

/** Sets the accessed bit in memory, where it is not set yet. May throw #PF. */
export function markAccessed(c: SystemContext, descriptor: Descriptor): void {
  if ((descriptor.high & 0x100) === 0) {
    c.memory.write8((descriptor.address + 5) >>> 0, ((descriptor.high >>> 8) & 0xff) | 1, 'supervisor');
  }
}

/** Sets or clears the busy bit of a TSS descriptor in memory. */
export function writeBusy(c: SystemContext, descriptor: Descriptor, isBusy: boolean): void {
  const type = (descriptor.high >>> 8) & 0xff;
  c.memory.write8((descriptor.address + 5) >>> 0, isBusy ? type | TSS_BUSY : type & ~TSS_BUSY, 'supervisor');
}

/** The null selector in a data segment register: nothing can be accessed through it. */
export function setNullSegment(state: CpuState, segment: number, selector: number): void {
  state.writeSegment(segment, selector, 0, 0, 0);
}
