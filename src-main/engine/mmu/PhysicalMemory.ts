import { MEMORY_LAYOUT, PAGE_BYTES, PAGE_FLAG, type VmMemoryLayout, layOutVmMemory } from '../state/layout.ts';

const PAGE_SHIFT = 12;
const A20_MASK = ~0x0010_0000;

/** A range of guest-physical addresses that a ROM image answers. Page-aligned. */
interface RomWindow {
  readonly start: number;
  readonly end: number;
  /** Host address of `start`. */
  readonly host: number;
}

/**
 * The guest-physical address space of one VM: RAM from 0, ROM windows over and above it, nothing else.
 * What is neither belongs to the bus.
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
  private readonly pageFlags: Uint8Array;
  private readonly romWindows: RomWindow[] = [];
  private romUsed = 0;
  private addressMask = -1;

  constructor(memory: WebAssembly.Memory, layout: VmMemoryLayout) {
    this.memory = memory;
    this.layout = layout;
    this.bytes = new Uint8Array(memory.buffer);
    this.view = new DataView(memory.buffer);
    this.pageFlags = new Uint8Array(memory.buffer, layout.pageFlags, Math.ceil(layout.ramBytes / PAGE_BYTES));
  }

  /** Makes the memory of a VM with `ramBytes` of RAM; a multiple of 4 KiB. */
  static create(ramBytes: number, vcpuCount = 1): PhysicalMemory {
    const layout = layOutVmMemory(ramBytes, vcpuCount);
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

  /** A guest-physical address as it reaches the memory bus: line 20 gated. Unsigned. */
  gated(physical: number): number {
    return physical < 2 ** 32 ? (physical & this.addressMask) >>> 0 : physical;
  }

  /** A word of a paging structure; all ones where nothing answers. Aligned, so inside one page. */
  readPhysical32(physical: number): number {
    const host = this.host(this.gated(physical));
    return host === 0 ? -1 : this.view.getInt32(host, true);
  }

  writePhysical32(physical: number, value: number): void {
    const address = this.gated(physical);
    if (!this.isWritable(address)) return;
    this.setFlags(address, PAGE_FLAG.dirty);
    this.view.setInt32(this.host(address), value, true);
  }

  /** Host address of a (gated) physical address that RAM or ROM answers, else 0. */
  host(physical: number): number {
    for (const window of this.romWindows) {
      if (physical >= window.start && physical < window.end) return window.host + (physical - window.start);
    }
    return physical < this.layout.ramBytes ? this.layout.ramBase + physical : 0;
  }

  /** Whether writes to a (gated) physical address change it. */
  isWritable(physical: number): boolean {
    if (physical >= this.layout.ramBytes || (this.flagsOf(physical) & PAGE_FLAG.readOnly) !== 0) return false;
    return !this.romWindows.some((window) => physical >= window.start && physical < window.end);
  }

  /** PAGE_FLAG bits of the page of RAM that holds a physical address; 0 outside of RAM. */
  flagsOf(physical: number): number {
    return this.pageFlags[physical >>> PAGE_SHIFT] ?? 0;
  }

  setFlags(physical: number, flags: number): void {
    const page = physical >>> PAGE_SHIFT;
    if (page < this.pageFlags.length) this.pageFlags[page] |= flags;
  }

  clearFlags(physical: number, flags: number): void {
    const page = physical >>> PAGE_SHIFT;
    if (page < this.pageFlags.length) this.pageFlags[page] &= ~flags;
  }

  /** Clears a flag of every page. */
  clearAllFlags(flags: number): void {
    for (let page = 0; page < this.pageFlags.length; page++) this.pageFlags[page] &= ~flags;
  }

  /** All page flags, one byte a page. */
  get allFlags(): Uint8Array {
    return this.pageFlags;
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
    const length = Math.ceil(image.length / PAGE_BYTES) * PAGE_BYTES;
    if (this.romUsed + length > MEMORY_LAYOUT.rom) return false;
    const host = this.layout.romBase + this.romUsed;
    this.romUsed += length;
    this.bytes.fill(0xff, host, host + length);
    this.bytes.set(image, host);
    for (const start of addresses) this.romWindows.unshift({ start, end: start + length, host });
    return true;
  }
}
