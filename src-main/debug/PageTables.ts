/** How linear addresses are translated. */
export type PagingMode = 'off' | '32-bit' | 'PAE';
export type PagingLevel = 'pointers' | 'directory' | 'table';

/** An entry of a paging structure (SDM vol. 3A, 4.3 and 4.4). */
export interface PagingEntry {
  readonly level: PagingLevel;
  readonly index: number;
  /** Physical address of the entry itself; null: a register, which was loaded with CR3. */
  readonly entryAddress: number | null;
  readonly raw: bigint;
  /** What it leads to: the next table, or a page of its own. */
  readonly kind: 'absent' | 'table' | 'page';
  /** Of the table or the page. */
  readonly physicalAddress: number;
  readonly isWritable: boolean;
  readonly isUser: boolean;
  readonly isAccessed: boolean;
  readonly isDirty: boolean;
  readonly isGlobal: boolean;
  readonly isNoExecute: boolean;
}

/** Entries that lie side by side and differ in where they lead alone, each a step beyond the last. */
export interface PagingRange extends PagingEntry {
  readonly linearAddress: number;
  /** Of linear memory. */
  readonly byteLength: number;
  readonly count: number;
}

/** What all levels together grant. */
export interface PageRights {
  readonly isWritable: boolean;
  readonly isUser: boolean;
  readonly isNoExecute: boolean;
}

/** Pages side by side with the same rights. */
export interface LinearRange extends PageRights {
  readonly linearAddress: number;
  readonly byteLength: number;
  /** Where the first of them leads. */
  readonly physicalAddress: number;
}

export interface PagingRegisters {
  readonly cr0: number;
  readonly cr3: number;
  readonly cr4: number;
  readonly pageDirectoryPointers: readonly bigint[];
}

const BIT = { present: 1n, writable: 2n, user: 4n, accessed: 0x20n, dirty: 0x40n, large: 0x80n, global: 0x100n };
const NO_EXECUTE = 1n << 63n;
/** Bits 35..12: physical addresses have 36 bits. */
const ADDRESS = 0xf_ffff_f000n;
const PAGE_BYTES = 4096;
const CR0_PG = 0x8000_0000;
const CR4_PSE = 0x10,
  CR4_PAE = 0x20;

/** For each mode, its levels from the top: entries, and the bits of linear addresses below them. */
const LEVELS = {
  off: [],
  '32-bit': [
    { level: 'directory', entries: 1024, shift: 22 },
    { level: 'table', entries: 1024, shift: 12 },
  ],
  PAE: [
    { level: 'pointers', entries: 4, shift: 30 },
    { level: 'directory', entries: 512, shift: 21 },
    { level: 'table', entries: 512, shift: 12 },
  ],
} as const;

/**
 * A guest's paging structures as they are when they are first looked at, to be shown. What comes of an access is asked of the engine's own walk: this
 * one only reads the entries that it passes.
 */
export class PageTables {
  readonly mode: PagingMode;
  private readonly registers: PagingRegisters;
  private readonly pages = new Map<number, DataView>();
  private readonly read: (physicalAddress: number, byteLength: number) => Uint8Array;

  /** @param read guest-physical memory; fewer bytes where there is none */
  constructor(registers: PagingRegisters, read: (physicalAddress: number, byteLength: number) => Uint8Array) {
    this.registers = registers;
    this.read = read;
    this.mode = registers.cr0 < CR0_PG ? 'off' : (registers.cr4 & CR4_PAE) !== 0 ? 'PAE' : '32-bit';
  }

  /** The entries that a linear address leads through, down to the first that leads no further. */
  walk(linearAddress: number): PagingEntry[] {
    const entries: PagingEntry[] = [];
    let table = this.root;
    for (const [depth, { entries: count, shift }] of LEVELS[this.mode].entries()) {
      const entry = this.entry(depth, table, Math.floor(linearAddress / 2 ** shift) % count);
      entries.push(entry);
      if (entry.kind !== 'table') break;
      table = entry.physicalAddress;
    }
    return entries;
  }

  /** What is present in a table, side by side together. @param path indices from the root to it; undefined: no such table */
  ranges(path: readonly number[]): PagingRange[] | undefined {
    let table = this.root,
      linearAddress = 0;
    for (const [depth, index] of path.entries()) {
      const entry = this.entry(depth, table, index);
      if (entry.kind !== 'table') return undefined;
      table = entry.physicalAddress;
      linearAddress += index * 2 ** this.shift(depth);
    }
    const level = LEVELS[this.mode][path.length];
    if (!level) return undefined;
    const ranges: PagingRange[] = [];
    const size = 2 ** level.shift;
    for (let index = 0; index < level.entries; index++) {
      const entry = this.entry(path.length, table, index);
      if (entry.kind === 'absent') continue;
      const last = ranges.at(-1);
      if (last && continues(last, entry, size)) {
        ranges[ranges.length - 1] = { ...last, byteLength: last.byteLength + size, count: last.count + 1 };
      } else ranges.push({ ...entry, linearAddress: linearAddress + index * size, byteLength: size, count: 1 });
    }
    return ranges;
  }

  /**
   * All of linear memory that is mapped: pages side by side with the same rights are one, wherever they lead.
   * @param most ranges told; of what is behind them nothing is known
   */
  map(most: number): { readonly ranges: LinearRange[]; readonly isCut: boolean } {
    const found: LinearRange[] = [];
    const all: PageRights = { isWritable: true, isUser: true, isNoExecute: false };
    const isCut = !this.mapBelow({ depth: 0, address: this.root, linearAddress: 0 }, all, { found, most });
    return { ranges: found, isCut };
  }

  /** @param above what the entries on the way grant: an access needs the right at every level. Returns false at the end. */
  private mapBelow(table: MappedTable, above: PageRights, into: MapInProgress): boolean {
    const level = LEVELS[this.mode][table.depth];
    if (level === undefined) return true;
    if (level.level === 'table') return this.mapPages(table, above, into);
    const byteLength = 2 ** level.shift;
    for (let index = 0; index < level.entries; index++) {
      const entry = this.entry(table.depth, table.address, index);
      if (entry.kind === 'absent') continue;
      const { physicalAddress } = entry;
      const rights = bothGrant(above, entry);
      const linearAddress = table.linearAddress + index * byteLength;
      const next = { depth: table.depth + 1, address: physicalAddress, linearAddress };
      const goesOn =
        entry.kind === 'table'
          ? this.mapBelow(next, rights, into)
          : extend(into, { linearAddress, byteLength, physicalAddress, ...rights });
      if (!goesOn) return false;
    }
    return true;
  }

  /**
   * The pages of one table. A guest may have a million, which would hold up whoever looks for seconds if each was made
   * an entry of: only the first of some that are alike is.
   */
  private mapPages({ depth, address, linearAddress }: MappedTable, above: PageRights, into: MapInProgress): boolean {
    const isWide = this.mode === 'PAE';
    const { entries = 0 } = LEVELS[this.mode][depth] ?? {};
    const view = this.page(address);
    const alike = (index: number): number => {
      const at = index * (isWide ? 8 : 4);
      if (at + (isWide ? 8 : 4) > view.byteLength) return SAME_BITS;
      const low = view.getUint32(at, true);
      if ((low & 1) === 0) return 0;
      const noExecute =
        isWide && !above.isNoExecute && view.getUint32(at + 4, true) >= 0x8000_0000 ? NO_EXECUTE_BIT : 0;
      return (low & (1 | (above.isWritable ? 2 : 0) | (above.isUser ? 4 : 0))) | noExecute;
    };
    for (let index = 0; index < entries;) {
      const bits = alike(index);
      const first = index++;
      while (index < entries && alike(index) === bits) index++;
      if (bits === 0) continue;
      const entry = this.entry(depth, address, first);
      const range = {
        linearAddress: linearAddress + first * PAGE_BYTES,
        byteLength: (index - first) * PAGE_BYTES,
        physicalAddress: entry.physicalAddress,
        ...bothGrant(above, entry),
      };
      if (!extend(into, range)) return false;
    }
    return true;
  }

  /** Physical address of the topmost table. */
  private get root(): number {
    return this.mode === 'PAE' ? (this.registers.cr3 & ~0x1f) >>> 0 : (this.registers.cr3 & ~0xfff) >>> 0;
  }

  private shift(depth: number): number {
    return LEVELS[this.mode][depth]?.shift ?? 0;
  }

  private entry(depth: number, table: number, index: number): PagingEntry {
    const level = LEVELS[this.mode][depth]?.level ?? 'table';
    const isRegister = level === 'pointers';
    const width = this.mode === 'PAE' ? 8 : 4;
    const entryAddress = isRegister ? null : table + index * width;
    const raw = entryAddress === null ? (this.registers.pageDirectoryPointers[index] ?? 0n) : this.word(entryAddress);
    const isPresent = (raw & BIT.present) !== 0n;
    const mayBeLarge = level === 'directory' && (this.mode === 'PAE' || (this.registers.cr4 & CR4_PSE) !== 0);
    const isLarge = mayBeLarge && (raw & BIT.large) !== 0n;
    const isPage = level === 'table' || isLarge;
    return {
      level,
      index,
      entryAddress,
      raw,
      kind: !isPresent ? 'absent' : isPage ? 'page' : 'table',
      physicalAddress: isLarge ? this.largeAddress(raw) : Number(raw & ADDRESS),
      // Registers permit everything: their bits 1 and 2 are reserved.
      isWritable: isRegister || (raw & BIT.writable) !== 0n,
      isUser: isRegister || (raw & BIT.user) !== 0n,
      isAccessed: (raw & BIT.accessed) !== 0n,
      isDirty: isPage && (raw & BIT.dirty) !== 0n,
      isGlobal: isPage && (raw & BIT.global) !== 0n,
      isNoExecute: (raw & NO_EXECUTE) !== 0n,
    };
  }

  /** Of a page of 2 or 4 MiB; with PSE-36, bits 16..13 are bits 35..32. */
  private largeAddress(raw: bigint): number {
    if (this.mode === 'PAE') return Number(raw & ADDRESS & ~0x1f_ffffn);
    return Number(raw & 0xffc0_0000n) + Number((raw >> 13n) & 0xfn) * 2 ** 32;
  }

  /** All ones where nothing answers, as on the bus. */
  private word(physicalAddress: number): bigint {
    const width = this.mode === 'PAE' ? 8 : 4;
    const at = physicalAddress % PAGE_BYTES;
    const view = this.page(physicalAddress - at);
    if (at + width > view.byteLength) return (1n << BigInt(8 * width)) - 1n;
    return width === 8 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true));
  }

  /** A table is asked for once, not entry by entry. */
  private page(physicalAddress: number): DataView {
    let view = this.pages.get(physicalAddress);
    if (view === undefined) {
      const bytes = this.read(physicalAddress, PAGE_BYTES);
      view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.pages.set(physicalAddress, view);
    }
    return view;
  }
}

interface MappedTable {
  /** Levels above it. */
  readonly depth: number;
  readonly address: number;
  readonly linearAddress: number;
}

interface MapInProgress {
  readonly found: LinearRange[];
  readonly most: number;
}

/** Beside the bits 0 to 2 of an entry: its NX. */
const NO_EXECUTE_BIT = 8;
/** Of entries where nothing answers: all ones. */
const SAME_BITS = 0xf;

function bothGrant(above: PageRights, entry: PageRights): PageRights {
  return {
    isWritable: above.isWritable && entry.isWritable,
    isUser: above.isUser && entry.isUser,
    isNoExecute: above.isNoExecute || entry.isNoExecute,
  };
}

/** Adds pages to the last range if they go on with it. Returns false where there are too many ranges for another. */
function extend({ found, most }: MapInProgress, range: LinearRange): boolean {
  const last = found.at(-1);
  if (last && last.linearAddress + last.byteLength === range.linearAddress && hasRights(last, range)) {
    found[found.length - 1] = { ...last, byteLength: last.byteLength + range.byteLength };
    return true;
  }
  if (found.length >= most) return false;
  found.push(range);
  return true;
}

function hasRights(range: PageRights, { isWritable, isUser, isNoExecute }: PageRights): boolean {
  return range.isWritable === isWritable && range.isUser === isUser && range.isNoExecute === isNoExecute;
}

function continues(range: PagingRange, entry: PagingEntry, size: number): boolean {
  return (
    range.kind === 'page' &&
    entry.kind === 'page' &&
    entry.index === range.index + range.count &&
    entry.physicalAddress === range.physicalAddress + range.count * size &&
    FLAGS.every((flag) => entry[flag] === range[flag])
  );
}

const FLAGS = ['isWritable', 'isUser', 'isAccessed', 'isDirty', 'isGlobal', 'isNoExecute'] as const;

/** Bits of a page fault's error code (SDM vol. 3A, figure 4-12). */
const ERROR = { protection: 1, reserved: 8 };

/** Why an access is refused, and by which of the entries passed. */
export interface FaultCause {
  readonly reason: 'absent' | 'reserved' | 'supervisor' | 'readOnly' | 'noExecute';
  /** Position in the walk; -1: no single entry's doing. */
  readonly step: number;
}

/** Finds the entry behind a page fault that the engine has foretold. */
export function causeOfFault(
  errorCode: number,
  { kind, isUser }: { readonly kind: 'read' | 'write' | 'execute'; readonly isUser: boolean },
  walk: readonly PagingEntry[],
): FaultCause {
  if ((errorCode & ERROR.reserved) !== 0) return { reason: 'reserved', step: walk.length - 1 };
  if ((errorCode & ERROR.protection) === 0) return { reason: 'absent', step: walk.length - 1 };
  const supervisor = isUser ? walk.findIndex((entry) => !entry.isUser) : -1;
  if (supervisor >= 0) return { reason: 'supervisor', step: supervisor };
  if (kind === 'write') return { reason: 'readOnly', step: walk.findIndex((entry) => !entry.isWritable) };
  return { reason: 'noExecute', step: walk.findIndex((entry) => entry.isNoExecute) };
}
