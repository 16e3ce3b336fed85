/**
 * Guest RAM as the machine's own parts see it: the loader writes programs into it, the video adapter reads
 * text memory from it. Addresses are guest-physical and lie below `size`; writes do not tell the translator,
 * so the machine calls `VirtualProcessor.invalidatePhysical` after those that may hit code.
 */
export interface GuestMemory {
  /** In bytes. */
  readonly size: number;
  /** A window on the bytes themselves, not a copy. */
  view(physicalAddress: number, byteLength: number): Uint8Array;
  /** A device wrote these bytes: their pages count as written, as if the guest had done it. */
  noteWritten?(physicalAddress: number, byteLength: number): void;
}

/** The gate on address line 20: closed, each odd mebibyte shows the even one below it. */
export interface AddressLine20 {
  setA20(enabled: boolean): void;
}

/** A page-aligned range of guest-physical addresses. */
export interface AddressRange {
  readonly first: number;
  readonly byteLength: number;
}

/**
 * The display adapter's memory. Where the processor finds it is up to windows, each known by a name: over RAM or
 * above it, onto the bytes from `offset` on, or onto the bus, which asks a device for each access.
 */
export interface VideoMemory {
  /** All of it: a window on the bytes themselves, not a copy. */
  readonly bytes: Uint8Array;
  /** Opens the window `name`, or moves it. Cheap when nothing changes. */
  setWindow(name: string, range: AddressRange, target: { readonly offset: number } | 'bus'): void;
  /** What lies beneath answers again. */
  removeWindow(name: string): void;
  /** Marks in `pages` (a byte for each 4 KiB) those written through a window since the last call; false when none was. */
  takeWrittenPages(pages: Uint8Array): boolean;
}

/**
 * Who answers a range between C0000h and FFFFFh: the ROM there (or nobody, where there is none), or RAM. Read-only RAM
 * drops writes; RAM that is write-only takes them while the ROM is read, as firmware has it to copy itself.
 */
export type ShadowAccess = 'rom' | 'ram-read-only' | 'ram-write-only' | 'ram';

/** The RAM behind the firmware's addresses, into which it copies itself. */
export interface ShadowRam {
  /** Cheap when nothing changes. */
  setShadow(range: AddressRange, access: ShadowAccess): void;
}
