import type { DeviceMemory } from '../DeviceMemory.ts';

const DESCRIPTOR_BYTES = 16;
const FLAG_NEXT = 1, FLAG_WRITE = 2, FLAG_INDIRECT = 4; // prettier-ignore

interface Segment {
  readonly address: number;
  readonly byteLength: number;
}

/**
 * The buffers of one request, as two streams of bytes: what the driver has put there, and room for the device's
 * answer. Both are used up from the front.
 */
export class DescriptorChain {
  /** Index of its first descriptor: its name in the used ring. */
  readonly head: number;
  private readonly memory: DeviceMemory;
  private readonly input: SegmentStream;
  private readonly output: SegmentStream;

  constructor(memory: DeviceMemory, head: number, readable: readonly Segment[], writable: readonly Segment[]) {
    this.memory = memory;
    this.head = head;
    this.input = new SegmentStream(readable);
    this.output = new SegmentStream(writable);
  }

  /** Bytes from the driver that have not been read yet. */
  get readableBytes(): number {
    return this.input.left;
  }

  /** Room that has not been written yet. */
  get writableBytes(): number {
    return this.output.left;
  }

  /** Bytes written so far. */
  get bytesWritten(): number {
    return this.output.total - this.output.left;
  }

  /** Reads bytes of the driver's; returns how many there were. */
  read(into: Uint8Array): number {
    return this.input.walk(into.length, (address, at, length) =>
      this.memory.read(address, into.subarray(at, at + length)),
    );
  }

  /** Writes bytes of the device's; returns for how many there was room. */
  write(bytes: Uint8Array): number {
    return this.output.walk(bytes.length, (address, at, length) =>
      this.memory.write(address, bytes.subarray(at, at + length)),
    );
  }

  /** Writes the last byte that there is room for, wherever the writing stands. */
  writeLast(byte: number): void {
    const address = this.output.lastAddress;
    if (address !== undefined) this.memory.write(address, Uint8Array.of(byte));
  }
}

class SegmentStream {
  readonly total: number;
  left: number;
  private readonly segments: readonly Segment[];
  private index = 0;
  private at = 0;

  constructor(segments: readonly Segment[]) {
    this.segments = segments;
    this.total = segments.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.left = this.total;
  }

  get lastAddress(): number | undefined {
    const last = this.segments.findLast(({ byteLength }) => byteLength > 0);
    return last && last.address + last.byteLength - 1;
  }

  walk(byteLength: number, move: (address: number, at: number, length: number) => void): number {
    let done = 0;
    while (done < byteLength) {
      const segment = this.segments[this.index];
      if (segment === undefined) break;
      const length = Math.min(byteLength - done, segment.byteLength - this.at);
      if (length > 0) move(segment.address + this.at, done, length);
      done += length;
      this.at += length;
      if (this.at >= segment.byteLength) {
        this.index++;
        this.at = 0;
      }
    }
    this.left -= done;
    return done;
  }
}

/**
 * Follows a chain (2.7.5 and 2.7.5.3); undefined when it makes no sense: it leaves its table, goes round in a circle, is
 * longer than the queue, reads after writing, or nests tables.
 */
export function readChain(
  memory: DeviceMemory,
  table: number,
  size: number,
  head: number,
): DescriptorChain | undefined {
  const bytes = new Uint8Array(DESCRIPTOR_BYTES);
  const view = new DataView(bytes.buffer);
  const readable: Segment[] = [];
  const writable: Segment[] = [];
  let place = table;
  let entries = size;
  let isIndirect = false;
  let index = head;
  for (let count = 0; count < size;) {
    if (index >= entries) return undefined;
    memory.read(place + DESCRIPTOR_BYTES * index, bytes);
    const address = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
    const byteLength = view.getUint32(8, true);
    const flags = view.getUint16(12, true);
    if (flags & FLAG_INDIRECT) {
      if (isIndirect || flags & FLAG_NEXT || byteLength === 0 || byteLength % DESCRIPTOR_BYTES !== 0) return undefined;
      isIndirect = true;
      place = address;
      entries = byteLength / DESCRIPTOR_BYTES;
      index = 0;
      continue;
    }
    count++;
    if (flags & FLAG_WRITE) writable.push({ address, byteLength });
    else if (writable.length > 0) return undefined;
    else readable.push({ address, byteLength });
    if ((flags & FLAG_NEXT) === 0) return new DescriptorChain(memory, head, readable, writable);
    index = view.getUint16(14, true);
  }
  return undefined;
}
