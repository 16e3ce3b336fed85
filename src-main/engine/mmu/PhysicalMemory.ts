import { CODE_LINE_BYTES, PAGE_BYTES, PAGE_FLAG, type VmMemoryLayout, layOutVmMemory } from '../state/layout.ts';

const PAGE_SHIFT = 12;
const A20_MASK = ~0x0010_0000;

/**
 * What answers a window of guest-physical addresses, whatever lies beneath:
 * - `rom`: an image at a host address; writes are ignored
 * - `video`: video memory from a byte offset on
 * - `bus`: a device
 *
 * With `writesToRam` it answers reads only, and writes reach the RAM beneath it, where there is some.
 */
export type WindowTarget =
  | { readonly kind: 'rom'; readonly host: number; readonly writesToRam?: boolean }
  | { readonly kind: 'video'; readonly offset: number }
  | { readonly kind: 'bus'; readonly writesToRam?: boolean };

/** Guest-physical addresses that the same thing answers; `bus`: a device, or nobody. */
export interface PhysicalRange {
  readonly first: number;
  readonly byteLength: number;
  readonly kind: 'ram' | 'rom' | 'video' | 'bus';
}

/** A page-aligned range of guest-physical addresses that lead elsewhere than to RAM. */
interface PhysicalWindow {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  /** Host address of `start`; 0: the bus answers. */
  readonly host: number;
  /** Host address where writes to `start` end up; 0: the bus takes them, or nobody does. */
  readonly writeHost: number;
}

/**
 * The guest-physical address space of one VM: RAM from 0, windows over and above it (ROM, video memory, holes
 * for devices), nothing else. What no memory answers belongs to the bus.
 *
 * A host address is an offset in the VM's own WebAssembly memory, the only memory that translated code
 * can reach. It never is 0.
 */
export class PhysicalMemory {
  readonly layout: VmMemoryLayout;
  readonly memory: WebAssembly.Memory;
  /** All of the VM's memory, host addresses. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** One bit per CODE_LINE_BYTES of RAM, lowest first: translated code was made from some of these bytes. */
  readonly codeLines: Uint8Array;
  private readonly pageFlags: Uint8Array;
  /** The first that holds an address counts. */
  private readonly windows: PhysicalWindow[] = [];
  private romUsed = 0;
  private addressMask = -1;

  constructor(memory: WebAssembly.Memory, layout: VmMemoryLayout) {
    this.memory = memory;
    this.layout = layout;
    this.bytes = new Uint8Array(memory.buffer);
    this.view = new DataView(memory.buffer);
    const pages = Math.ceil((layout.videoBase + layout.videoBytes - layout.ramBase) / PAGE_BYTES);
    this.pageFlags = new Uint8Array(memory.buffer, layout.pageFlags, pages);
    this.codeLines = new Uint8Array(memory.buffer, layout.codeLines, Math.ceil(layout.ramBytes / CODE_LINE_BYTES / 8));
  }

  /**
   * Makes the memory of a VM with `ramBytes` of RAM, a multiple of 4 KiB, `videoBytes`, a multiple of 64 KiB, and room
   * for `romBytes` of ROM images.
   */
  static create(ramBytes: number, vcpuCount = 1, videoBytes = 0, romBytes?: number): PhysicalMemory {
    const layout = layOutVmMemory(ramBytes, vcpuCount, videoBytes, romBytes);
    const pages = Math.ceil(layout.totalBytes / 0x10000);
    return new PhysicalMemory(new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }), layout);
  }

  get ramBytes(): number {
    return this.layout.ramBytes;
  }

  /** Opens or closes the gate on address line 20. The caller flushes TLBs. */
  setA20(isOpen: boolean): void {
    this.addressMask = isOpen ? -1 : A20_MASK;
  }

  /** What an address is masked with on its way to the memory bus. */
  get lineMask(): number {
    return this.addressMask;
  }

  /** A guest-physical address as it reaches the memory bus: line 20 gated. Unsigned. */
  gated(physical: number): number {
    return physical < 2 ** 32 ? (physical & this.addressMask) >>> 0 : physical;
  }

  /** Host address of a (gated) physical address that memory answers, else 0. */
  host(physical: number): number {
    for (const window of this.windows) {
      if (physical >= window.start && physical < window.end) {
        return window.host === 0 ? 0 : window.host + (physical - window.start);
      }
    }
    return physical < this.layout.ramBytes ? this.layout.ramBase + physical : 0;
  }

  /** Whether writes to a (gated) physical address change what is read there. */
  isWritable(physical: number): boolean {
    const host = this.host(physical);
    return host !== 0 && this.writeHost(physical) === host;
  }

  /** Host address of the memory that writes to a (gated) physical address change, else 0. */
  writeHost(physical: number): number {
    for (const window of this.windows) {
      if (physical >= window.start && physical < window.end) {
        return window.writeHost === 0 ? 0 : window.writeHost + (physical - window.start);
      }
    }
    const isRam = physical < this.layout.ramBytes && (this.flagsOf(physical) & PAGE_FLAG.readOnly) === 0;
    return isRam ? this.layout.ramBase + physical : 0;
  }

  /** What answers reads, from address 0 to 4 GiB. */
  ranges(): PhysicalRange[] {
    const ends = this.windows.flatMap(({ start, end }) => [start, end]);
    const edges = [...new Set([0, this.layout.ramBytes, ...ends, 2 ** 32])].sort((a, b) => a - b);
    const ranges: PhysicalRange[] = [];
    for (const [index, first] of edges.slice(0, -1).entries()) {
      const kind = this.kindAt(first);
      const byteLength = edges[index + 1] - first;
      const last = ranges.at(-1);
      if (last?.kind === kind) ranges[ranges.length - 1] = { ...last, byteLength: last.byteLength + byteLength };
      else ranges.push({ first, byteLength, kind });
    }
    return ranges;
  }

  private kindAt(physical: number): PhysicalRange['kind'] {
    const host = this.host(physical);
    const { ramBase, ramBytes, videoBase, videoBytes } = this.layout;
    if (host === 0) return 'bus';
    if (host >= ramBase && host < ramBase + ramBytes) return 'ram';
    return host >= videoBase && host < videoBase + videoBytes ? 'video' : 'rom';
  }

  /** PAGE_FLAG bits of the page that a physical address leads to; 0 where it is neither RAM nor video memory. */
  flagsOf(physical: number): number {
    return this.pageFlags[this.pageOf(physical)] ?? 0;
  }

  setFlags(physical: number, flags: number): void {
    const page = this.pageOf(physical);
    if (page >= 0) this.pageFlags[page] |= flags;
  }

  clearFlags(physical: number, flags: number): void {
    const page = this.pageOf(physical);
    if (page >= 0) this.pageFlags[page] &= ~flags;
  }

  /** The page that holds a host address of RAM or video memory is about to be written. */
  markDirty(host: number): void {
    this.pageFlags[(host - this.layout.ramBase) >>> PAGE_SHIFT] |= PAGE_FLAG.dirty;
  }

  /** Clears a flag of every page of RAM. */
  clearRamFlags(flags: number): void {
    const { ramFlags } = this;
    for (let page = 0; page < ramFlags.length; page++) ramFlags[page] &= ~flags;
  }

  /** The page flags of RAM, one byte a page. */
  get ramFlags(): Uint8Array {
    return this.pageFlags.subarray(0, Math.ceil(this.layout.ramBytes / PAGE_BYTES));
  }

  /** The page flags of video memory, one byte a page. */
  get videoFlags(): Uint8Array {
    return this.pageFlags.subarray((this.layout.videoBase - this.layout.ramBase) >>> PAGE_SHIFT);
  }

  /** Index in `pageFlags` of the page that a physical address leads to; -1 when it has none. */
  private pageOf(physical: number): number {
    const host = this.host(physical);
    return host < this.layout.ramBase ? -1 : (host - this.layout.ramBase) >>> PAGE_SHIFT;
  }

  /** RAM by guest-physical address: a window, not a copy. */
  ram(physical: number, byteLength: number): Uint8Array {
    if (physical < 0 || byteLength < 0 || physical + byteLength > this.ramBytes) {
      throw new RangeError(`physical range ${physical.toString(16)}h + ${byteLength} lies outside of RAM`);
    }
    return new Uint8Array(this.memory.buffer, this.layout.ramBase + physical, byteLength);
  }

  /**
   * Maps a ROM image at each of `addresses` (page-aligned; the image is padded to whole pages with FFh).
   * @returns false when the ROM space of the VM is used up
   */
  mapRom(image: Uint8Array, addresses: readonly number[]): boolean {
    const host = this.placeRom(image);
    if (host === undefined) return false;
    const length = Math.ceil(image.length / PAGE_BYTES) * PAGE_BYTES;
    for (const start of addresses) {
      this.setWindow(`rom-${start.toString(16)}`, start, length, { kind: 'rom', host });
    }
    return true;
  }

  /**
   * Keeps a ROM image, padded to whole pages with FFh, for windows to lead to.
   * @returns its host address; undefined when the ROM space of the VM is used up
   */
  placeRom(image: Uint8Array): number | undefined {
    const length = Math.ceil(image.length / PAGE_BYTES) * PAGE_BYTES;
    if (this.romUsed + length > this.layout.romBytes) return undefined;
    const host = this.layout.romBase + this.romUsed;
    this.romUsed += length;
    this.bytes.fill(0xff, host, host + length);
    this.bytes.set(image, host);
    return host;
  }

  /**
   * Opens a window, or gives the one of that name another place and target. A new one lies over those that are
   * there. Page-aligned. Caches of translations and of code in the range are the caller's to flush.
   */
  setWindow(id: string, start: number, byteLength: number, target: WindowTarget): void {
    let host = 0;
    if (target.kind === 'rom') host = target.host;
    else if (target.kind === 'video') host = this.layout.videoBase + target.offset;
    const end = start + byteLength;
    let writeHost = target.kind === 'video' ? host : 0;
    if (target.kind !== 'video' && target.writesToRam === true && end <= this.layout.ramBytes)
      writeHost = this.layout.ramBase + start;
    const window = { id, start, end, host, writeHost };
    const known = this.windows.findIndex((each) => each.id === id);
    if (known >= 0) {
      this.uncover(this.windows[known]);
      this.windows[known] = window;
    } else this.windows.unshift(window);
    this.markCovered();
  }

  /** What lies beneath answers again. */
  removeWindow(id: string): void {
    const known = this.windows.findIndex((each) => each.id === id);
    if (known < 0) return;
    this.uncover(this.windows[known]);
    this.windows.splice(known, 1);
    this.markCovered();
  }

  /** Tells generated code which pages of RAM lie under a window. */
  private markCovered(): void {
    const { ramFlags } = this;
    for (const { start, end } of this.windows) {
      const last = Math.min(end / PAGE_BYTES, ramFlags.length);
      for (let page = start / PAGE_BYTES; page < last; page++) ramFlags[page] |= PAGE_FLAG.covered;
    }
  }

  /** Only the window's own pages, since banks of video memory are switched often. */
  private uncover({ start, end }: PhysicalWindow): void {
    const { ramFlags } = this;
    const last = Math.min(end / PAGE_BYTES, ramFlags.length);
    for (let page = start / PAGE_BYTES; page < last; page++) ramFlags[page] &= ~PAGE_FLAG.covered;
  }

  /** The display adapter's memory: a window, not a copy. */
  get video(): Uint8Array {
    return new Uint8Array(this.memory.buffer, this.layout.videoBase, this.layout.videoBytes);
  }
}
