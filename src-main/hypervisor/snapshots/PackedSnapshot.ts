import type { DriveSlot } from '../../machine/drives/DriveSlot.ts';
import type { MachineState } from '../../machine/MachineState.ts';
import type { Screen } from '../../machine/vga/Screen.ts';
import type { MachineSnapshot } from './MachineSnapshot.ts';
import { forEachPage, PAGE_BYTES, type PageRun, type Pages } from './pages.ts';

/** Pages of a memory as they go from thread to thread: nothing is copied but two buffers that change hands. */
export interface PackedPages {
  /** Ascending. */
  readonly numbers: Uint32Array<ArrayBuffer>;
  /** One page after the other. */
  readonly bytes: Uint8Array;
}

/** A machine's state and memory as its thread hands them out, and takes them. */
export interface PackedSnapshot {
  readonly state: MachineState;
  readonly ram: PackedPages;
  readonly video: PackedPages;
  /** Blocks of disks whose writes are kept in memory; those of machines in threads have layers in files. */
  readonly disks?: ReadonlyMap<DriveSlot, PackedPages>;
}

/** What a thread answers when it has captured its machine. */
export interface CapturedMachine extends PackedSnapshot {
  /** The whole screen at that moment. */
  readonly screen: Screen;
  /** How long the guest stood still for it, in milliseconds. */
  readonly pauseMs: number;
}

/** Copies every page that is not zero. */
export function packPages(memory: Uint8Array): PackedPages {
  const pages: number[] = [];
  forEachPage(new Int32Array(memory.buffer, memory.byteOffset, memory.byteLength >> 2), (page) => pages.push(page));
  const numbers = Uint32Array.from(pages);
  const packed = { numbers, bytes: new Uint8Array(numbers.length * PAGE_BYTES) };
  for (const { first, bytes } of packedRuns(packed))
    bytes.set(memory.subarray(first * PAGE_BYTES, first * PAGE_BYTES + bytes.length));
  return packed;
}

/** Views of the packed bytes: neighbours are one run. */
export function packedRuns({ numbers, bytes }: PackedPages): readonly PageRun[] {
  const runs: PageRun[] = [];
  for (let start = 0; start < numbers.length;) {
    const first = numbers[start] ?? 0;
    let end = start + 1;
    while (numbers[end] === first + end - start) end++;
    runs.push({ first, bytes: bytes.subarray(start * PAGE_BYTES, end * PAGE_BYTES) });
    start = end;
  }
  return runs;
}

/** The same, each page alone. */
export function unpackPages({ numbers, bytes }: PackedPages): Pages {
  const pages = new Map<number, Uint8Array>();
  numbers.forEach((page, index) => pages.set(page, bytes.subarray(index * PAGE_BYTES, (index + 1) * PAGE_BYTES)));
  return pages;
}

export function unpackSnapshot({ state, ram, video, disks = new Map() }: PackedSnapshot): MachineSnapshot {
  const layers = [...disks].map(([slot, pages]) => [slot, unpackPages(pages)] as const);
  return { state, ram: unpackPages(ram), video: unpackPages(video), disks: new Map(layers) };
}

/** What changes hands when a captured machine is posted; what threads share does not. */
export function buffersOf({ ram, video }: PackedSnapshot): ArrayBuffer[] {
  const buffers = [ram.numbers.buffer, ram.bytes.buffer, video.numbers.buffer, video.bytes.buffer];
  return buffers.filter((buffer) => buffer instanceof ArrayBuffer);
}
