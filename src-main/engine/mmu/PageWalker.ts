import { GuestFault, VECTOR } from '../GuestFault.ts';
import type { CpuState } from '../state/CpuState.ts';
import type { PhysicalMemory } from './PhysicalMemory.ts';

export type AccessKind = 'read' | 'write' | 'execute';

const CR0_WP = 1 << 16,
  CR0_PG = 1 << 31;
const CR4_PSE = 1 << 4,
  CR4_PAE = 1 << 5;

/** Bits of paging-structure entries (SDM vol. 3A, table 4-6). */
const ENTRY = { present: 1, writable: 2, user: 4, accessed: 0x20, dirty: 0x40, large: 0x80 } as const;

/** Page-fault error code (SDM vol. 3A, figure 4-12). */
const ERROR = { present: 1, write: 2, user: 4, reserved: 8 } as const;

/** Bits 51..36 of a PAE entry are reserved: 36 physical address bits. Of the upper dword. */
const PAE_RESERVED_HIGH = 0x7fff_fff0;
/** Bits of a PDPTE that must be zero: 1, 2, 5..8 (SDM vol. 3A, table 4-8). */
const PDPTE_RESERVED = 0x1e6;
/** Bits 20..13 of an entry that maps a 2 MiB page; bits 21..13 of one that maps 4 MiB (without PSE-36). */
const LARGE_PAE_RESERVED = 0x001f_e000;
const LARGE_RESERVED = 0x003f_e000;

/**
 * Translates linear addresses through the guest's own page tables: 32-bit and PAE paging with large
 * pages (SDM vol. 3A, 4.3 and 4.4). Sets accessed and dirty bits; raises #PF.
 */
export class PageWalker {
  /** Whether the page of the last walk may be written without another walk: allowed, and already dirty. */
  allowsWrite = true;

  private readonly memory: PhysicalMemory;
  private readonly state: CpuState;

  constructor(memory: PhysicalMemory, state: CpuState) {
    this.memory = memory;
    this.state = state;
  }

  get isPaging(): boolean {
    return (this.state.controlRegister(0) & CR0_PG) !== 0;
  }

  /** Physical address of a linear one. */
  walk(linear: number, kind: AccessKind, isUser: boolean): number {
    if (!this.isPaging) {
      this.allowsWrite = true;
      return linear >>> 0;
    }
    return this.state.controlRegister(4) & CR4_PAE
      ? this.walkPae(linear, kind, isUser)
      : this.walk32(linear, kind, isUser);
  }

  /** Like `walk` for a supervisor's read, without faults and without setting bits; undefined when not mapped. */
  probe(linear: number): number | undefined {
    if (!this.isPaging) return linear >>> 0;
    return this.state.controlRegister(4) & CR4_PAE ? this.probePae(linear) : this.probe32(linear);
  }

  private walk32(linear: number, kind: AccessKind, isUser: boolean): number {
    const { memory } = this;
    const directoryAt = ((this.state.controlRegister(3) & 0xffff_f000) | ((linear >>> 20) & 0xffc)) >>> 0;
    const directory = memory.readPhysical32(directoryAt);
    if ((directory & ENTRY.present) === 0) return this.fault(linear, kind, isUser, 0);
    if (directory & ENTRY.large && this.state.controlRegister(4) & CR4_PSE) {
      if (directory & LARGE_RESERVED) return this.fault(linear, kind, isUser, ERROR.present | ERROR.reserved);
      this.check(linear, kind, isUser, directory);
      this.mark(directoryAt, directory, kind, true);
      return ((directory & 0xffc0_0000) | (linear & 0x003f_ffff)) >>> 0;
    }
    const tableAt = ((directory & 0xffff_f000) | ((linear >>> 10) & 0xffc)) >>> 0;
    const entry = memory.readPhysical32(tableAt);
    if ((entry & ENTRY.present) === 0) return this.fault(linear, kind, isUser, 0);
    this.check(linear, kind, isUser, directory & entry);
    this.mark(directoryAt, directory, kind, false);
    this.mark(tableAt, entry, kind, true);
    return ((entry & 0xffff_f000) | (linear & 0xfff)) >>> 0;
  }

  private walkPae(linear: number, kind: AccessKind, isUser: boolean): number {
    const { memory } = this;
    const pointerAt = ((this.state.controlRegister(3) & 0xffff_ffe0) | ((linear >>> 27) & 0x18)) >>> 0;
    const pointer = memory.readPhysical32(pointerAt);
    if ((pointer & ENTRY.present) === 0) return this.fault(linear, kind, isUser, 0);
    if (pointer & PDPTE_RESERVED) return this.fault(linear, kind, isUser, ERROR.present | ERROR.reserved);
    const directoryAt = ((pointer & 0xffff_f000) | ((linear >>> 18) & 0xff8)) >>> 0;
    const directory = memory.readPhysical32(directoryAt),
      directoryHigh = memory.readPhysical32(directoryAt + 4);
    if ((directory & ENTRY.present) === 0) return this.fault(linear, kind, isUser, 0);
    const isLarge = (directory & ENTRY.large) !== 0;
    const isReserved = this.hasReservedBits(directoryHigh) || (isLarge && (directory & LARGE_PAE_RESERVED) !== 0);
    if (isReserved) return this.fault(linear, kind, isUser, ERROR.present | ERROR.reserved);
    if (isLarge) {
      this.check(linear, kind, isUser, directory);
      this.mark(directoryAt, directory, kind, true);
      return (directoryHigh & 0xf) * 2 ** 32 + (((directory & 0xffe0_0000) | (linear & 0x001f_ffff)) >>> 0);
    }
    const tableAt = ((directory & 0xffff_f000) | ((linear >>> 9) & 0xff8)) >>> 0;
    const entry = memory.readPhysical32(tableAt),
      entryHigh = memory.readPhysical32(tableAt + 4);
    if ((entry & ENTRY.present) === 0) return this.fault(linear, kind, isUser, 0);
    if (this.hasReservedBits(entryHigh)) return this.fault(linear, kind, isUser, ERROR.present | ERROR.reserved);
    this.check(linear, kind, isUser, directory & entry);
    this.mark(directoryAt, directory, kind, false);
    this.mark(tableAt, entry, kind, true);
    return (entryHigh & 0xf) * 2 ** 32 + (((entry & 0xffff_f000) | (linear & 0xfff)) >>> 0);
  }

  /** Without execute-disable its bit is reserved too. */
  private hasReservedBits(high: number): boolean {
    return (high & (PAE_RESERVED_HIGH | 0x8000_0000)) !== 0;
  }

  /** Permissions are the conjunction of all levels' (SDM vol. 3A, 4.6). */
  private check(linear: number, kind: AccessKind, isUser: boolean, permissions: number): void {
    const isWritable = (permissions & ENTRY.writable) !== 0;
    const mayWrite = isWritable || (!isUser && (this.state.controlRegister(0) & CR0_WP) === 0);
    const isAllowed = (!isUser || (permissions & ENTRY.user) !== 0) && (kind !== 'write' || mayWrite);
    if (!isAllowed) this.fault(linear, kind, isUser, ERROR.present);
    this.allowsWrite = mayWrite;
  }

  /** Sets the accessed bit, and in the entry that maps the page the dirty bit of a write. */
  private mark(address: number, entry: number, kind: AccessKind, isLeaf: boolean): void {
    let marked = entry | ENTRY.accessed;
    if (isLeaf && kind === 'write') marked |= ENTRY.dirty;
    if (marked !== entry) this.memory.writePhysical32(address, marked);
    if (isLeaf && (marked & ENTRY.dirty) === 0) this.allowsWrite = false;
  }

  private fault(linear: number, kind: AccessKind, isUser: boolean, cause: number): never {
    const access = (kind === 'write' ? ERROR.write : 0) | (isUser ? ERROR.user : 0);
    throw new GuestFault(VECTOR.PF, cause | access, linear >>> 0);
  }

  private probe32(linear: number): number | undefined {
    const directory = this.memory.readPhysical32(
      ((this.state.controlRegister(3) & 0xffff_f000) | ((linear >>> 20) & 0xffc)) >>> 0,
    );
    if ((directory & ENTRY.present) === 0) return undefined;
    if (directory & ENTRY.large && this.state.controlRegister(4) & CR4_PSE) {
      return ((directory & 0xffc0_0000) | (linear & 0x003f_ffff)) >>> 0;
    }
    const entry = this.memory.readPhysical32(((directory & 0xffff_f000) | ((linear >>> 10) & 0xffc)) >>> 0);
    return entry & ENTRY.present ? ((entry & 0xffff_f000) | (linear & 0xfff)) >>> 0 : undefined;
  }

  private probePae(linear: number): number | undefined {
    const { memory } = this;
    const pointer = memory.readPhysical32(
      ((this.state.controlRegister(3) & 0xffff_ffe0) | ((linear >>> 27) & 0x18)) >>> 0,
    );
    if ((pointer & ENTRY.present) === 0) return undefined;
    const directoryAt = ((pointer & 0xffff_f000) | ((linear >>> 18) & 0xff8)) >>> 0;
    const directory = memory.readPhysical32(directoryAt);
    if ((directory & ENTRY.present) === 0) return undefined;
    if (directory & ENTRY.large) {
      return (
        (memory.readPhysical32(directoryAt + 4) & 0xf) * 2 ** 32 +
        (((directory & 0xffe0_0000) | (linear & 0x001f_ffff)) >>> 0)
      );
    }
    const tableAt = ((directory & 0xffff_f000) | ((linear >>> 9) & 0xff8)) >>> 0;
    const entry = memory.readPhysical32(tableAt);
    if ((entry & ENTRY.present) === 0) return undefined;
    return (memory.readPhysical32(tableAt + 4) & 0xf) * 2 ** 32 + (((entry & 0xffff_f000) | (linear & 0xfff)) >>> 0);
  }
}
