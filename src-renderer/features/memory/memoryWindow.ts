import { shallowRef, type ShallowRef } from 'vue';
import type { AddressSpace, MemoryRange } from '../../../src-preload/contract/debugging.ts';
import { bridge } from '../../app/bridge.ts';
import { problemText } from '../../app/problemText.ts';

/** What one scroll range spans: a browser's elements cannot be tall enough for more than some 30 MiB of rows. */
export const WINDOW_BYTES = 8 * 1024 * 1024;

/** A row as it is drawn. */
export interface MemoryRow {
  readonly address: number;
  /** -1 where there is neither RAM nor a mapping. */
  readonly bytes: Int16Array;
  /** Bit i: byte i differs from what it was at the reading before. */
  readonly changed: number;
}

/** What a search has found, by its physical address. */
export interface FoundBytes {
  readonly address: number;
  readonly length: number;
}

export interface MemoryReading {
  readonly problem: ShallowRef<string>;
  /** Reactive: what draws it is drawn again after each reading that changed it. */
  row(address: number): MemoryRow;
  /** Those of the last reading from an address on; fewer where it or memory ends. */
  bytesAt(address: number, length: number): Uint8Array;
  read(first: number, last: number): Promise<void>;
  forget(): void;
}

/** Rows that are divided into groups of eight. */
const ROW_LENGTHS = [32, 16] as const;
const GROUP = 8;
/** Of a row: around each byte, behind a group, between its three parts, around them all with the scroll bar, in CSS pixels. */
const SPACES = { byte: 8, group: 8, part: 16, row: 36 } as const;
const ADDRESS_DIGITS = 8;

/** How many bytes a row of so many CSS pixels has room for, with its address and its characters; eight at the least. */
export function bytesPerRow(width: number, characterWidth: number): number {
  const widthOf = (bytes: number): number =>
    (ADDRESS_DIGITS + 3 * bytes) * characterWidth +
    bytes * SPACES.byte +
    (bytes / GROUP - 1) * SPACES.group +
    2 * SPACES.part +
    SPACES.row;
  return ROW_LENGTHS.find((bytes) => widthOf(bytes) <= width) ?? GROUP;
}

/** The rows in view, read from the machine, each compared with what it was before. */
export function useMemoryReading(id: string, spaceOf: () => AddressSpace, rowLengthOf: () => number): MemoryReading {
  let rows = new Map<number, MemoryRow>();
  /** Counts what was forgotten: an answer to what was asked before is of another space, or of rows of another length. */
  let generation = 0;
  const revision = shallowRef(0);
  const problem = shallowRef('');

  function toRow(range: MemoryRange, offset: number): MemoryRow {
    const address = range.address + offset;
    const bytes = new Int16Array(rowLengthOf());
    const former = rows.get(address);
    let changed = 0;
    for (let index = 0; index < bytes.length; index++) {
      const at = offset + index;
      const isMissing = at >= range.bytes.length || range.missing.some(([start, end]) => at >= start && at < end);
      bytes[index] = isMissing ? -1 : (range.bytes[at] ?? -1);
      if (former && former.bytes[index] !== bytes[index]) changed |= 1 << index;
    }
    // The same object draws nothing anew.
    return former && changed === 0 && former.changed === 0 ? former : { address, bytes, changed };
  }

  async function read(first: number, last: number): Promise<void> {
    const own = generation;
    const rowLength = rowLengthOf();
    const request = { id, space: spaceOf(), address: first, length: last - first };
    const outcome = await bridge().call('debug:readMemory', request);
    if (own !== generation) return;
    problem.value = outcome.ok ? '' : problemText(outcome.problem);
    if (!outcome.ok) return;
    const next = new Map<number, MemoryRow>();
    for (let offset = 0; offset < last - first; offset += rowLength) {
      const row = toRow(outcome.value, offset);
      next.set(row.address, row);
    }
    rows = next;
    revision.value++;
  }

  function row(address: number): MemoryRow {
    void revision.value;
    return rows.get(address) ?? { address, bytes: new Int16Array(rowLengthOf()).fill(-1), changed: 0 };
  }

  return {
    problem,
    row,
    bytesAt(address, length) {
      const bytes: number[] = [];
      const rowLength = rowLengthOf();
      for (let at = address; at < address + length; at++) {
        const byte = row(at - (at % rowLength)).bytes[at % rowLength] ?? -1;
        if (byte < 0) break;
        bytes.push(byte);
      }
      return Uint8Array.from(bytes);
    },
    read,
    forget() {
      generation++;
      rows = new Map();
      revision.value++;
    },
  };
}
