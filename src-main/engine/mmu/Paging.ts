import { GuestFault, VECTOR } from '../GuestFault.ts';
import type { CpuState } from '../state/CpuState.ts';
import { ACCESS, FILL, PAGING, RIGHT, STATE, VCPU_BLOCK } from '../state/layout.ts';
import type { PhysicalMemory } from './PhysicalMemory.ts';

const CR0_WP = 1 << 16,
  CR0_PG = 1 << 31;
const CR4_PSE = 1 << 4,
  CR4_PAE = 1 << 5;

const ENTRY_PRESENT = 1;
/** Bits of a PDPTE that must be zero: 1, 2, 5..8, and of its upper half (SDM vol. 3A, table 4-8). */
const PDPTE_RESERVED = 0x1e6;
/** Bits 63..36 of a PAE entry: physical addresses have 36 bits. Of the upper half. */
const BEYOND_ADDRESS = 0xffff_fff0 | 0;
const NO_EXECUTE = 0x8000_0000 | 0;
/** Of an entry that maps 4 MiB: bits 21..13, or with PSE-36 and 36 address bits 21..17 (SDM vol. 3A, 4.3). */
const LARGE_RESERVED = 0x003f_e000;
const LARGE_RESERVED_36 = 0x003e_0000;

/** The generated routines that walk page tables, see `PagingRoutines`. */
export interface PagingExports {
  walk(linear: number, access: number): number;
  fill(linear: number, access: number): number;
  enter(linear: number, access: number, host: number, writes: number): number;
}

/** What the tables' format depends on beside control registers. */
export interface PagingChoices {
  /** EFER.NXE. */
  readonly isNxEnabled: boolean;
  readonly hasPse36: boolean;
}

/** Page tables of one vCPU as TypeScript reaches them: what generated walks read, and what they found. */
export class Paging {
  routines!: PagingExports; // Set when the generated module, which imports from here, has been instantiated.
  private readonly memory: PhysicalMemory;
  private readonly state: CpuState;
  private readonly i32: Int32Array;
  /** Index of PAGING's first word. */
  private readonly block: number;

  constructor(memory: PhysicalMemory, state: CpuState) {
    this.memory = memory;
    this.state = state;
    this.i32 = new Int32Array(memory.memory.buffer);
    this.block = (state.base + VCPU_BLOCK.paging) >> 2;
    const { layout } = memory;
    this.set(PAGING.ramBase, layout.ramBase);
    this.set(PAGING.ramPages, layout.ramBytes >>> 12);
    this.set(PAGING.pageFlags, layout.pageFlags);
    this.set(PAGING.codeLines, layout.codeLines);
  }

  /** Derives what walks look at from the control registers. */
  configure({ isNxEnabled, hasPse36 }: PagingChoices): void {
    const cr0 = this.state.controlRegister(0),
      cr4 = this.state.controlRegister(4);
    const isPae = (cr4 & CR4_PAE) !== 0;
    this.set(PAGING.mode, (cr0 & CR0_PG) === 0 ? 0 : isPae ? 2 : 1);
    this.set(PAGING.sizeBit, cr4 & CR4_PSE ? 0x80 : 0);
    this.set(PAGING.largeReserved, hasPse36 ? LARGE_RESERVED_36 : LARGE_RESERVED);
    this.set(PAGING.highReserved, isNxEnabled ? BEYOND_ADDRESS & ~NO_EXECUTE : BEYOND_ADDRESS);
    this.set(PAGING.writeProtect, cr0 & CR0_WP ? ACCESS.write : 0);
    this.set(PAGING.reported, ACCESS.write | ACCESS.user | (isPae && isNxEnabled ? ACCESS.fetch : 0));
    this.set(PAGING.addressMask, this.memory.lineMask);
  }

  /** Whether accesses that find nothing in a TLB are made by `Mmu` instead of by generated code. */
  setDetour(isOn: boolean): void {
    this.set(PAGING.detour, isOn ? 1 : 0);
  }

  /**
   * Loads the PDPTE registers from the table at `cr3` (SDM vol. 3A, 4.4.1).
   * @returns false, with nothing changed, when a present entry has reserved bits set: #GP(0)
   */
  loadPointers(cr3: number): boolean {
    const words: number[] = [];
    for (let at = cr3 & ~0x1f; words.length < 8; at += 4) words.push(this.readPhysical(at >>> 0));
    for (let at = 0; at < words.length; at += 2) {
      const [low, high] = [words[at], words[at + 1]];
      if ((low & ENTRY_PRESENT) !== 0 && ((low & PDPTE_RESERVED) !== 0 || (high & BEYOND_ADDRESS) !== 0)) return false;
    }
    words.forEach((word, index) => this.state.setInt(STATE.pdptes + index * 4, word));
    return true;
  }

  /** Physical address of a linear one, gated by A20. Throws #PF. */
  translate(linear: number, access: number): number {
    const rights = this.routines.walk(linear, access);
    if (rights < 0) throw new GuestFault(VECTOR.PF, ~rights, linear >>> 0);
    this.set(PAGING.rights, rights);
    if (rights & RIGHT.large)
      this.i32[this.block + ((PAGING.largePages >> 2) + (linear >>> 27))] |= 1 << (linear >>> 22);
    this.set(PAGING.physical, this.get(PAGING.physical) & this.memory.lineMask);
    return this.physical;
  }

  /** Without faults and side effects; undefined when nothing is mapped there. */
  probe(linear: number): number | undefined {
    return this.routines.walk(linear, ACCESS.quiet) < 0 ? undefined : this.memory.gated(this.physical);
  }

  /** The same for an access of any kind, given as ACCESS bits: where it leads, or the page fault's error code. */
  probeAccess(linear: number, access: number): { readonly physicalAddress: number } | { readonly errorCode: number } {
    const rights = this.routines.walk(linear, access | ACCESS.quiet);
    return rights < 0 ? { errorCode: ~rights } : { physicalAddress: this.memory.gated(this.physical) };
  }

  /** Host address of a linear one, entered in the TLB; or FILL.elsewhere. Throws #PF. */
  fill(linear: number, access: number): number {
    const host = this.routines.fill(linear, access) >>> 0;
    if (host === FILL.fault) throw new GuestFault(VECTOR.PF, this.get(PAGING.errorCode), linear >>> 0);
    return host;
  }

  /** Where the last walk led. */
  get physical(): number {
    return this.get(PAGING.physicalHigh) * 2 ** 32 + (this.get(PAGING.physical) >>> 0);
  }

  /** RIGHT bits of the last walk. */
  get rights(): number {
    return this.get(PAGING.rights);
  }

  /** Host address of a copy of the 8 bytes at a physical address: ones where nothing answers. */
  copyEntry(physical: number, high: number): number {
    const address = high * 2 ** 32 + (physical >>> 0);
    this.set(PAGING.elsewhere, this.readPhysical(address));
    this.set(PAGING.elsewhere + 4, this.readPhysical(address + 4));
    return (this.block << 2) + PAGING.elsewhere;
  }

  private readPhysical(physical: number): number {
    const host = this.memory.host(this.memory.gated(physical));
    return host === 0 ? -1 : this.memory.view.getInt32(host, true);
  }

  private get(offset: number): number {
    return this.i32[this.block + (offset >> 2)];
  }

  private set(offset: number, value: number): void {
    this.i32[this.block + (offset >> 2)] = value;
  }
}
