import type { DeviceMemory } from '../DeviceMemory.ts';

const ENTRY_BYTES = 8;
/** A table does not cross a 64 KiB boundary, so it has at most this many entries. */
const MOST_ENTRIES = 0x1_0000 / ENTRY_BYTES;

/**
 * Physical region descriptors: where in memory a bus master's data lie (Programming Interface for Bus Master IDE
 * Controller 1.0, 1.2). Bytes 0..3: address, even; 4..5: length, even, 0 for 64 KiB; byte 7 bit 7: the last one.
 * Regions are used up from the front.
 */
export class PrdTable {
  private readonly memory: DeviceMemory;
  private readonly start: number;
  private readonly entry = new Uint8Array(ENTRY_BYTES);
  private readonly view = new DataView(this.entry.buffer);
  private index = 0;
  private address = 0;
  private left = 0;
  private isLast = false;

  constructor(memory: DeviceMemory, start: number) {
    this.memory = memory;
    this.start = start;
  }

  /** All regions are used up. */
  get isAtEnd(): boolean {
    return this.left === 0 && (this.isLast || this.index >= MOST_ENTRIES);
  }

  /** Stores bytes in the regions; returns how many there was room for. */
  store(bytes: Uint8Array): number {
    return this.walk(bytes.length, (done, length) =>
      this.memory.write(this.address, bytes.subarray(done, done + length)),
    );
  }

  /** Fetches bytes from the regions; returns how many there were. */
  fetch(into: Uint8Array): number {
    return this.walk(into.length, (done, length) => this.memory.read(this.address, into.subarray(done, done + length)));
  }

  private walk(byteLength: number, move: (done: number, length: number) => void): number {
    let done = 0;
    while (done < byteLength && this.hasRegion()) {
      const length = Math.min(byteLength - done, this.left);
      move(done, length);
      this.address += length;
      this.left -= length;
      done += length;
    }
    return done;
  }

  private hasRegion(): boolean {
    if (this.left > 0) return true;
    if (this.isAtEnd) return false;
    // The index wraps within the 64 KiB that hold the table.
    const place = (this.start & 0xffff_0000) >>> 0;
    this.memory.read(place + ((this.start + ENTRY_BYTES * this.index) & 0xffff), this.entry);
    this.index++;
    this.address = (this.view.getUint32(0, true) & ~1) >>> 0;
    this.left = this.view.getUint16(4, true) & 0xfffe || 0x1_0000;
    this.isLast = (this.view.getUint8(7) & 0x80) !== 0;
    return true;
  }
}
