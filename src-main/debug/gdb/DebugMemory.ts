import type { VirtualProcessor } from '../../engine/VirtualProcessor.ts';
import type { DebuggedMachine } from '../../machine/debugging/DebuggedMachine.ts';

const PAGE_BYTES = 0x1000;
const ADDRESSES = 2 ** 32;

/** Whether addresses go through the guest's page tables. */
export type AddressSpace = 'linear' | 'physical';

/**
 * A stopped machine's memory: RAM, ROM and video memory. Registers of devices are left alone: to look at them may
 * change them.
 */
export class DebugMemory {
  private readonly debugged: DebuggedMachine;

  constructor(debugged: DebuggedMachine) {
    this.debugged = debugged;
  }

  /** Bytes from an address on; fewer, or none, where nothing is mapped or a device answers. */
  read(processor: VirtualProcessor, space: AddressSpace, address: number, byteLength: number): Uint8Array {
    const { memory } = this.debugged;
    const bytes = new Uint8Array(byteLength);
    let done = 0;
    for (const { physical, length } of this.pieces(processor, space, address, byteLength)) {
      const host = memory.host(physical);
      if (host === 0) break;
      bytes.set(memory.bytes.subarray(host, host + length), done);
      done += length;
    }
    return bytes.subarray(0, done);
  }

  /** All of the bytes, or nothing when some of them cannot be written: ROM, devices, what is not mapped. */
  write(processor: VirtualProcessor, space: AddressSpace, address: number, bytes: Uint8Array): boolean {
    const pieces = [...this.pieces(processor, space, address, bytes.length)];
    const isWhole = pieces.reduce((sum, { length }) => sum + length, 0) === bytes.length;
    const isWritable = pieces.every(({ physical }) => this.debugged.memory.isWritable(physical));
    if (!isWhole || !isWritable) return false;
    let done = 0;
    for (const { physical, length } of pieces) {
      this.debugged.writeMemory(physical, bytes.slice(done, done + length));
      done += length;
    }
    return true;
  }

  /** Address of the first occurrence that lies in the range; undefined when there is none. */
  find(
    processor: VirtualProcessor,
    space: AddressSpace,
    range: { readonly address: number; readonly byteLength: number },
    pattern: Uint8Array,
  ): number | undefined {
    const end = Math.min(range.address + range.byteLength, ADDRESSES);
    // What reaches from one piece into the next is kept; what is not mapped ends it.
    let held = Buffer.alloc(0);
    for (let at = range.address; at < end;) {
      const length = Math.min(PAGE_BYTES - (at % PAGE_BYTES), end - at);
      const bytes = this.read(processor, space, at, length);
      const searched = Buffer.concat([held, bytes]);
      const found = searched.indexOf(pattern);
      if (found >= 0) return at - held.length + found;
      held =
        bytes.length < length ? Buffer.alloc(0) : searched.subarray(Math.max(0, searched.length - pattern.length + 1));
      at += length;
    }
    return undefined;
  }

  private *pieces(
    processor: VirtualProcessor,
    space: AddressSpace,
    address: number,
    byteLength: number,
  ): Generator<{ readonly physical: number; readonly length: number }> {
    for (let done = 0; done < byteLength;) {
      const at = (address + done) % ADDRESSES;
      const length = Math.min(byteLength - done, PAGE_BYTES - (at % PAGE_BYTES));
      const physical = space === 'physical' ? this.debugged.memory.gated(at) : processor.translateLinear(at);
      if (physical === undefined) return;
      yield { physical, length };
      done += length;
    }
  }
}
