const PAGE_BYTES = 4096;

/** How a debugger reaches a stopped or running machine's memory. */
export interface MemoryAccess {
  /** Bytes of RAM from an address on; shorter, or empty, where RAM ends. */
  readPhysical(physicalAddress: number, byteLength: number): Uint8Array;
  /** Linear to physical in the vCPU's present mode, without side effects; null when not mapped. */
  translate(linearAddress: number): Promise<number | null>;
  /** Paging is on; otherwise linear addresses are physical ones. */
  readonly isPaging: boolean;
}

export interface MemoryBytes {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Offsets into `bytes` where nothing is, as [start, end) pairs; their bytes are 0. */
  readonly missing: readonly [start: number, end: number][];
}

/** A part of a range that is contiguous in physical memory. */
export interface PhysicalPiece {
  readonly physicalAddress: number;
  /** From the beginning of the range. */
  readonly offset: number;
  readonly length: number;
}

/** Reads physical memory. */
export function readPhysical(memory: MemoryAccess, address: number, byteLength: number): MemoryBytes {
  const bytes = new Uint8Array(byteLength);
  const found = memory.readPhysical(address, byteLength);
  bytes.set(found);
  return { address, bytes, missing: found.length < byteLength ? [[found.length, byteLength]] : [] };
}

/** Reads linear memory page by page, as each is mapped. */
export async function readLinear(memory: MemoryAccess, address: number, byteLength: number): Promise<MemoryBytes> {
  if (!memory.isPaging) return readPhysical(memory, address, byteLength);
  const bytes = new Uint8Array(byteLength);
  const missing: [number, number][] = [];
  for (const { at, offset, length } of pagesOf(address, byteLength)) {
    const physical = await memory.translate(at);
    const found = physical === null ? new Uint8Array(0) : memory.readPhysical(physical, length);
    bytes.set(found, offset);
    if (found.length === length) continue;
    const gap: [number, number] = [offset + found.length, offset + length];
    const last = missing.at(-1);
    if (last?.[1] === gap[0]) last[1] = gap[1];
    else missing.push(gap);
  }
  return { address, bytes, missing };
}

/** Pieces of a linear range with their physical addresses, or null when a part is not mapped. */
export async function physicalPieces(
  memory: MemoryAccess,
  address: number,
  byteLength: number,
): Promise<readonly PhysicalPiece[] | null> {
  if (!memory.isPaging) return [{ physicalAddress: address, offset: 0, length: byteLength }];
  const pieces = [];
  for (const { at, offset, length } of pagesOf(address, byteLength)) {
    const physicalAddress = await memory.translate(at);
    if (physicalAddress === null) return null;
    pieces.push({ physicalAddress, offset, length });
  }
  return pieces;
}

function* pagesOf(
  address: number,
  byteLength: number,
): Generator<{ readonly at: number; readonly offset: number; readonly length: number }> {
  let offset = 0;
  while (offset < byteLength) {
    const at = address + offset;
    const length = Math.min(byteLength - offset, PAGE_BYTES - (at % PAGE_BYTES));
    yield { at, offset, length };
    offset += length;
  }
}
