/**
 * The one layout of a virtual processor's state in its VM's shared memory. Every offset used by
 * generated Wasm and by TypeScript derives from this file.
 *
 * All offsets are in bytes from the start of the vCPU's block. Registers are 64-bit slots, little
 * endian: 8-, 16- and 32-bit code uses the low part of a slot (AH is byte 1 of RAX's slot).
 */

/** Register numbers as instructions encode them (SDM vol. 2A, table 3-1). */
export const RAX = 0,
  RCX = 1,
  RDX = 2,
  RBX = 3,
  RSP = 4,
  RBP = 5,
  RSI = 6,
  RDI = 7;

/** Segment register numbers as instructions encode them, then the two system segments. */
export const ES = 0,
  CS = 1,
  SS = 2,
  DS = 3,
  FS = 4,
  GS = 5,
  LDTR = 6,
  TR = 7;

export const REGISTER_SLOT = 8;

/** Byte offset of general register `index` (0..15). */
export function registerOffset(index: number): number {
  return index * REGISTER_SLOT;
}

/** Byte offset of an 8-bit register in legacy numbering: 0..3 AL CL DL BL, 4..7 AH CH DH BH. */
export function highByteOffset(index: number): number {
  return index * REGISTER_SLOT + 1;
}

/** Scalar fields. i32 unless stated. */
export const STATE = {
  /** 64-bit slot that always holds zero: what an absent base or index register reads as. */
  zero: 0x080,
  /** Instruction pointer; up to date whenever the vCPU is stopped or a helper runs. 64-bit slot. */
  rip: 0x088,

  /** Lazy flags: the last result, sign-extended from the operation's width. 64-bit slot. */
  result: 0x090,
  /**
   * Lazy flags: carries and corrections, see `flags.ts`.
   * bit 31 carry out (CF); bit 30 carry into the top bit (OF = bit 31 xor bit 30); bit 3 carry out of bit 3 (AF);
   * bits 15..8 are xored to the result's low byte before parity is taken; bit 0 inverts the sign.
   */
  carries: 0x098,
  /** EFLAGS without CF PF AF ZF SF OF: DF, IF, TF, IOPL, NT, RF, VM, AC, VIF, VIP, ID; bit 1 set. */
  systemFlags: 0x09c,

  /** EIP of byte 0 of the page that is being executed: EIP = eipBase + page offset. */
  eipBase: 0x0a0,
  /** Address of the TLB for the current privilege class (supervisor or user). */
  tlb: 0x0a4,
  /** Stands for the current mode, code segment, and all that flushes have forgotten: see `CodeKeys`. */
  codeKey: 0x0a8,
  /** Current privilege level, 0..3. */
  cpl: 0x0ac,

  /** Instructions left of the current run's budget; up to date whenever generated code calls out or returns. */
  budget: 0x0b0,
  /** Why generated code returned, see `EXIT`. */
  exit: 0x0b4,
  /** Record of the instruction being executed, while a helper runs or after an exit. */
  record: 0x0b8,
  /** Set by a device or another thread: leave at the next check. Atomic. */
  attention: 0x0bc,

  /** Pending exception: vector, error code (-1: none), and for #PF the linear address. */
  faultVector: 0x0c0,
  faultErrorCode: 0x0c4,
  faultAddress: 0x0c8,
  /** What is held off until the next instruction is complete, see `INTERRUPT_SHADOW`. */
  interruptShadow: 0x0cc,

  /** Instructions retired before the current run. f64. */
  retired: 0x0d0,
  /** 1 while the processor waits in HLT. */
  halted: 0x0d8,
  /** 1: a non-maskable interrupt is requested. Atomic. */
  nmiPending: 0x0dc,
  /** 1: between an NMI's delivery and the next IRET. */
  nmiBlocked: 0x0e0,
  /**
   * Not 0 after a call for a memory access: generated code is to be left when the instruction is complete, for
   * a data breakpoint's trap or because the device that was reached wants attention.
   */
  stopAfter: 0x0e4,
  /** Stands for the code key and everything that flushes have forgotten: a region that was found right under it still is. */
  regionKey: 0x0e8,
  /** For regions: minus the end of the linear page that the last access was in, 0 when it is good for no other. i64. */
  regionPage: 0x0f0,

  /** Control registers CR0..CR4 and CR8, 64-bit slots: cr(n) = cr0 + 8 n. */
  cr0: 0x100,
  cr4: 0x120,
  /** Debug registers DR0..DR7, 64-bit slots. */
  dr0: 0x148,
  /** GDTR and IDTR: base (64-bit slot), then limit. */
  gdtrBase: 0x188,
  gdtrLimit: 0x190,
  idtrBase: 0x198,
  idtrLimit: 0x1a0,

  /** 8 segment registers of SEGMENT.size bytes: ES CS SS DS FS GS LDTR TR. */
  segments: 0x200,

  /** 16 bytes through which accesses that cross a page or reach no RAM go. */
  bounce: 0x400,
  /** PDPTE0..PDPTE3, 64-bit slots: loaded with CR3 while PAE paging is on (SDM vol. 3A, 4.4.1). */
  pdptes: 0x420,

  /** Page faults delivered, those that became part of a double fault included. f64. */
  pageFaults: 0x4f8,
  /** Counters by exit kind (index in EXIT_KINDS), f64 each, 32 of them. */
  exitCounts: 0x500,

  /** x87 registers R0..R7, which MM0..MM7 share, in slots of X87_SLOT.size bytes. Not in the order of the stack. */
  x87: 0x600,
  /** Control word; bits 6 and up as FLDCW left them. */
  x87Control: 0x680,
  /** Status word without TOP: exceptions 0..5, SF 6, ES 7, C0 8, C1 9, C2 10, C3 14, B 15 (always as ES). */
  x87Status: 0x684,
  /** Number of the register that is ST(0), 0..7. */
  x87Top: 0x688,
  /** Bit n: Rn holds a value. Full tags are computed when they are stored. */
  x87Valid: 0x68c,
  /** Last instruction other than a control instruction: offset, selector; its memory operand; 11 bits of its opcode. */
  x87InstructionOffset: 0x690,
  x87InstructionSelector: 0x694,
  x87DataOffset: 0x698,
  x87DataSelector: 0x69c,
  x87Opcode: 0x6a0,
  /** Two values on their way between helpers and generated code, as X87_SLOT. */
  x87Transfer: 0x6b0,
  /** SSE's control and status word. */
  mxcsr: 0x6d0,
  /** XMM0..XMM15, 16 bytes each. */
  xmm: 0x700,

  /** Model-specific registers, 64-bit slots in the order of `MODEL_SPECIFIC_REGISTERS`; room for 128. */
  msr: 0x900,

  size: 0x1000,
} as const;

/** Values of `STATE.interruptShadow`: STI holds off interrupts, MOV SS and POP SS #DB as well (SDM vol. 3A, 6.8.3). */
export const INTERRUPT_SHADOW = { none: 0, sti: 1, movSs: 2 } as const;

/** One segment register with its descriptor cache. */
export const SEGMENT = {
  /** Visible selector, 16 bits. */
  selector: 0,
  /** Bits 8..23 of the descriptor's high dword, shifted down by 8: type 0..3, S 4, DPL 5..6, P 7, AVL 12, L 13, D/B 14, G 15. */
  attributes: 4,
  /** Linear base. 64-bit slot. */
  base: 8,
  /** Highest valid offset of an expand-up segment, in bytes (granularity applied); lowest valid minus one of an expand-down one. */
  limit: 16,
  /** Lowest valid offset. */
  low: 20,
  /** i64: highest valid offset minus `low`, for reads; -1 when nothing may be read. */
  readSpan: 24,
  /** i64: the same for writes. */
  writeSpan: 32,
  size: 64,
} as const;

/** An x87 register: as FXSAVE stores it. The bytes behind it are zero. */
export const X87_SLOT = {
  /** i64: the explicit integer bit, then 63 bits of fraction. */
  mantissa: 0,
  /** u16: sign 15, exponent 0..14 (bias 16383). */
  signExponent: 8,
  size: 16,
} as const;

/** Byte offset of MMX register `index` (0..7): the mantissa of the x87's register of that number. */
export function mmxOffset(index: number): number {
  return STATE.x87 + index * X87_SLOT.size;
}

/** Bytes of an XMM register. */
export const XMM_BYTES = 16;

/** Byte offset of XMM register `index` (0..15). */
export function xmmOffset(index: number): number {
  return STATE.xmm + index * XMM_BYTES;
}

export function segmentOffset(index: number): number {
  return STATE.segments + index * SEGMENT.size;
}

/** A direct-mapped TLB entry. Tags are linear page addresses (bits 11..0 zero) or TLB_INVALID. */
export const TLB = {
  readTag: 0,
  writeTag: 4,
  /** Host address = linear address + addend (mod 2^32). */
  addend: 8,
  /** Physical page address; below it TLB_FLAG. */
  physical: 12,
  size: 16,
  /** Entries; a power of two. Index = (linear >>> 12) & (entries - 1). */
  entries: 1024,
} as const;

/** A tag that no address equals of which the page and the low four bits are kept, as the probe for aligned operands does. */
export const TLB_INVALID = 0x800;

/** Bits 11..0 of an entry's physical address. */
export const TLB_FLAG = {
  /** Translations of other address spaces have the page too: a load of CR3 leaves the entry alone. */
  global: 1,
  /** The entry stands in the list that a load of CR3, or that only a full flush works through. */
  listed: 2,
  listedGlobal: 4,
  /** Writes are allowed, but the page holds translated code: they have to be compared with what it covers. */
  watched: 8,
  /** Instructions were fetched through the entry. Of the value of ACCESS.fetch. */
  executable: 16,
} as const;

/**
 * What generated code needs to walk page tables and to fill the TLBs; derived, and written by `Mmu` when a
 * control register changes. i32 each, from VCPU_BLOCK.paging.
 */
export const PAGING = {
  /** 0: no paging, 1: 32-bit paging, 2: PAE paging. */
  mode: 0x00,
  /** Bit 7 when page directory entries of 32-bit paging may map 4 MiB pages (CR4.PSE). */
  sizeBit: 0x04,
  /** Bits of such an entry that must be zero. */
  largeReserved: 0x08,
  /** Bits of a PAE entry's upper half that must be zero. */
  highReserved: 0x0c,
  /** Bit 1 when a supervisor's writes heed read-only pages (CR0.WP). */
  writeProtect: 0x10,
  /** Access bits that page-fault error codes report: write, user, and fetch with NX. */
  reported: 0x14,
  /** Physical addresses with line 20 gated. */
  addressMask: 0x18,
  /** Guest RAM: host address, pages. */
  ramBase: 0x1c,
  ramPages: 0x20,
  /** Host address of the page flags, and of the lines that hold code. */
  pageFlags: 0x24,
  codeLines: 0x28,
  /** Results of a walk: physical address in two halves, and what is allowed there; or the error code of the page fault. */
  physical: 0x2c,
  physicalHigh: 0x30,
  rights: 0x34,
  errorCode: 0x38,
  /** 1: every access that finds nothing in a TLB is to be made by `Mmu`, which reports or checks it. */
  detour: 0x3c,
  /** A bit for each 4 MiB of linear memory of which a TLB may hold pages of a large page: 32 words. */
  largePages: 0x40,
  /** Entries in the two lists of TLB entries to flush; the lists follow, of TLB.entries * 2 addresses each. */
  listedCount: 0xc0,
  listedGlobalCount: 0xc4,
  /** 64 bits: a copy of a paging-structure entry that lies outside of RAM. */
  elsewhere: 0xc8,
  lists: 0x100,
} as const;

/** Bits of an access to be walked: those of page-fault error codes (SDM vol. 3A, figure 4-12), and one of ours. */
export const ACCESS = {
  read: 0,
  write: 2,
  user: 4,
  fetch: 16,
  /** Sets no accessed and dirty bits. */
  quiet: 0x100,
} as const;

/** What a walk allows. */
export const RIGHT = {
  /** Writes need no further walk: allowed, and the dirty bit is set. */
  write: 1,
  global: 2,
  large: 4,
} as const;

/** What generated code answers instead of the host address of a page. */
export const FILL = {
  /** Neither RAM nor a copy of it: `Mmu` goes on with PAGING.physical. */
  elsewhere: 0,
  /** A page fault: PAGING.errorCode. */
  fault: 1,
} as const;

/** Granularity, in bytes, at which writes are told from code in the same page: one bit of `codeLines` each. */
export const CODE_LINE_BYTES = 4;

/**
 * A cache from linear address and code key to the first record of a block. Handlers look at one entry; `jumpMiss` at
 * its neighbour too, with which it then changes places. A key that is not the present one may stand for the same mode
 * before a flush: the entry is good again when the address still leads to `place`.
 */
export const JUMP_CACHE = {
  linear: 0,
  codeKey: 4,
  record: 8,
  /** Physical page, and below it the code key's CODE_KEY_MODE; JUMP_CACHE_NOWHERE: good for its own key alone. */
  place: 12,
  size: 16,
  /** A Linux kernel that boots has 26,000 blocks that are jumped to from other pages, or by way of registers. */
  entries: 65_536,
} as const;

/** Bits of a code key that say what translations depend on. */
export const CODE_KEY_MODE = 0x1f;

/** Of a JUMP_CACHE entry: no mode has these low bits. */
export const JUMP_CACHE_NOWHERE = 0xfff;

/** Where indirect jumps and calls went: pairs found by a hash, the last of each place. */
export const PROFILE = { record: 0, target: 4, size: 8, entries: 1024 } as const;

/** What a large region keeps of a page that it was in last, while it runs: see `PageWindow`. i64, then i32. */
export const REGION_WINDOW = { minusEnd: 0, addend: 8, size: 16 } as const;

/** Where the parts of a vCPU's block lie. */
export const VCPU_BLOCK = {
  state: 0,
  supervisorTlb: 0x1000,
  userTlb: 0x1000 + TLB.size * TLB.entries,
  /** A TLB in which nothing is ever found: in use while every access has to be looked at. */
  emptyTlb: 0x1000 + 2 * TLB.size * TLB.entries,
  paging: 0x1000 + 3 * TLB.size * TLB.entries,
  targetProfile: 0x12000,
  regionWindows: 0x14000,
  jumpCache: 0x18000,
  /** A multiple of 64 KiB. */
  size: 0x120000,
} as const;

/** Values of `STATE.exit`. */
export const EXIT = {
  /** None: re-enter at the returned record. */
  none: 0,
  budget: 1,
  /** An exception is pending in `STATE.fault*`; the record's instruction has committed nothing. */
  fault: 2,
  /** `STATE.rip` holds where to go on; look it up (mode or segments may have changed). */
  resume: 3,
  halt: 4,
  breakpoint: 5,
  /** The budget is spent or the target unknown: `STATE.rip` holds where to go on, the budget is charged. */
  target: 6,
  shutdown: 7,
  /** As `budget`, inside a repeated string instruction with iterations left. */
  repeat: 8,
  /** Before the instruction of the record, where a `pause` stood in its place; the budget is not charged. */
  pause: 9,
} as const;

export const MEMORY_LAYOUT = {
  /** VM-wide words that every thread of the VM may touch. */
  controlBlock: 0,
  /** Tables that generated code reads; its module fills them in. */
  constants: 0x8000,
  firstVcpu: 0x10000,
  /** Translated code records of one vCPU, in bytes. */
  recordArena: 0x0200_0000,
  /** ROM images of a VM that says nothing of them, in bytes. */
  rom: 0x0010_0000,
} as const;

/**
 * What generated modules ask of the memory they import, in pages of 64 KiB: any VM's is as large, and so V8 knows
 * constant addresses in a vCPU's block and among its records to lie inside, and accesses there to need no trap.
 */
export const MEMORY_IMPORT = {
  minimumPages: (MEMORY_LAYOUT.firstVcpu + VCPU_BLOCK.size + MEMORY_LAYOUT.recordArena) / 0x10000,
  maximumPages: 65_536,
} as const;

export const PAGE_BYTES = 4096;

/** Placement of everything in a VM's shared memory. All values in bytes. */
export interface VmMemoryLayout {
  readonly vcpuCount: number;
  /** Start of vCPU `i`'s block: `vcpu(i)`. */
  vcpu(index: number): number;
  /** Start of vCPU `i`'s record arena. */
  records(index: number): number;
  /** One byte of PAGE_FLAG bits per page from `ramBase` on: of RAM, then of video memory. */
  readonly pageFlags: number;
  /** One bit per CODE_LINE_BYTES of RAM: translated code was made from some of these bytes. */
  readonly codeLines: number;
  readonly romBase: number;
  readonly romBytes: number;
  readonly ramBase: number;
  readonly ramBytes: number;
  /** Memory of the display adapter, behind RAM. */
  readonly videoBase: number;
  readonly videoBytes: number;
  readonly totalBytes: number;
}

/** What is known of a page of guest RAM or video memory. Written by the VM's own threads, read by anyone. */
export const PAGE_FLAG = {
  /** Holds bytes that translated code was made from: writes go the slow way. */
  code: 1,
  /** Written since the flag was last cleared. */
  dirty: 2,
  /** Writes are ignored: shadowed ROM. */
  readOnly: 4,
  /** Something else answers at this address: a ROM, a device. */
  covered: 8,
} as const;

/**
 * Lays out a VM's memory: control block, vCPU blocks, record arenas, page flags, lines of code, ROM, guest RAM, then
 * video memory, each on a 64 KiB boundary.
 */
export function layOutVmMemory(
  ramBytes: number,
  vcpuCount = 1,
  videoBytes = 0,
  romBytes: number = MEMORY_LAYOUT.rom,
): VmMemoryLayout {
  let end = MEMORY_LAYOUT.firstVcpu + vcpuCount * VCPU_BLOCK.size;
  const place = (bytes: number): number => {
    const start = end;
    end += Math.ceil(bytes / 0x10000) * 0x10000;
    return start;
  };
  const arenas = place(vcpuCount * MEMORY_LAYOUT.recordArena);
  const roundedRam = Math.ceil(ramBytes / 0x10000) * 0x10000;
  const pageFlags = place((roundedRam + videoBytes) / PAGE_BYTES);
  const codeLines = place(Math.ceil(ramBytes / CODE_LINE_BYTES / 8));
  const romBase = place(romBytes);
  const ramBase = place(ramBytes);
  const videoBase = place(videoBytes);
  return {
    vcpuCount,
    vcpu: (index) => MEMORY_LAYOUT.firstVcpu + index * VCPU_BLOCK.size,
    records: (index) => arenas + index * MEMORY_LAYOUT.recordArena,
    pageFlags,
    codeLines,
    romBase,
    romBytes,
    ramBase,
    ramBytes,
    videoBase,
    videoBytes,
    totalBytes: end,
  };
}
